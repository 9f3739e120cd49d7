"""What the agent tells the kiosk's screen, and what a visitor answers: finished texts, no card code."""

from typing import Annotated, Literal

import msgspec

from agent.wire.records import MAX_PARTY, Epoch, Seq, type_field

Language = Literal["fi", "sv", "en"]
ScreenState = Literal["starting", "idle", "accepted", "thanks", "ask_staff", "out_of_order"]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """How many children came in on record (epoch, seq); ``most`` bounds the answer."""

    epoch: Epoch
    seq: Seq
    most: Annotated[int, msgspec.Meta(ge=1, le=MAX_PARTY)]


class Texts(msgspec.Struct, frozen=True, kw_only=True):
    """The finished words of one state in one language; ``label`` is what a screen reader calls the state."""

    headline: str
    text: str
    label: str


class Screen(msgspec.Struct, frozen=True, kw_only=True, tag="screen/1", tag_field=type_field):
    """The whole of what the page shows. The page picks a language and decides nothing.

    ``digit`` is small and neutral: by it the staff know what no visitor is told.
    """

    state: ScreenState
    question: Question | None = None
    digit: Annotated[int, msgspec.Meta(ge=0, le=9)] | msgspec.UnsetType = msgspec.UNSET
    texts: dict[Language, Texts]


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag="answer/1", tag_field=type_field):
    """A tap on a number. It names its question, so a late tap never lands on the next visitor."""

    epoch: Epoch
    seq: Seq
    children: Annotated[int, msgspec.Meta(ge=0, le=MAX_PARTY)]
