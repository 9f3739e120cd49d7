"""What may happen at a door, one thing after the other, made up at random."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from hypothesis import strategies as st

from agent.wire.card_code import CardCode
from agent.wire.card_page import CardRow
from agent.wire.screen import About, Wanted
from tests.agent.examples import ANNA, BENGT, CECILIA, row_of

CARDS: Final[list[tuple[CardCode, CardRow | None]]] = [
    (ANNA, row_of(ANNA)),
    (ANNA, row_of(ANNA, status="blocked")),
    (BENGT, row_of(BENGT, kind="community", max_children=0)),
    (CECILIA, None),
]


@dataclass(frozen=True)
class Come:
    which: int
    away_s: float | None
    dice: float = 1.0


@dataclass(frozen=True)
class Disk:
    works: bool


@dataclass(frozen=True)
class Tap:
    which: int
    count: int
    about: About = "children"


@dataclass(frozen=True)
class Want:
    which: int
    wanted: Wanted


Plain = Literal[
    "button",
    "more time",
    "by hand",
    "take back",
    "test card",
    "two cards",
    "pause",
    "resume",
    "eyes up",
    "eyes down",
    "note failed",
]
Happening = Come | Disk | Tap | Want | Plain
stories = st.lists(
    st.tuples(
        st.one_of(
            st.builds(
                Come,
                st.integers(0, len(CARDS) - 1),
                st.none() | st.floats(2, 60),
                st.sampled_from([0.1, 0.9]),
            ),
            st.builds(Disk, st.booleans()),
            st.builds(Tap, st.integers(0, 5), st.integers(0, 3), st.sampled_from(get_args(About))),
            st.builds(Want, st.integers(0, 5), st.sampled_from(get_args(Wanted))),
            st.sampled_from(get_args(Plain)),
        ),
        st.sampled_from([0.0, 0.1, 1.0, 4.0, 11.0, 25.0, 700.0]),
    ),
    max_size=25,
)
