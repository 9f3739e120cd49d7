"""A restored server may get a kiosk's newest start first: what is proved is the same in any order."""

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.wire.messages import Records
from agent.wire.records import Record
from server.adapters.books import read_books
from server.adapters.migrate import open_database
from server.adapters.proofs import bounds
from server.domain.arrivals import BatchArrived
from server.domain.completeness import Proof, prove
from tests.server.adapters.proved_fleet import DAY, MIDNIGHT, SOON, Fleet
from tests.server.kiosk import batch, digest, follows, opened, pair, scan
from tests.server.stored_fleet import HELSINKI
from tests.stories import stories

H: Final = timedelta(hours=1)
D: Final = timedelta(days=1)
NOW: Final = MIDNIGHT + 3 * D + 8 * H
DAYS: Final = [DAY + n * D for n in range(-1, 4)]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    path: Path = tmp_path_factory.mktemp("proofs") / "fleet.db"
    with open_database(f"sqlite:///{path}") as database:
        yield Fleet(database)


@pytest.fixture(scope="module")
def names() -> Iterator[str]:
    return (f"k-{number:010d}" for number in count())


def starts(begun: Sequence[datetime]) -> list[list[Record]]:
    """What a kiosk writes that starts at these times: scans in between, and a digest at each midnight."""
    found: list[list[Record]] = []
    told, now = MIDNIGHT - D, MIDNIGHT - D
    for number, (began, ends) in enumerate(pairwise([*begun, NOW]), start=1):
        rows: list[Record] = [follows(number - 1, len(found[-1]) - 1, began) if found else opened(began)]
        for now in (began + n * 5 * H for n in range((ends - began) // (5 * H) + 1)):
            while told <= now:
                rows.append(digest(len(rows), max(told, began) + SOON))
                told += D
            rows.append(scan(len(rows), at=now + 2 * SOON))
        found.append(rows)
    return found


@st.composite
def pieces(draw: st.DrawFn) -> list[Records]:
    """A kiosk's books as it sends them, of which a piece may be lost on the way."""
    hours = draw(st.lists(st.integers(-40, 75), min_size=2, max_size=4, unique=True))
    sent: list[Records] = []
    for number, rows in enumerate(starts([MIDNIGHT + hour * H for hour in sorted(hours)]), start=1):
        cut: int = draw(st.integers(1, len(rows)))
        for first, piece in ((0, rows[:cut]), (cut, rows[cut:])):
            if piece and draw(st.integers(0, 9)) > 0:
                sent.append(batch(piece, number=number, first=first, clock=pair(NOW)))
    return sent


def proofs(fleet: Fleet, kiosk: str, sent: Sequence[Records]) -> dict[date, Proof]:
    """Each day asked for by itself, and as one of all."""
    fleet.clock.at = MIDNIGHT - 2 * D
    fleet.places.add_kiosk(kiosk, kiosk, "v-uimahalli")
    for piece in sent:
        fleet.store.write([BatchArrived(kiosk, NOW, piece)])
    spans = {day: bounds(day, day, HELSINKI) for day in DAYS}
    with fleet.database.reading() as connection:
        of_all = read_books(connection, {kiosk}, spans[DAYS[0]][0], spans[DAYS[-1]][1])[kiosk]
        alone = {day: read_books(connection, {kiosk}, *span)[kiosk] for day, span in spans.items()}
    proved = {day: prove(alone[day], *span, NOW) for day, span in spans.items()}
    assert {day: prove(of_all, *span, NOW) for day, span in spans.items()} == proved
    return proved


@stories(12)
@given(pieces(), st.randoms(use_true_random=False))
def test_the_order_does_not_matter(
    fleet: Fleet, names: Iterator[str], sent: list[Records], chance: random.Random
) -> None:
    shuffled = sent.copy()
    chance.shuffle(shuffled)
    in_order = proofs(fleet, next(names), sent)
    assert proofs(fleet, next(names), shuffled) == in_order


@pytest.mark.parametrize("lost", [False, True])
def test_a_newest_start_that_comes_first_is_not_left_out(
    fleet: Fleet, names: Iterator[str], lost: bool
) -> None:
    """It has the lowest number of all; a row that it lacks is told, and no day fails."""
    old, new = starts([MIDNIGHT - 20 * H, MIDNIGHT + 2 * D + 3 * H])
    cut = 2 if lost else 1
    sent = [
        batch(rows, number=number, first=rows[0].seq, clock=pair(NOW))
        for number, rows in ((2, new[:1]), (2, new[cut:]), (1, old))
    ]
    proved = proofs(fleet, next(names), sent)
    assert [day for day in DAYS[:-1] if not proved[day].complete] == ([DAYS[-2]] if lost else [])
    assert proved[DAYS[-2]].doubts == (("gap",) if lost else ())
