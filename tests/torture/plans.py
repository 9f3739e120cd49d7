"""What befalls one connection between a kiosk and the broker, by chance."""

import math
import random
from dataclasses import dataclass
from typing import Final, Literal

AIMS: Final = (
    "CONNECT",
    "CONNACK",
    "SUBSCRIBE",
    "SUBACK",
    "PUBLISH status",
    "PUBLISH info",
    *("PUBLISH records", "PUBLISH receipt", "PUBACK up", "PUBACK down") * 3,
)
"""The frames that a cut is aimed at: the exchange of records more often than the greeting before it."""
MOST_BYTES: Final = 30_000
"""Of a connection before its cut by count: some hundred records."""
FIRST: Final = math.log(20)
"""Cuts by count are as many between 20 and 200 bytes as between 200 and 2000."""

Way = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class After:
    """Cut after so many bytes of one way."""

    way: Way
    count: int


@dataclass(frozen=True, slots=True)
class Within:
    """Cut so far into the first frame of this kind."""

    kind: str
    share: float


@dataclass(frozen=True, slots=True)
class Stall:
    """From ``after_s`` on, what comes is taken and goes nowhere for ``for_s``; then it does, or is lost."""

    ways: tuple[Way, ...]
    after_s: float
    for_s: float
    lost: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What befalls one connection. ``reset`` says who hears of its end: the others wait in vain."""

    refused: bool = False
    cut: After | Within | None = None
    stall: Stall | None = None
    lag_s: float = 0.0
    reset: tuple[Way, ...] = ("up", "down")


GOOD: Final = Plan()


def plan(chance: random.Random) -> Plan:
    """Of the next connection: two of three are cut, half of these within a frame of a chosen kind."""
    way: Way = chance.choice(("up", "down"))
    longest = MOST_BYTES if way == "up" else MOST_BYTES // 10
    cut: After | Within | None = chance.choice(
        (
            After(way, int(math.exp(chance.uniform(FIRST, math.log(longest))))),
            Within(chance.choice(AIMS), chance.random()),
            None,
        )
    )
    stall = None
    if chance.random() < 0.3:
        ways: tuple[Way, ...] = chance.choice((("up",), ("down",), ("up", "down")))
        stall = Stall(ways, chance.uniform(0, 1), chance.uniform(0.1, 2.5), lost=chance.random() < 0.5)
    return Plan(
        refused=chance.random() < 0.08,
        cut=cut,
        stall=stall,
        lag_s=chance.choice((0.0, 0.0, 0.005, 0.03)),
        reset=chance.choice((("up", "down"),) * 6 + (("up",), ("down",))),
    )
