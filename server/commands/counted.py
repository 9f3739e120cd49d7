"""Numbers with what they count."""

import re


def counted(count: int, things: str) -> str:
    """``things`` is in the plural, its noun the first word that ends in an s: "1 card of these areas"."""
    words = re.sub(r"s\b", "", things, count=1) if count == 1 else things
    return f"{count} {words}"


def agreeing(count: int, one: str, more: str) -> str:
    return one if count == 1 else more
