"""How wide words are on the kiosk's screen, so that none is accepted that would be cut.

Widths are in ems of Inter Medium, the screen's letters, each rounded; the headlines' letters are narrower.
"""

from typing import Final, NamedTuple

SOFT_HYPHEN: Final = "\N{SOFT HYPHEN}"
_HYPHEN_EM: Final = 0.46
_UNKNOWN_EM: Final = 1.2
"""A letter that is not in the table: wider than any that is."""
_HUNDREDTHS: Final = {
    19: "\N{RIGHT SINGLE QUOTATION MARK}",
    21: "'\N{LEFT SINGLE QUOTATION MARK}\N{SINGLE LOW-9 QUOTATION MARK}",
    24: "ijlìíîïīĭĵĺļłį",
    26: " \N{NO-BREAK SPACE}IÌÍÎÏĪĬĮİ",
    27: "ĩ",
    28: ",.:;·",
    29: "!¡",
    34: "|",
    36: "/\\ftţŧ",
    37: "()[]{}",
    38: "rŕŗřť",
    39: '"“”„',
    44: "Ĩ",
    45: "_°",
    46: "-",
    47: "1",
    49: "\N{EN DASH}",
    51: "*",
    52: "?¿•",
    53: "sśŝşš",
    54: "JxzźżžĴ",
    55: "kķ",
    56: "Lacvy«»àáâãäåçýÿāăąćĉċčĹĻĽŁ",
    57: "7¨",
    58: "Feèéêëðēĕėęě",
    59: "hnuñùúûüĥħńņňŋũūŭůűų",
    60: "EoÈÉÊËòóôõöøĒĔĖĘĚōŏőþ",
    61: "25gpqĝğġģ",
    62: "bdßđ8",
    63: "#69PZŹŻŽ",
    64: "$03RS£ÞĸŔŖŘŚŜŞŠ&TŢŤŦ",
    65: "4B",
    66: "+<=>KX~Ķ€",
    68: "YÝŶŸ",
    69: "AVÀÁÂÃÄÅĀĂĄď",
    71: "DÐĎĐ",
    73: "CUÇÙÚÛÜĆĈĊČŨŪŬŮŰŲ",
    74: "GHNÑĜĞĠĢĤŃŅŇŊ",
    76: "OQÒÓÔÕÖØŌŎŐ",
    78: "Ħ",
    81: "…",
    82: "%wŵ",
    88: "m",
    89: "M",
    91: "æ",
    96: "@",
    97: "WŒŴ",
    98: "œ",
    99: "—",
    100: "Æ",
}
_WIDTHS: Final = {letter: width / 100 for width, letters in _HUNDREDTHS.items() for letter in letters}


class Room(NamedTuple):
    """What the smallest screen has for words at their smallest: for one that is not divided, and for all."""

    word_em: float
    whole_em: float
    where: str = ""
    """Which screen, as one would say it."""


WIDEST_EM: Final = 8.4
"""One word of 10.2 mm letters across an upright 7-inch screen."""
TO: Final = Room(WIDEST_EM - 0.28, 9.7, "that sends visitors to the staff")
AT: Final = Room(WIDEST_EM - 0.28, 9.7, "of a kiosk that is out of order")
"""Where the staff is; a full stop comes after it."""
FAREWELL: Final = Room(WIDEST_EM, 12.0, "of thanks")
PAUSE: Final = Room(WIDEST_EM, 26.0, "of a break")
NAME: Final = Room(3.0, 3.0, AT.where)
PHONE: Final = Room(7.5, 7.5, AT.where)


def width_em(text: str) -> float:
    """On one line."""
    return sum(_WIDTHS.get(letter, _UNKNOWN_EM) for letter in text if letter != SOFT_HYPHEN)


def too_wide(text: str, room: Room) -> tuple[str, str] | None:
    """The word (or all) that does not fit, and as much of it as would; ``None``: it fits."""
    for word in text.split(" "):
        *before, last = word.split(SOFT_HYPHEN)
        for part, end in (*((part, _HYPHEN_EM) for part in before), (last, 0.0)):
            if width_em(part) + end > room.word_em:
                return part, _beginning(part, room.word_em - end)
    plain = text.replace(SOFT_HYPHEN, "")
    return (plain, _beginning(plain, room.whole_em)) if width_em(plain) > room.whole_em else None


def why_not_whole(name: str, room: Room, text: str) -> str:
    """A sentence on what the configuration has as ``name``; "" if it is seen whole. ``~`` is a hard blank."""
    if (found := too_wide(text.replace("~", "\N{NO-BREAK SPACE}"), room)) is None:
        return ""
    return (
        f'{name}: "{found[0]}" does not fit on the screen {room.where}; "{found[1]}" would. Write fewer or'
        " shorter words, or \\u00AD in a long one where it may be divided."
    )


def _beginning(text: str, room_em: float) -> str:
    end = len(text)
    while end and width_em(text[:end]) > room_em:
        end -= 1
    return text[:end].rstrip()
