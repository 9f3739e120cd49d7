"""A staff page to be looked at: its PIN, its clock, and what a kiosk may have to tell."""

import re
from datetime import UTC, datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from agent.adapters.simulated.clock import SimulatedClock
from agent.core.actions import Ref
from agent.core.judge import Mark
from agent.core.moment import Moment
from agent.core.staff_view import LettingIn, StaffView, TakingBack
from agent.core.state import Outcome, What
from agent.pin import hash_pin
from agent.wire.card_code import DEFAULT_PATTERN
from agent.wire.screen import Language
from kiosk_ui.staff_app import StaffPages
from kiosk_ui.staff_desk import WebStaffDesk
from kiosk_ui.staff_door import StaffDoor
from kiosk_ui.staff_messages import StaffWords

PIN: Final = "4711"
CODE: Final = "A999123453"
EPOCH: Final = "0123456789abcdef0123456789abcdef"
LANGUAGES: Final[tuple[Language, ...]] = ("fi", "sv", "en", "se")


def at(minute: int) -> Moment:
    return Moment("boot", 60_000 * minute, datetime(2026, 11, 24, 12, minute, tzinfo=UTC), synced=True)


def ref(seq: int) -> Ref:
    return Ref(EPOCH, seq)


def outcome(seq: int, what: What, reason: str, *marks: Mark, adopted: bool = False) -> Outcome:
    return Outcome(ref(seq), what, reason, at(seq), marks, adopted=adopted)


BEFORE: Final = (
    outcome(4, "by_hand", "worn_card"),
    outcome(3, "to_staff", "withdrawn", adopted=True),
    outcome(2, "let_in", "listed", "list_stale", "repeat"),
    outcome(1, "tested", ""),
)
QUIET: Final = StaffView(started=True, list_age_s=120, types=True, let_in=LettingIn())
VIEWS: Final = {
    "nobody yet": QUIET,
    "let in": StaffView(
        recent=(outcome(5, "let_in", "listed"), *BEFORE),
        started=True,
        list_age_s=120,
        types=True,
        let_in=LettingIn(),
        take_back=TakingBack(ref(5), 420.0),
    ),
    "refused": StaffView(
        recent=(outcome(5, "to_staff", "expired"), *BEFORE),
        started=True,
        list_age_s=120,
        types=True,
        let_in=LettingIn(ref(5), 420.0, most_assistants=3),
        take_back=TakingBack(ref(4), 360.0),
    ),
    "spot check": StaffView(
        recent=(outcome(5, "unchecked", "unlisted", "spot_check"), *BEFORE),
        started=True,
        list_age_s=9000,
        types=True,
        let_in=LettingIn(),
        take_back=TakingBack(ref(5), 420.0),
        spot_check=True,
    ),
    "paused with faults": StaffView(
        recent=(outcome(5, "to_staff", "list_unreadable"), *BEFORE),
        started=True,
        paused="Palaamme klo 13.",
        troubles=frozenset({"eyes"}),
        list_old=True,
        list_age_s=90_000,
        let_in=LettingIn(ref(5), 420.0),
    ),
}

PAUSES: Final = (
    "Palaamme klo 13.",
    "Siivous, hetki vain.",
    "Olemme tauolla ja palaamme kello 13.30 p.",
    "mmmmmmmmm mmmmmmmmm mmmmmmmmm m",
    "Ruokatauko.",
    "Avaamme klo 12.30.",
)
"""As many as a venue may set, and two of them as wide as any."""


@cache
def pin_hash() -> str:
    return hash_pin(PIN)


def staff_pages(
    languages: tuple[Language, ...] = LANGUAGES, *, clock: SimulatedClock | None = None, pin: bool = True
) -> StaffPages:
    return StaffPages(
        desk=WebStaffDesk(),
        door=StaffDoor(pin_hash() if pin else "", clock or SimulatedClock()),
        words=StaffWords(languages, ZoneInfo("Europe/Helsinki")),
        pattern=re.compile(DEFAULT_PATTERN),
        pauses=PAUSES,
    )
