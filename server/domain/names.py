"""Identifiers made of names that people give."""

import re
import unicodedata

MAX_SLUG_CHARS = 40


def venue_id(name: str) -> str | None:
    """``Uimahalli Vesihiisi`` → ``v-uimahalli-vesihiisi``; ``None`` where no letter or digit is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_SLUG_CHARS].strip("-")
    return f"v-{slug}" if slug else None
