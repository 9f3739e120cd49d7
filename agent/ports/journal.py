"""Journal: the precious file. What is in it survives a power cut; the outbox is what has no receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from agent.core.actions import Ref
from agent.core.moment import Moment
from agent.told import ToldError
from agent.wire.messages import ClockPair, Receipt
from agent.wire.records import ByHand, Correction, Scan, Shown, Stamp
from agent.wire.screen import About


class JournalError(ToldError):
    """The disk did not take it: nothing of the call is in the journal. The text says what to do."""


class JournalDamagedError(ToldError):
    """The file itself is damaged. Waiting mends nothing; a new start saves what it can."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is damaged. A new start sets it aside and saves what can be read.")


@dataclass(frozen=True, slots=True)
class OpenScan:
    """The last scan of the start before, which nothing has settled yet."""

    ref: Ref
    key: int
    lets_in: bool
    shown: Shown | None
    clock: Stamp


@dataclass(frozen=True, slots=True)
class OpenHand:
    """The last record of the start before: the staff let somebody in, and no light was marked."""

    ref: Ref
    key: int | None
    """The card of the scan that it adopted."""


@dataclass(frozen=True, slots=True)
class LastGreen:
    """The last record, if its card was shown green, and the stopwatch of that light."""

    ref: Ref
    key: int
    boot_id: str
    boottime_ms: int


@dataclass(frozen=True, slots=True)
class LastRefused:
    """The last scan that was sent to the staff and not let in since, and the stopwatch of that light."""

    ref: Ref
    key: int
    lets_in: bool
    """A slow disk sent it there, not the card list."""
    boot_id: str
    boottime_ms: int


@dataclass(frozen=True, slots=True)
class Start:
    """A new epoch; its record 0 is written."""

    epoch: str
    ordinal: int
    """Counts the starts of this device: 1, 2, 3 …"""
    open: OpenScan | None
    hand: OpenHand | None = None
    green: LastGreen | None = None
    refused: LastRefused | None = None
    digested: date | None = None
    """The day of the last digest."""
    known_utc: datetime | None = None
    """The best time that the start before knew."""
    lost: bool = False
    """A start is known of that this journal has never heard of, though it was not set aside as damaged."""


class LastStart(NamedTuple):
    """The latest start that is known of beside the journal; ``ordinal`` is 0 where none is."""

    ordinal: int
    epoch: str = ""
    """Its name, where that is known, too."""


NO_START: Final = LastStart(0)


@dataclass(frozen=True, slots=True)
class Batch:
    """Contiguous released rows of one epoch from ``first`` on, as canonical bytes."""

    epoch: str
    first: int
    rows: tuple[bytes, ...]
    kept_from: int = 0
    """The oldest row of the epoch that is still here."""
    heard: ClockPair | None = None
    """What the last receipt of its boot said of that boot's clock."""

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that the server could not read. It is kept here and there."""

    ref: Ref
    why: str


class Journal(Protocol):
    """Every method is one transaction, and MAY take seconds on a bad card: never call from the loop.

    Calls come one after another from one thread. Raises :class:`JournalError`, and
    :class:`JournalDamagedError`, which ends the agent.
    """

    def start(self, at: Moment, serial: str, why: str, last: LastStart = NO_START) -> Start:
        """Open a new epoch that names the last record of the one before. A scan left open stays open.

        The count goes on above ``last``. Where the journal was lost or damaged, what came before is unknown,
        and the record says after which start it comes at least.
        """
        ...

    def append(self, scan: Scan, key: int, known_utc: datetime | None = None) -> Ref:
        """Write ``scan`` under the next number (its own ``seq`` is ignored) and leave it open.

        ``known_utc`` is the best time known, for the next start.

        The scan that was open is settled as it stands, in the same transaction. ``key`` is kept only
        while the scan is open.
        """
        ...

    def mark_shown(self, ref: Ref, shown: Shown, at: Moment) -> None:
        """Note what the lights said, if ``ref`` is still open, or the last record and of the staff.

        The card of a green light is remembered until the next card or word of the staff is written: an
        agent that starts anew within the same visit knows it again, settled or not. Likewise the last card
        that was sent to the staff, until they let it in: they may do so after a start of the agent.
        """
        ...

    def answer(self, ref: Ref, about: About, count: int) -> None:
        """Note in the scan how many came along, if ``ref`` is still open; a later answer takes its place."""
        ...

    def settle(self, ref: Ref) -> None:
        """Close the scan as it stands, if ``ref`` is still open. Its bytes never change after."""
        ...

    def add(
        self, record: ByHand | Correction, known_utc: datetime | None = None, key: int | None = None
    ) -> Ref:
        """Write ``record`` under the next number. The scan that was open is settled as it stands.

        ``key`` is the card that the staff let in; it is kept only until the light is marked.
        """
        ...

    def digest(self, day: date, at: Moment) -> Ref:
        """Write that ``day`` has begun. A scan that is open is settled as it stands, as by any record."""
        ...

    def batch(self, max_rows: int, max_bytes: int) -> Batch | None:
        """The oldest rows without a receipt, oldest epoch first, up to the open scan; ``None`` if none."""
        ...

    def server_is(self, generation: str) -> bool:
        """Note which database the server has; whether it is another than before.

        Another one lacks what came after its backup: everything that is kept is to be sent once more.
        """
        ...

    def receipt(self, receipt: Receipt) -> bool:
        """The server has everything up to ``upto``; what it refused are dead letters, kept with the reason.

        The highest ``upto`` ever seen holds, but never beyond what was released. What it says of a clock is
        kept as long as rows of that boot are. The first receipt names the database, where :meth:`server_is`
        did not. ``False`` where it does not count: of an epoch that is not here, or of another database.
        """
        ...

    def go_back(self, epoch: str, upto: int) -> None:
        """Send again what follows ``upto``, as far as it is kept: the server says that it lacks it."""
        ...

    def dead_letters(self) -> Sequence[DeadLetter]:
        """What the server refused, oldest first."""
        ...

    def forget(self, days: int, most: int) -> int:
        """Delete up to ``most`` of the rows that more than ``days`` days have begun since the receipt of.

        Gives how many. Days are those of :meth:`digest`, each once, and not the calendar's difference: one
        that is a year ahead for an hour would else have a whole year forgotten. Dead letters stay.
        """
        ...

    def waiting(self) -> Sequence[tuple[str, int]]:
        """(epoch, released rows without a receipt) for each epoch that has any, oldest first."""
        ...

    def oldest_waiting(self) -> Stamp | None:
        """When the oldest released row without a receipt was written, by the clocks of that moment."""
        ...

    def remember(self, utc: datetime) -> None:
        """How late it is, for the next start; each record says so, too."""
        ...

    def trial(self) -> None:
        """Commit something that matters to nobody, to see whether the disk works."""
        ...

    def close(self) -> None: ...
