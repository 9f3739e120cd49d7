"""The code on a card: a pseudonym of a person, so it masks itself wherever it might be printed."""

import re
from typing import Final, Self

DEFAULT_PATTERN: Final = "[A-Z][0-9]{9}"
MAX_CODE_CHARS: Final = 32
"""Longer texts are never a card, whatever the pattern says (Code 39 cards carry about ten)."""
MOST_WAYS: Final = 200_000
"""In which a pattern may be tried on one text: some hundredths of a second."""

_BETWEEN: Final = re.compile(r"[\s-]+")
_ESCAPES: Final = re.compile(r"\\.", re.DOTALL)
_CLASSES: Final = re.compile(r"\[\^?\]?[^\]]*\]")
_MARKS: Final = re.compile(r"\(\?(P?<?[=!]|P?<[^>]*>|[a-zA-Z-]*[:)]|)")
_REPEATED_GROUP: Final = re.compile(r"\)[*+{]")
_REPEATS: Final = re.compile(r"(\)?)(?:[*+]|\{[0-9]*,[0-9]*\})")
_CHOICES: Final = re.compile(r"[?|]")


def card_pattern(text: str) -> re.Pattern[str]:
    """The shape of a card's code; digits are 0 to 9, and letters those of ASCII.

    Raises :class:`re.error`, also where an empty text would be a card, or where a text that anybody may hold
    up could keep the reader busy for long.
    """
    try:
        pattern = re.compile(text, re.ASCII)
    except re.error:
        raise
    except (
        ValueError,
        OverflowError,
        RecursionError,
    ) as error:  # a flag against ASCII, a repeat beyond count
        raise re.error(str(error)) from None
    if pattern.fullmatch(""):
        raise re.error("it takes an empty text for a card")
    if _ways(text) > MOST_WAYS:
        raise re.error(
            "a text could be tried in too many ways; write it without a repeated group,"
            " and with fewer of * + ? |"
        )
    return pattern


def _ways(text: str) -> int:
    """At most so many ways there are to try ``text`` on a code: each repeat may end at any character."""
    bare = _MARKS.sub("(", _CLASSES.sub("x", _ESCAPES.sub("x", text)))
    repeats, choices = _REPEATS.findall(bare), len(_CHOICES.findall(bare))
    groups = len(_REPEATED_GROUP.findall(bare))
    if groups and (choices or (repeats and (groups, repeats) != (1, [")"]))):
        return MOST_WAYS + 1
    return int((MAX_CODE_CHARS + 1) ** len(repeats) * 2**choices)


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

    @classmethod
    def typed(cls, text: str, pattern: re.Pattern[str]) -> Self | None:
        """Likewise as people type it: with blanks or hyphens, or in small letters."""
        plain = _BETWEEN.sub("", text)
        codes = (cls.parse(read, pattern) for read in (text, plain, plain.upper()))
        return next((code for code in codes if code is not None), None)

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
