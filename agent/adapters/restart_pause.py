"""How long to wait before a part that ended is started again."""


class RestartPause:
    """Doubles from ``first_s`` to ``most_s``; one healthy life starts it over."""

    def __init__(self, *, first_s: float, most_s: float, healthy_s: float) -> None:
        self._first_s = first_s
        self._most_s = most_s
        self._healthy_s = healthy_s
        self._next_s = first_s

    def after(self, lived_s: float) -> float:
        """The pause after a life of ``lived_s``."""
        if lived_s >= self._healthy_s:
            self._next_s = self._first_s
        pause_s = self._next_s
        self._next_s = min(pause_s * 2, self._most_s)
        return pause_s
