"""Words that people write for others to read: no card's code belongs into them."""

import re
import unicodedata
from typing import Final

from agent.wire.card_code import MAX_CODE_CHARS, CardCode

_WORD: Final = re.compile(r"[^\W_]+")


def holds_code(text: str, pattern: re.Pattern[str]) -> bool:
    """Whether words of ``text``, however they are spaced and in any case, make a code of ``pattern``.

    Words without a digit never do.
    """
    words = _WORD.findall(unicodedata.normalize("NFKC", text))
    any_case = re.compile(pattern.pattern, pattern.flags | re.IGNORECASE)
    for first in range(len(words)):
        for last in range(first + 1, min(len(words), first + MAX_CODE_CHARS) + 1):
            for between in ("", "-"):
                read = between.join(words[first:last])
                if any(char.isdigit() for char in read) and CardCode.parse(read, any_case) is not None:
                    return True
    return False
