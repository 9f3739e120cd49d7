"""The code on a card: a pseudonym of a person, so it masks itself wherever it might be printed."""

import re
from typing import Final, Self

DEFAULT_PATTERN: Final = "[A-Z][0-9]{9}"
MAX_CODE_CHARS: Final = 32
"""Longer texts are never a card, whatever the pattern says (Code 39 cards carry about ten)."""


class CardCode:
    """A text of the card's shape. ``repr`` and ``str`` show nothing of it; ``reveal`` is the one way out."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    @classmethod
    def parse(cls, text: str, pattern: re.Pattern[str]) -> Self | None:
        """Take ``text`` as a card's code, or ``None`` where it is not ours."""
        if len(text) > MAX_CODE_CHARS:
            return None
        stripped = text.strip(" \t\r\n")
        return cls(stripped) if pattern.fullmatch(stripped) else None

    def reveal(self) -> str:
        """The code itself, for hashing, sealing and the register. Never for a log, a page or a URL."""
        return self._text

    def masked(self) -> str:
        """First character and last two, as ``A•••••••53``: enough to tell two visits apart on a page.

        Of a short code fewer are shown, for the rest must be too much to try.
        """
        length = len(self._text)
        first, last = (1, 2) if length >= 8 else (0, 1) if length >= 5 else (0, 0)  # noqa: PLR2004  (see above)
        return f"{self._text[:first]}{'•' * (length - first - last)}{self._text[length - last :]}"

    def __repr__(self) -> str:
        return "CardCode(•••)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CardCode) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)
