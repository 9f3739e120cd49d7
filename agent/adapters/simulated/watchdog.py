"""Watchdog that counts its feeds."""


class CountingWatchdog:
    def __init__(self) -> None:
        self.feeds = 0
        self.statuses: list[str] = []
        self.is_ready = False

    def ready(self, status: str) -> None:
        self.is_ready = True
        self.statuses.append(status)

    def alive(self) -> None:
        self.feeds += 1
