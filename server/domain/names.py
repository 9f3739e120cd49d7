"""Names and texts that others give: identifiers made of them, and what of them is fit for a table."""

import hashlib
import re
import unicodedata
from typing import Final

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


def printable(text: str) -> str:
    """A peer's text for a table and a page: PostgreSQL holds no NUL, a person reads no control character."""
    return "".join(c if c.isprintable() else "?" for c in text)
