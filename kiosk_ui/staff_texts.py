"""Every word that the staff see, in English; the other languages are in ``locale``, with the visitors'."""

from collections.abc import Mapping
from typing import Final

from kiosk_ui.texts import Words, words

OUTCOMES: Final[Mapping[str, Words]] = {
    "let_in": words("staff, outcome", "Let in"),
    "unchecked": words("staff, outcome", "In, not checked"),
    "to_staff": words("staff, outcome", "Sent to the staff"),
    "by_hand": words("staff, outcome", "Let in by hand"),
    "tested": words("staff, outcome", "Test card read"),
    "void": words("staff, outcome", "Taken back"),
}
"""What became of somebody."""

REASONS: Final[Mapping[str, Words]] = {
    "blocked": words("staff, reason", "Card blocked"),
    "withdrawn": words("staff, reason", "Out of use"),
    "expired": words("staff, reason", "Expired"),
    "not_yet_valid": words("staff, reason", "Not valid yet"),
    "unlisted": words("staff, reason", "Not on the list"),
    "clock_unknown": words("staff, reason", "Clock not set"),
    "repeat": words("staff, reason", "Was just here"),
    "list_stale": words("staff, reason", "Card list is old"),
    "list_unreadable": words("staff, reason", "List not readable"),
    "forgetful": words("staff, reason", "Disk forgets"),
    "not_written": words("staff, reason", "Not written down"),
    "too_slow": words("staff, reason", "Kiosk was slow"),
}
"""Why somebody was sent to the staff: :mod:`agent.core.judge`, :mod:`agent.core.recent`."""

MARKS: Final[Mapping[str, Words]] = {
    "list_stale": words("staff, mark", "old list"),
    "repeat": words("staff, mark", "was just here"),
    "spot_check": words("staff, mark", "spot check"),
    "adopted": words("staff, mark", "let in by hand"),
    "void": words("staff, mark", "taken back"),
}
"""What else is to be known of it."""

BY_HAND: Final[Mapping[str, Words]] = {
    "worn_card": words("staff, reason by hand", "Worn card"),
    "checked": words("staff, reason by hand", "Card checked"),
    "kiosk": words("staff, reason by hand", "Kiosk fault"),
    "other": words("staff, reason by hand", "Other reason"),
}
"""Why the staff let somebody in, as the record says it too."""

NOTES: Final[Mapping[str, Words]] = {
    "spot_check": words("staff, note", "Spot check: see the card"),
    "paused": words("staff, note", "On a break"),
    "starting": words("staff, note", "Starting"),
    "eyes": words("staff, note", "Camera fault"),
    "storage": words("staff, note", "Disk fault"),
    "forgetful": words("staff, note", "Disk forgets"),
    "list_minutes": words("staff, note", "List: {n} min"),
    "list_hours": words("staff, note", "List: {n} h"),
    "no_list": words("staff, note", "List: age unknown"),
    "nobody": words("staff, note", "Nobody yet"),
}
"""How the kiosk is."""

PAGE: Final[Mapping[str, Words]] = {
    "title": words("staff, title", "Staff"),
    "pin": words("staff, title", "PIN"),
    "wrong": words("staff, title", "Wrong PIN"),
    "wait": words("staff, title", "Wait {n} s"),
    "off": words("staff, title", "Staff view is off"),
    "off_how": words("staff, text", "Turn on: kaiku-agent staff-pin"),
    "lost": words("staff, title", "Kiosk not responding"),
    "why": words("staff, title", "Why?"),
    "children": words("staff, title", "Children?"),
    "assistants": words("staff, title", "Assistants?"),
    "code": words("staff, title", "Card code"),
    "not_a_code": words("staff, title", "Not a card code"),
    "has_code": words("staff, title", "No card codes"),
    "too_wide": words("staff, title", "Too long: shorten"),
    "message": words("staff, title", "Message?"),
    "changed": words("staff, title", "Changed: look again"),
    "unsent": words("staff, title", "Did not work"),
}
"""What a panel of the page is about."""

KEYS: Final[Mapping[str, Words]] = {
    "let_in": words("staff, key", "Let in"),
    "take_back": words("staff, key", "Undo"),
    "type": words("staff, key", "Code"),
    "pause": words("staff, key", "Break"),
    "resume": words("staff, key", "Open"),
    "done": words("staff, key", "Done"),
    "no_answer": words("staff, key", "Not known"),
    "no_words": words("staff, key", "No words"),
    "own_words": words("staff, key", "Own words"),
    "ok": words("staff, key", "OK"),
    "language": words("staff, key", "Language"),
    "back": words("staff, sign", "Back"),
    "erase": words("staff, sign", "Erase"),
    "space": words("staff, sign", "Space"),
    "more": words("staff, sign", "More"),
    "next_keys": words("staff, sign", "Other keys"),
}
"""The last of them are signs on the screen, and heard only."""
