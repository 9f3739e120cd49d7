"""Names and words that people write for others to read: no card's code belongs into them."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

from agent.wire.card_code import MAX_CODE_CHARS, CardCode

_WORD: Final = re.compile(r"[^\W_]+")
_BETWEEN: Final = re.compile("[\\s\\-\u2010-\u2015\u2212_.]+")
"""What people write between the digits of a code."""
_DIGIT: Final = re.compile(r"\d")


def holds_code(text: str, pattern: re.Pattern[str]) -> bool:
    """Whether ``text`` is or holds, as words of its own, a card's code in any case and however it is spaced.

    No text without a digit does.
    """
    if not _DIGIT.search(text):
        return False
    whole = "".join(text.split())
    return CardCode.parse(whole, pattern) is not None or next(_codes_in(text, pattern), None) is not None


def without_codes(text: str, pattern: re.Pattern[str]) -> str:
    """``text`` with each card code in it masked: people put them into names of files."""
    masked, at = "", 0
    for found in _codes_in(text, pattern):
        masked += text[at : found.start] + found.code.masked()
        at = found.end
    return _in_any_case(pattern).sub(_masked, masked + text[at:])


class _Found(NamedTuple):
    start: int
    end: int
    code: CardCode


def _codes_in(text: str, pattern: re.Pattern[str]) -> Iterator[_Found]:
    """By whole words, so that a pattern may be anchored; of those that begin alike the longest."""
    words = list(_WORD.finditer(text))
    at = 0
    for first in range(len(words)):
        if words[first].start() < at:
            continue
        start = words[first].start()
        for last in reversed(words[first : first + MAX_CODE_CHARS]):
            code = _code_of(text[start : last.end()], pattern)
            if code is not None:
                at = last.end()
                yield _Found(start, at, code)
                break


def _code_of(text: str, pattern: re.Pattern[str]) -> CardCode | None:
    """A pattern that takes letters for digits would take ``Talo 15`` for a code: there words do not join."""
    spaced = _in_any_case(pattern)
    for joined in ("".join(text.split()), _BETWEEN.sub("", text)):
        plain = unicodedata.normalize("NFKC", joined)
        if not _DIGIT.search(plain):
            continue
        code = CardCode.parse(plain, spaced)
        if code is None:
            continue
        is_loose = spaced.fullmatch(_DIGIT.sub("A", plain)) is not None
        words = _WORD.findall(text)
        if len(words) == 1 or not is_loose or not any(word.isalpha() and len(word) > 1 for word in words):
            return code
    return None


def _in_any_case(pattern: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(pattern.pattern, pattern.flags | re.IGNORECASE)


def _masked(found: re.Match[str]) -> str:
    """A word that has a code's shape but no digit is left: patterns may allow it."""
    text = found[0]
    return CardCode(text).masked() if any(c.isdigit() for c in text) else text
