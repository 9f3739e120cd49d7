"""The longest words that a venue may set, and where they have least room."""

from itertools import cycle
from typing import Final

from agent.config import PlaceConfig
from agent.wire.lettering import FAREWELL, PAUSE, TO, Room, too_wide
from tests.kiosk_ui.opened import MAIN, VIEWS


def longest(room: Room, lengths: tuple[int, ...], letter: str = "m") -> str:
    """As much as is permitted, in words of so many letters, over and over."""
    text = ""
    for length in cycle(lengths):
        for added in (*([" "] if text else []), *([letter] * length)):
            if too_wide(text + added, room):
                return text.rstrip()
            text += added
    raise AssertionError


def own_words(lengths: tuple[int, ...], letter: str = "m") -> tuple[PlaceConfig, str]:
    place = longest(TO, lengths, letter)
    return PlaceConfig(to=place, at=place), longest(FAREWELL, lengths, letter)


OWN_WORDS: Final = {
    "one long": own_words((40,)),
    "halves": own_words((10,), "o"),
    "ordinary": (
        PlaceConfig(to="asiakaspalveluun", at="asiakas\N{SOFT HYPHEN}palvelusta"),
        "Mukavaa uintia.",
    ),
    "beside the digit": (PlaceConfig(to="to the reception", at="at the reception"), "Enjoy your swim."),
}
OWN_ON: Final = [
    *((panel, words) for panel in MAIN for words in ("halves", "ordinary")),
    ("7in", "one long"),
    ("7in", "beside the digit"),
    ("7in-600-upright", "one long"),
    ("9in-upright", "halves"),
]
"""Each kind of words on the main screens, and the widest where a line or a page has least."""
OWN_VIEWS: Final = {
    "ask_staff": VIEWS["ask_staff"],
    "spot check": VIEWS["spot check"],
    "thanks": VIEWS["thanks"],
    "thanks of a spot check": VIEWS["thanks of a spot check"],
    "out_of_order": VIEWS["out_of_order"],
}
LONGEST_PAUSES: Final = (
    longest(PAUSE, (9,)),
    longest(PAUSE, (13, 5), "o"),
    "PALAAMME TAAS KLO 13.30. TERVETULOA!",
    "Olemme tauolla ja palaamme kello 13.30 p.",
)
