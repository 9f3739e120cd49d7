"""Names and texts that others give: identifiers made of them, and what of them is fit for a table."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

from agent.wire.card_code import MAX_CODE_CHARS, CardCode

MAX_SLUG_CHARS: Final = 40
MAX_NAME_CHARS: Final = 120
"""Of an area, a distributor, a venue."""


_SIGN_CHARS: Final = 8
_PLAIN: Final = str.maketrans(
    {"đ": "d", "ŋ": "n", "ŧ": "t", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ł": "l", "ð": "d", "þ": "th"}
)
"""Letters of our neighbours that Unicode does not take apart; Northern Sámi has three of them."""


def venue_id(name: str) -> str | None:
    """``Uimahalli Vesihiisi`` → ``v-uimahalli-vesihiisi``; ``None`` where the name has no letter or digit.

    Of a name in letters that cannot be written in ASCII, a sign is made of the whole name: ``v-1c9a40f2``.
    So two such names differ, and the same name is the same everywhere.
    """
    folded = unicodedata.normalize("NFKD", name).casefold().translate(_PLAIN)
    letters = [c for c in folded if c.isalnum()]
    if not letters:
        return None
    slug = re.sub(r"[^a-z0-9]+", "-", folded.encode("ascii", "ignore").decode()).strip("-")
    if all(c.isascii() for c in letters):
        return f"v-{slug[:MAX_SLUG_CHARS].strip('-')}"
    whole = unicodedata.normalize("NFKC", name).casefold().encode()
    sign = hashlib.blake2b(whole, digest_size=_SIGN_CHARS // 2).hexdigest()
    return "-".join(["v", *filter(None, [slug[: MAX_SLUG_CHARS - _SIGN_CHARS - 1].strip("-")]), sign])


def as_written(text: str) -> str:
    """A name as a person sees it: letters put together, single spaces, so that what looks alike is one."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def same_name(text: str) -> str:
    """What two names have in common that are one: whatever their letters' case and their blanks."""
    return as_written(unicodedata.normalize("NFC", as_written(text).casefold()))


def is_name(text: str) -> bool:
    return 0 < len(text) <= MAX_NAME_CHARS and text.isprintable()


_WORD: Final = re.compile(r"[^\W_]+")
_BETWEEN: Final = re.compile("[\\s\\-\u2010-\u2015\u2212_.]+")
"""What people write between the digits of a code."""
_DIGIT: Final = re.compile(r"\d")


def has_code(text: str, pattern: re.Pattern[str]) -> bool:
    """Whether ``text`` is or holds, as words of its own, a card's code in any case and however it is spaced.

    No name without a digit does.
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


def printable(text: str) -> str:
    """A peer's text for a table and a page: PostgreSQL holds no NUL, a person reads no control character."""
    return "".join(c if c.isprintable() else "?" for c in text)
