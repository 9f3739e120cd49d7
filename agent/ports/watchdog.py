"""Watchdog: tells the supervisor (systemd) that the kiosk is alive, and how."""

from typing import Protocol


class Watchdog(Protocol):
    def starting(self) -> None:
        """The start goes on, and takes its time."""
        ...

    def ready(self, status: str) -> None:
        """The kiosk has started."""
        ...

    def alive(self) -> None:
        """The loop turned, and the camera child answered or is being started again."""
        ...
