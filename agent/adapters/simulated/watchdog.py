"""Watchdog that counts its feeds."""


class CountingWatchdog:
    def __init__(self) -> None:
        self.feeds = 0
        self.delays = 0
        self.statuses: list[str] = []
        self.is_ready = False

    def starting(self) -> None:
        self.delays += 1

    def ready(self, status: str) -> None:
        self.is_ready = True
        self.statuses.append(status)

    def alive(self) -> None:
        self.feeds += 1
