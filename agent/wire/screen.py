"""What the agent tells the kiosk's screen, and what a visitor answers: finished texts, no card code."""

from typing import Annotated, Final, Literal

import msgspec

from agent.wire.records import MAX_PARTY, Epoch, Seq, type_field

Language = Literal["fi", "sv", "en", "se"]
ScreenState = Literal[
    "starting", "idle", "seen", "one_card", "accepted", "thanks", "ask_staff", "paused", "out_of_order"
]
About = Literal["children", "clients", "assistants"]
"""Who came along: children of a card's holder, clients under 16 of a community, assistants."""
Wanted = Literal["more_time", "back"]

MAX_PAUSE_CHARS: Final = 40
"""Of the staff's words during a break: more do not fit on the screen."""

Number = Annotated[int, msgspec.Meta(ge=0, le=MAX_PARTY)]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """How many came in on record (epoch, seq); ``most`` bounds the answer."""

    epoch: Epoch
    seq: Seq
    about: About
    most: Annotated[int, msgspec.Meta(ge=1, le=MAX_PARTY)]
    given: Number | None = None
    """What was answered, while it may still be corrected."""
    can_go_back: bool = False
    hurry_s: Annotated[float, msgspec.Meta(gt=0)] | None = None
    """It ends in so many seconds from now, and more time can be had; ``None``: it does not end yet."""


class Texts(msgspec.Struct, frozen=True, kw_only=True):
    """The finished words of one state in one language; ``label`` is what a screen reader calls the state.

    ``counts`` names each number that may be answered, from 0 to the question's ``most``.
    """

    headline: str
    text: str
    label: str
    counts: tuple[str, ...] = ()


class Screen(msgspec.Struct, frozen=True, kw_only=True, tag="screen/1", tag_field=type_field):
    """The whole of what the page shows. The page picks a language and decides nothing.

    ``digit`` is small and neutral: by it the staff know what no visitor is told.
    ``visitor`` tells one from the next, and nothing of either: they are counted from the agent's start.
    """

    state: ScreenState
    question: Question | None = None
    digit: Annotated[int, msgspec.Meta(ge=0, le=9)] | msgspec.UnsetType = msgspec.UNSET
    visitor: Annotated[int, msgspec.Meta(ge=0)] | msgspec.UnsetType = msgspec.UNSET
    texts: dict[Language, Texts]


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag="answer/1", tag_field=type_field):
    """A tap on a number. It names its question, so a late tap never lands on the next visitor."""

    epoch: Epoch
    seq: Seq
    about: About
    count: Number


class Wish(msgspec.Struct, frozen=True, kw_only=True, tag="wish/1", tag_field=type_field):
    """What else may be wanted of a question, which it names."""

    epoch: Epoch
    seq: Seq
    about: About
    wanted: Wanted


class Hear(msgspec.Struct, frozen=True, kw_only=True, tag="hear/1", tag_field=type_field):
    """What is wanted of the voice, in the language that was chosen: to hear it again, louder, or no more.

    ``reset``: who had chosen has gone.
    """

    wanted: Literal["again", "louder", "hush", "reset"]
    language: Language


Said = Answer | Wish | Hear
