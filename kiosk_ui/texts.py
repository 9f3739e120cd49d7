"""Every word on the screen, in English: short, what to do next, and nobody's standing explained.

The other languages are in ``locale``, as gettext catalogues; :func:`words` and :func:`counted` are what
``make messages`` collects. A ``~`` keeps two words on one line, so that lines end where a phrase does.
``{to}`` and ``{at}`` are the venue's place to go, ``{farewell}`` its own last words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from agent.config import ReaderSide
from agent.wire.screen import About, Language, ScreenState


class Words(NamedTuple):
    """A text to be translated; ``context`` tells it from the same words elsewhere."""

    context: str
    english: str


class Counted(NamedTuple):
    """A number of somebody, in each of a language's plural forms."""

    context: str
    one: str
    several: str


def words(context: str, english: str) -> Words:
    return Words(context, english)


def counted(context: str, one: str, several: str) -> Counted:
    return Counted(context, one, several)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """One state; ``label`` is what a screen reader calls it."""

    headline: Words
    text: Words
    label: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A question, and what a number is called that answers it."""

    text: Words
    label: Words
    group: Words
    count: Counted


@dataclass(frozen=True, slots=True)
class Name:
    """Of a language in itself: on a button where there is room and where there is little, and in full."""

    long: str
    short: str
    full: str


NAMES: Final[Mapping[Language, Name]] = {
    "fi": Name("Suomi", "FI", "Suomi"),
    "sv": Name("Svenska", "SV", "Svenska"),
    "en": Name("English", "EN", "English"),
    "se": Name("Sámi", "Sámi", "Davvisámegiella"),
}

TO_READER: Final[Mapping[ReaderSide, Words]] = {
    "right": words("idle, text", "to~the~reader on~the~right"),
    "left": words("idle, text", "to~the~reader on~the~left"),
    "above": words("idle, text", "to~the~reader above"),
    "below": words("idle, text", "to~the~reader below"),
}

STATES: Final[Mapping[ScreenState, Phrases]] = {
    "starting": Phrases(
        headline=words("starting, headline", "One moment"),
        text=words("starting, text", "Starting~up."),
        label=words("starting, label", "Starting"),
    ),
    "idle": Phrases(
        headline=words("idle, headline", "Show your~card"),
        text=TO_READER["right"],
        label=words("idle, label", "Waiting for a card"),
    ),
    "seen": Phrases(
        headline=words("seen, headline", "One moment"),
        text=words("seen, text", "We see your~card."),
        label=words("seen, label", "Card seen"),
    ),
    "one_card": Phrases(
        headline=words("one card, headline", "One card"),
        text=words("one card, text", "at~a~time"),
        label=words("one card, label", "Show one card at a time"),
    ),
    "accepted": Phrases(
        headline=words("accepted, headline", "Welcome"),
        text=words("accepted, text", "Please come~in."),
        label=words("accepted, label", "Card read"),
    ),
    "thanks": Phrases(
        headline=words("thanks, headline", "Thank~you"),
        text=words("thanks, text", "{farewell}"),
        label=words("thanks, label", "Answer received"),
    ),
    "ask_staff": Phrases(
        headline=words("ask staff, headline", "Come~{to}"),
        text=words("ask staff, text", "Our~staff will~help."),
        label=words("ask staff, label", "Our staff will help"),
    ),
    "paused": Phrases(
        headline=words("paused, headline", "On~a~break"),
        text=words("paused, text", "Back~soon."),
        label=words("paused, label", "On a break"),
    ),
    "out_of_order": Phrases(
        headline=words("out of order, headline", "Not in~use now"),
        text=words("out of order, text", "You can enter {at}."),
        label=words("out of order, label", "Not in use"),
    ),
}

QUESTIONS: Final[Mapping[About, Asking]] = {
    "children": Asking(
        text=words("children, question", "Children with~you?"),
        label=words("children, label", "Card read, question"),
        group=words("children, keys", "Number of children"),
        count=counted("children, key", "{n} child", "{n} children"),
    ),
    "clients": Asking(
        text=words("clients, question", "How~many under~16?"),
        label=words("clients, label", "Card read, question"),
        group=words("clients, keys", "Number of people under 16"),
        count=counted("clients, key", "{n} person under 16", "{n} people under 16"),
    ),
    "assistants": Asking(
        text=words("assistants, question", "Assistant with~you?"),
        label=words("assistants, label", "Another question"),
        group=words("assistants, keys", "Number of assistants"),
        count=counted("assistants, key", "{n} assistant", "{n} assistants"),
    ),
}

TOO_SMALL: Final = words("out of order, text", "The screen is under 7~inches.")

TO_STAFF: Final = words("spot check, text", "Come~{to}.")

PLACE_TO: Final = words("where the staff is: come ...", "to the~desk")
PLACE_AT: Final = words("where the staff is: you can enter ...", "at~the~desk")
HELP_NAME: Final = words("out of order, help", "Device~{name}.")
HELP_PHONE: Final = words("out of order, help", "Help: {phone}")
FAREWELL: Final = words("thanks, farewell", "Enjoy your~visit.")

CONTROLS: Final[Mapping[str, Words]] = {
    "languages": words("buttons", "Language"),
    "size": words("button", "Text size"),
    "contrast": words("button", "High contrast"),
    "more": words("key", "More"),
    "fewer": words("key", "Fewer"),
    "back": words("key", "Back to the question before"),
    "more_time": words("key", "More time"),
}
"""Names of the buttons. Only the last one is read: the others are signs and numbers on the screen."""
