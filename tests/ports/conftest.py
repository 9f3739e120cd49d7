"""The fixtures that the contract suites share."""

from tests.broker import mosquitto

__all__ = ["mosquitto"]
