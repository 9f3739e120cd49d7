"""Of these tests nothing is collected where picamera2 is not: ``make virtual-camera`` runs them."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("picamera2") else ["test_*.py"]
