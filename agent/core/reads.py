"""What the camera child hands over: card codes and the fact of a foreign code. Never frames or texts."""

import re
from dataclasses import dataclass
from typing import Literal

from agent.wire.card_code import CardCode

CodeSymbology = Literal["qr", "code39"]


@dataclass(frozen=True, slots=True)
class Read:
    """One code in one frame; ``code`` is ``None`` where it is not ours, and its text is gone by then.

    ``test``: the fleet's test card. Nothing of its text is needed after this.
    """

    code: CardCode | None
    symbology: CodeSymbology
    test: bool = False


def recognise(text: str, symbology: CodeSymbology, pattern: re.Pattern[str], test_card: str = "") -> Read:
    """Take a decoded text as a card's code, or forget it. The test card is looked for before the pattern."""
    if test_card and text.strip(" \t\r\n") == test_card:
        return Read(None, symbology, test=True)
    return Read(CardCode.parse(text, pattern), symbology)


def shows_card(reads: tuple[Read, ...]) -> bool:
    """Whether somebody waits for a light: a foreign code gets none, however long it lies there."""
    return any(read.code is not None or read.test for read in reads)
