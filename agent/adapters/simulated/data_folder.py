"""DataFolder in memory, on any kind of filesystem that a test names."""

from agent.core.memory import Mark, Place


class SimulatedFolder:
    def __init__(self, kind: str = "ext4") -> None:
        self.kind = kind
        self.broken = False
        """No mark can be left while this is set."""
        self._mark: Mark | None = None

    def place(self) -> Place:
        return Place(f"27 1 254:0 / / rw - {self.kind} /dev/made-up rw\n", 27)

    def mark(self) -> Mark | None:
        return self._mark

    def leave(self, mark: Mark) -> None:
        if self.broken:
            raise OSError("the simulated disk is full")
        self._mark = mark
