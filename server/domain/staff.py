"""A kiosk's staff at the fleet's page: what its records tell, and what they may have it do."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from agent.told import ToldError
from agent.wire.card_code import CardCode
from agent.wire.commands import Command, CommandName, LetInArgs, PauseArgs, TakeBackArgs, TypeArgs
from agent.wire.key_box import seal_code
from agent.wire.pause_words import UnfitWords, why_not_pause
from agent.wire.records import Party, RecordName
from agent.wire.sealing import SealBroken
from server.domain.figures import KioskState, VisitRow

BY_HAND: Final = timedelta(minutes=2)
"""How long a kiosk lets its staff adopt a refused scan, and take back whom it let in (WIRE)."""
VALID_FOR: Final[dict[CommandName, timedelta]] = {
    "let_in": timedelta(minutes=1),
    "take_back": timedelta(minutes=1),
    "pause": timedelta(minutes=10),
    "resume": timedelta(minutes=10),
    "type": timedelta(minutes=1),
}
"""What is about somebody who stands there is done at once or not at all."""
TEST: Final = "test"

CommandState = Literal["open", "done", "rejected", "failed", "expired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCommand:
    """``args`` is JSON, as the contract has it for ``name``."""

    id: str
    kiosk: str
    name: CommandName
    args: bytes
    not_after: datetime

    def message(self) -> Command:
        return Command(id=self.id, name=self.name, args=msgspec.Raw(self.args), not_after=self.not_after)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRow:
    name: CommandName
    made_at: datetime
    state: CommandState
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRow:
    """One record of a kiosk about somebody; ``void``: taken back; ``adopted``: let in by hand after it."""

    name: RecordName
    visit: VisitRow
    marks: tuple[str, ...] = ()
    adopted: bool = False
    void: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskStaff:
    """``rows`` and ``commands`` are newest first."""

    kiosk: str
    name: str
    venue_name: str
    state: KioskState
    as_of: datetime
    paused: bool = False
    types: bool = False
    """A code can be sent to it, so that nobody but this kiosk can read it."""
    rows: tuple[StaffRow, ...] = ()
    commands: tuple[CommandRow, ...] = ()

    @property
    def adoptable(self) -> StaffRow | None:
        """The last one, if that was sent to the staff lately: the kiosk itself has the last word."""
        refused = (row for row in self._lately if _was_refused(row))
        last = next(refused, None)
        return None if last is None or last.adopted else last

    @property
    def undoable(self) -> StaffRow | None:
        let_in = (row for row in self._lately if not _was_refused(row) and row.visit.reason != TEST)
        last = next(let_in, None)
        return None if last is None or last.void else last

    @property
    def _lately(self) -> Sequence[StaffRow]:
        return [row for row in self.rows if self.as_of - row.visit.seen_at < BY_HAND]


def _was_refused(row: StaffRow) -> bool:
    return row.visit.verdict == "ask_staff" or row.visit.shown == "staff"


class NoSuchKiosk(Exception):  # noqa: N818  (a state of the world)
    """Nobody added it."""


class CodeNotSent(ToldError):  # noqa: N818  (what happened)
    """The kiosk was not asked anything; ``name`` says why."""

    def __init__(self, name: "CodeFault") -> None:
        self.name = name
        super().__init__(_CODE_FAULTS[name])


CodeFault = Literal["no_code", "no_seal"] | UnfitWords
_CODE_FAULTS: Final[dict[CodeFault, str]] = {
    "no_code": "That is no code of this fleet's cards.",
    "card_code": "The words hold a card's code, and would be shown. Write them without it.",
    "too_wide": "The words do not fit on a kiosk's screen. Write fewer, or shorter ones.",
    "no_seal": "The kiosk has not said what a code can be sealed to. Wait until it is connected.",
}


def typed_code(text: str, pattern: re.Pattern[str]) -> CardCode:
    """Raises :class:`CodeNotSent`."""
    if (code := CardCode.typed(text, pattern)) is None:
        raise CodeNotSent("no_code")
    return code


def refuse_words(name: CommandName, args: bytes, pattern: re.Pattern[str]) -> None:
    """What the staff write in a pause is shown to everybody, and whole. Raises :class:`CodeNotSent`."""
    if name != "pause":
        return
    if why := why_not_pause(msgspec.json.decode(args, type=PauseArgs).message, pattern):
        raise CodeNotSent(why)


def type_args(code: CardCode, seal_to: bytes) -> bytes:
    """Raises :class:`CodeNotSent`."""
    try:
        return msgspec.json.encode(TypeArgs(code_sealed=seal_code(code, seal_to)))
    except SealBroken:
        raise CodeNotSent("no_seal") from None


def let_in_args(adopts: RecordName | None, children: int | None, assistants: int, reason: str) -> bytes:
    party = Party(children=children, assistants=assistants)
    return msgspec.json.encode(LetInArgs(adopts=adopts, party=party, reason=reason))


def take_back_args(of: RecordName) -> bytes:
    return msgspec.json.encode(TakeBackArgs(of=of))
