"""The figures that people and programs read: the same values behind the page and the API."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from agent.told import ToldError
from server.domain.completeness import NOTHING, Proof
from server.domain.troubles import Problem, Trouble

By = Literal["venue", "day", "hour"]
KioskState = Literal["working", "attention", "lost", "stopped", "never"]


class SpanTooLong(ToldError):  # noqa: N818  (what was asked)
    """More days of more kiosks than one answer proves; the text says how many it may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """Visits and uses of one key: a venue's id, a local day ``2026-11-24`` or hour ``2026-11-24T07``.

    ``uses`` are tickets: adults + children. Assistants are counted apart. A question that was not
    answered adds nothing to ``children`` and one to ``unanswered``.
    """

    key: str
    name: str
    """The venue's name where the key is a venue, else the key."""
    visits: int
    uses: int
    adults: int
    children: int
    assistants: int
    unanswered: int
    unchecked: int
    """Of the visits, those let in without being on the list."""
    by_hand: int = 0
    """Of the visits, those the staff let in whatever the card said."""
    bounded: int = 0
    """Of the visits, those of which only bounds are known: their day and hour are the latest they can be."""
    matched: int = 0
    """Of the unchecked, those whose card the register has by now."""
    records: Proof = NOTHING
    """How many of the kiosks' records are here: of an hour, those of its day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    first: date
    last: date
    by: By
    rows: tuple[SummaryRow, ...]
    as_of: datetime
    records: Proof = NOTHING
    """Of all kiosks in all of the days, those without a visit too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskRow:
    """One kiosk as the fleet's page shows it."""

    kiosk: str
    name: str
    venue_name: str
    area: str
    state: KioskState
    troubles: tuple[Trouble, ...]
    """What asks for attention, the most urgent first; of a lost kiosk what it last told."""
    since: datetime | None
    """When the state began."""
    last_seen: datetime | None
    visits_today: int
    uses_today: int
    waiting: int | None
    """Rows on the kiosk without a receipt, as it said at its last birth; ``None`` where unknown."""
    list_behind: int | None
    """Revisions of the card list it lacks."""
    list_confirmed_at: datetime | None
    """When its card list last agreed with the server's."""
    camera: str
    software: str
    tested_at: datetime | None = None
    """When the test card was last held up."""
    records: Proof = NOTHING
    """How many of its records of today are here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRow:
    """One of the latest scans. The code is masked before it comes here."""

    seen_at: datetime
    venue_name: str
    verdict: Literal["accepted", "unchecked", "ask_staff", "by_hand"]
    quality: Literal["synced", "repaired", "bounded"] = "synced"
    reason: str
    shown: Literal["green", "staff"] | None
    adults: int
    children: int | None
    assistants: int
    masked_code: str
    """Empty where no card is known."""
    counted: bool = True
    matched: bool = False
    """The register has the card by now, whatever the kiosk knew of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unproved:
    """A day of one kiosk that is over and not proved."""

    kiosk: str
    name: str
    venue_name: str
    day: date
    records: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A dead letter: a record that was kept as it came, because it could not be read. None of its content."""

    kiosk: str
    name: str
    venue_name: str
    """Where the kiosk stood when it came; empty where nowhere."""
    received_at: datetime
    epoch: str
    seq: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """A page of the dead letters, the newest first, and how many there are in all."""

    page: tuple[Letter, ...] = ()
    total: int = 0
    as_of: datetime | None = None
    """In the fleet's zone."""
    next: int | None = None
    """What to ask for to get the page after this one; ``None`` after the last one."""


NO_LETTERS: Final = Letters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """Dead letters that were read once more: so many became records, so many are still dead letters."""

    read: int
    unread: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOfKiosk:
    """One of several memory cards that wrote as one kiosk, named by its latest start."""

    epoch: str
    last_seq: int
    last_at: datetime | None
    gone: bool
    """A person said so, and it has written nothing since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedKiosk:
    """A kiosk whose memory card was copied or put back."""

    kiosk: str
    name: str
    venue_name: str
    cards: tuple[CardOfKiosk, ...]

    @property
    def settled(self) -> bool:
        """Whether one card is left at most."""
        return sum(not card.gone for card in self.cards) <= 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All that the fleet's page shows, read in one transaction."""

    kiosks: tuple[KioskRow, ...]
    by_venue: Summary
    by_hour: Summary
    latest: tuple[VisitRow, ...]
    unproved: tuple[Unproved, ...]
    """Days of the past week whose figures may not be whole."""
    letters: Letters = NO_LETTERS
    copied: tuple[CopiedKiosk, ...] = ()
    problems: tuple[Problem, ...]
    elsewhere: bool = False
    """Another process takes the records in, and the one that was asked waits."""
    as_of: datetime
    """In the fleet's zone: the page shows every time in the zone of this one."""
