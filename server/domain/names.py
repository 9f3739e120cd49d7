"""Names and texts that others give: identifiers made of them, and what of them is fit for a table."""

import re
import unicodedata
from typing import Final

MAX_SLUG_CHARS: Final = 40
MAX_NAME_CHARS: Final = 120
"""Of an area, a distributor, a venue."""


def venue_id(name: str) -> str | None:
    """``Uimahalli Vesihiisi`` → ``v-uimahalli-vesihiisi``; ``None`` where no letter or digit is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_SLUG_CHARS].strip("-")
    return f"v-{slug}" if slug else None


def is_name(text: str) -> bool:
    return 0 < len(text) <= MAX_NAME_CHARS and text.isprintable()


def printable(text: str) -> str:
    """A peer's text for a table and a page: PostgreSQL holds no NUL, a person reads no control character."""
    return "".join(c if c.isprintable() else "?" for c in text)
