"""A fleet to look at: the kiosks and the day of the pictures in the design."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from server.adapters.simulated_figures import SimulatedFigures
from server.domain.completeness import Proof
from server.domain.figures import (
    By,
    CardOfKiosk,
    CopiedKiosk,
    KioskRow,
    KioskState,
    Letter,
    Summary,
    VisitRow,
)
from server.domain.troubles import Problem, Trouble

NOW: Final = datetime(2026, 11, 24, 14, 2, 10, tzinfo=ZoneInfo("Europe/Helsinki"))

_KIOSKS: Final[tuple[tuple[str, str, str, KioskState, str, int, int, int, int], ...]] = (
    # name, venue, area, state, trouble, minutes in it, visits, waiting, list behind
    ("Perheovi", "Uimahalli", "Rovaniemi", "working", "", 6 * 1440, 31, 0, 0),
    ("Pääovi", "Uimahalli", "Rovaniemi", "attention", "camera", 18, 46, 0, 0),
    ("Pääaula", "Arktikum", "Rovaniemi", "lost", "", 42, 11, 12, 3),
    ("Aula", "Tiedekeskus Pilke", "Rovaniemi", "attention", "list-old", 125, 9, 0, 210),
    ("Aula", "Taidemuseo", "Rovaniemi", "working", "", 12 * 1440, 4, 0, 0),
    ("Lämpiö", "Rovaniemen Teatteri", "Rovaniemi", "working", "", 190, 0, 0, 0),
    ("Kassan vieressä", "Jäähalli", "Tornio", "working", "", 9 * 1440, 17, 2, 0),
    ("Portti", "Konttisen kesäteatteri", "Rovaniemi", "stopped", "", 1440, 0, 0, 0),
    ("Ovi", "Uimahalli", "Kittilä", "never", "", 0, 0, 0, 0),
)
_VENUES: Final = (
    "Uimahalli",
    "Uimahalli",
    "Uimahalli",
    "Jäähalli",
    "Arktikum",
    "Tiedekeskus Pilke",
    "Taidemuseo",
)
COPIED: Final = "k-0000000002"
NEW: Final = "3f" * 16
OLD: Final = "a1" * 16
_POOR: Final = Proof(here=1206, expected=1212, doubts=("gap",))
_BUSY: Final = {7: 4, 8: 11, 9: 14, 10: 22, 11: 31, 12: 26, 13: 33, 14: 2}


def empty_fleet() -> SimulatedFigures:
    return SimulatedFigures(NOW)


def busy_fleet(figures: SimulatedFigures | None = None) -> SimulatedFigures:
    figures = figures or empty_fleet()
    figures.kiosks = [_kiosk(number, *row) for number, row in enumerate(_KIOSKS)]
    figures.problems = (Problem("refused", 2),)
    figures.dead = [letter(), letter(seq=9, why="a reason of another version", venue_name="")]
    for hour, visits in _BUSY.items():
        for turn in range(visits):
            moment = NOW.replace(hour=hour, minute=0, second=0) + timedelta(seconds=turn * 60)
            figures.add(
                visit(
                    seen_at=moment,
                    venue_name=_VENUES[(turn + hour) % 7],
                    children=(None, 2, 0, 1, 0)[turn % 5],
                )
            )
    figures.add(
        visit(seen_at=NOW - timedelta(seconds=50), verdict="ask_staff", reason="expired", shown="staff")
    )
    figures.add(
        visit(
            seen_at=NOW - timedelta(seconds=20),
            verdict="unchecked",
            reason="unlisted",
            children=1,
            assistants=1,
        )
    )
    return figures


def copied_fleet() -> SimulatedFigures:
    """A kiosk of it has two memory cards, the older of which has been silent for four days."""
    figures = busy_fleet()
    cards = (
        CardOfKiosk(epoch=NEW, last_seq=52, last_at=NOW, gone=False),
        CardOfKiosk(epoch=OLD, last_seq=1231, last_at=NOW - timedelta(days=4), gone=False),
    )
    figures.copied = (CopiedKiosk(kiosk=COPIED, name="Pääaula", venue_name="Arktikum", cards=cards),)
    return figures


class _WideFigures(SimulatedFigures):
    """Every row has many records, and not all of them."""

    def summary(self, first: date | None, last: date | None, by: By) -> Summary:
        summary = super().summary(first, last, by)
        return replace(summary, rows=tuple(replace(row, records=_POOR) for row in summary.rows))


def wide_fleet() -> SimulatedFigures:
    """What needs the most room."""
    figures = busy_fleet(_WideFigures(NOW))
    figures.add(visit(venue_name="Rovaniemen monitoimitalo", quality="bounded"))
    figures.kiosks = [replace(kiosk, records=_POOR) for kiosk in figures.kiosks]
    return figures


def visit(**changes: object) -> VisitRow:
    values: dict[str, object] = {
        "seen_at": NOW,
        "venue_name": "Uimahalli",
        "verdict": "accepted",
        "reason": "listed",
        "shown": "green",
        "adults": 1,
        "children": 0,
        "assistants": 0,
        "masked_code": "A•••••••53",
    }
    return VisitRow(**{**values, **changes})  # type: ignore[arg-type]  # tests name what differs


def letter(**changes: object) -> Letter:
    values: dict[str, object] = {
        "kiosk": "k-0000000002",
        "name": "Pääaula",
        "venue_name": "Arktikum",
        "received_at": NOW - timedelta(hours=1),
        "epoch": "0123456789abcdef0123456789abcdef",
        "seq": 8,
        "why": "the sealed code cannot be opened with this fleet's key",
    }
    return Letter(**{**values, **changes})  # type: ignore[arg-type]  # tests name what differs


def _kiosk(  # noqa: PLR0913, PLR0917  # a row of the table above
    number: int,
    name: str,
    venue: str,
    area: str,
    state: KioskState,
    trouble: str,
    minutes: int,
    visits: int,
    waiting: int,
    behind: int,
) -> KioskRow:
    seen = state != "never"
    last_at = NOW - timedelta(minutes=0 if state in {"working", "attention"} else minutes)
    return KioskRow(
        kiosk=f"k-{number:010}",
        name=name,
        venue_name=venue,
        area=area,
        state=state,
        troubles=(Trouble(trouble),) if trouble else (),
        since=NOW - timedelta(minutes=minutes) if seen else None,
        last_seen=last_at if seen else None,
        visits_today=visits,
        uses_today=visits + visits // 3,
        waiting=waiting if seen else None,
        list_behind=behind if seen else None,
        list_confirmed_at=last_at if seen else None,
        camera="Camera Module 3" if seen else "",
        software="0.1.0" if seen else "",
        records=Proof(visits + 4, visits + 4, last_at) if seen else Proof(doubts=("never_heard",)),
    )
