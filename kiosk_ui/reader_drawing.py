"""The way of a card to the reader, as it is drawn at rest: towards where the reader really is."""

from dataclasses import dataclass
from typing import Final

from agent.config import ReaderSide

Point = tuple[int, int]
_READER: Final = (385, 178)
_CARD: Final = (172, 235)
"""Where page.html has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """Middles of what is drawn; ``echo``: from the card to its nearer outline; ``tilt`` in degrees."""

    view: str
    held: str
    reader: Point
    card: Point
    echo: Point
    tilt: int
    start: Point
    """How far from its place the card begins its way."""


_WAYS: Final[dict[ReaderSide, _Way]] = {
    "right": _Way(
        view="0 0 480 356",
        held="xMaxYMid",
        reader=_READER,
        card=_CARD,
        echo=(-26, 20),
        tilt=-8,
        start=(-70, 46),
    ),
    "left": _Way(
        view="0 0 480 356",
        held="xMinYMid",
        reader=(95, 178),
        card=(308, 235),
        echo=(26, 20),
        tilt=8,
        start=(70, 46),
    ),
    "above": _Way(
        view="20 0 330 420",
        held="xMidYMin",
        reader=(208, 95),
        card=(188, 276),
        echo=(-19, 25),
        tilt=-8,
        start=(-46, 70),
    ),
    "below": _Way(
        view="20 0 330 420",
        held="xMidYMax",
        reader=(208, 325),
        card=(188, 144),
        echo=(-19, -25),
        tilt=-8,
        start=(-46, -70),
    ),
}


def drawing(side: ReaderSide) -> dict[str, str]:
    """What page.html leaves open."""
    way = _WAYS[side]
    echo_x, echo_y = way.echo
    near = (way.card[0] + echo_x, way.card[1] + echo_y)
    far = (round(way.card[0] + 1.9 * echo_x), round(way.card[1] + 1.85 * echo_y))
    turned = f" rotate({way.tilt} {_CARD[0]} {_CARD[1]})"
    return {
        "side": side,
        "view": way.view,
        "held": way.held,
        "reader": _moved(_READER, way.reader),
        "card": _moved(_CARD, way.card) + turned,
        "near": _moved(_CARD, near) + turned,
        "far": _moved(_CARD, far) + turned,
        "frame": _moved(_CARD, way.card),
    }


def start(side: ReaderSide) -> str:
    """For the style sheet."""
    across, down = _WAYS[side].start
    return f"{across}px,{down}px"


def _moved(place: Point, to: Point) -> str:
    return f"translate({to[0] - place[0]} {to[1] - place[1]})"
