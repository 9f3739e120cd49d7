"""A file that somebody sent to the page: checked, shown, and kept until it is taken or an hour has passed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from agent.told import ToldError
from server.domain.faults import Fault
from server.domain.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Step:
    """How far a file is: it is read, its rows are compared with the register, or written; or undone."""

    what: Literal["reading", "comparing", "writing", "undoing"]
    rows: int
    of: int | None = None
    """``None`` while nobody knows how many there will be."""


Tell = Callable[[Step], object]


def counted(what: Literal["comparing", "writing"], rows: int, tell: Tell) -> Callable[[int], None]:
    """Adds up how many rows more are done."""
    done = 0

    def more(count: int) -> None:
        nonlocal done
        done += count
        tell(Step(what, done, rows))

    return more


@dataclass(frozen=True, slots=True)
class Checked:
    """What the file would do. ``token`` names it for the hour; without one it cannot be taken."""

    token: str
    file_name: str
    outcome: Outcome


class FileRefused(ToldError):  # noqa: N818  (what happened)
    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


class UploadGone(ToldError):  # noqa: N818  (what happened)
    def __init__(self) -> None:
        super().__init__("The file is kept no longer. Send it once more.")
