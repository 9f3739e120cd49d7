"""What machine this is, as far as the fleet's page needs it."""

import platform
from importlib import metadata
from pathlib import Path
from typing import Final

_MODEL: Final = Path("/proc/device-tree/model")
_SERIAL: Final = Path("/proc/device-tree/serial-number")
_MAX_CHARS: Final = 64


def model() -> str:
    return _read(_MODEL) or f"{platform.system()} {platform.machine()}"[:_MAX_CHARS]


def serial() -> str:
    """Of the board; ``unknown`` on machines that tell none."""
    return _read(_SERIAL) or "unknown"


def software() -> str:
    try:
        return metadata.version("kaiku-kiosk")
    except metadata.PackageNotFoundError:
        return "not installed"


def _read(path: Path) -> str:
    try:
        return path.read_text().strip("\0\n ")[:_MAX_CHARS]
    except (OSError, UnicodeDecodeError):
        return ""
