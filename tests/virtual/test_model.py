"""The short form of ``python -m tests.torture model``."""

from tests.virtual.model import play_doors

DOORS = 100


def test_whoever_is_in_is_counted_once() -> None:
    played = play_doors(DOORS, seed=1)
    assert played["doors"] >= DOORS
    assert played["visits"] > DOORS
