"""The short form of ``python -m tests.torture model``."""

import pytest

from tests.virtual.model import play_doors

DOORS = 24
STEPS = (
    "answers",
    "batches that were halved",
    "cards shown once more by who was in",
    "ends of a kiosk before, at or after a light",
    "restores of the server",
    "visitors let in by hand",
    "visitors whom the staff sent away",
    "visits taken back",
)


def test_whoever_is_in_is_counted_once() -> None:
    played = play_doors(DOORS, seed=10)
    assert played["doors"] >= DOORS
    assert played["visits"] > DOORS // 2
    assert [step for step in STEPS if not played[step]] == [], "never played"


def test_it_bites_where_a_kiosk_forgets_who_may_still_stand_there() -> None:
    with pytest.raises(AssertionError, match=r"are counted|counted 2 times"):
        play_doors(DOORS, seed=11, blind=True)
