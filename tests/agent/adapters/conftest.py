"""The fixtures that the tests of the adapters share."""

from tests.broker import mosquitto

__all__ = ["mosquitto"]
