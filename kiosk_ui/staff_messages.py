"""From what the staff may see to the finished message of their page, in every language of the venue."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from agent.core.actions import Ref
from agent.core.recent import BEFORE
from agent.core.staff_view import LettingIn, StaffView
from agent.core.state import Outcome, What
from agent.wire.records import RecordName
from agent.wire.screen import Language
from kiosk_ui.catalogue import Catalogue, catalogue
from kiosk_ui.staff_texts import BY_HAND, MARKS, NOTES, OUTCOMES, REASONS

HOUR_S: Final = 3600
TOLD_IN_MINUTES_S: Final = 2 * HOUR_S


Look = Literal["in", "staff", "plain"]
LOOKS: Final[Mapping[What, Look]] = {
    "let_in": "in",
    "unchecked": "in",
    "by_hand": "in",
    "to_staff": "staff",
    "tested": "plain",
}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome in words; ``time`` is empty where the kiosk does not know it, ``look`` how it is drawn."""

    words: str
    time: str
    more: str = ""
    look: Look = "plain"


class StaffTexts(msgspec.Struct, frozen=True, kw_only=True):
    """``notes`` ask for a person; ``age`` is of a list that is well, ``about`` is who would be let in."""

    last: Line
    before: tuple[Line, ...]
    notes: tuple[str, ...]
    spot_check: str
    age: str
    about: str


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    adopts: RecordName | None
    children: Annotated[int, msgspec.Meta(ge=0)]
    assistants: Annotated[int, msgspec.Meta(ge=0)]


class StaffScreen(msgspec.Struct, frozen=True, kw_only=True, tag="staff/1", tag_field="type"):
    """The whole of what the page shows; ``let_in`` and ``take_back`` are what is offered now."""

    paused: bool
    types: bool
    let_in: Offer | None
    take_back: RecordName | None
    texts: dict[Language, StaffTexts]


@dataclass(frozen=True, slots=True)
class StaffWords:
    """In the venue's ``languages``, with times of day in its ``zone``."""

    languages: tuple[Language, ...]
    zone: ZoneInfo

    def message(self, view: StaffView) -> StaffScreen:
        return StaffScreen(
            paused=view.paused is not None,
            types=view.types,
            let_in=_offer(view.let_in),
            take_back=_name(view.take_back.of) if view.take_back else None,
            texts={language: self._texts(view, language) for language in self.languages},
        )

    def _texts(self, view: StaffView, language: Language) -> StaffTexts:
        said = catalogue(language)
        lines = tuple(self._line(outcome, language) for outcome in view.recent)
        nobody = Line(words=said.say(NOTES["nobody"]), time="")
        adopts = view.let_in.adopts if view.let_in else None
        about = (line for one, line in zip(view.recent, lines, strict=True) if adopts and one.ref == adopts)
        adopted = next(about, None)
        return StaffTexts(
            last=lines[0] if lines else nobody,
            before=lines[1:],
            notes=tuple(_notes(view, said)),
            age=_age(view, said),
            spot_check=said.say(NOTES["spot_check"]) if view.spot_check else "",
            about=f"{adopted.words} {adopted.time}".strip() if adopted else "",
        )

    def _line(self, outcome: Outcome, language: Language) -> Line:
        said = catalogue(language)
        what = said.say(OUTCOMES[outcome.what])
        more = []
        if outcome.what == "to_staff":
            reason = REASONS.get(outcome.reason)
            what = said.say(reason) if reason else what
        elif outcome.what == "by_hand" and (why := BY_HAND.get(outcome.reason)):
            more.append(_within(said.say(why)))
        elif outcome.what == "unchecked" and (doubt := REASONS.get(outcome.reason)):
            more.append(_within(said.say(doubt)))
        more += [said.say(MARKS[mark]) for mark in outcome.marks]
        if outcome.adopted:
            more.append(said.say(MARKS["adopted"]))
        if outcome.void:
            more.insert(0, _within(what))
            what = said.say(OUTCOMES["void"])
        return Line(
            words=what,
            time=self._time(outcome, language),
            more=", ".join(more),
            look="plain" if outcome.void else LOOKS[outcome.what],
        )

    def _time(self, outcome: Outcome, language: Language) -> str:
        best: datetime | None = outcome.at.best_utc
        if best is None or outcome.reason == BEFORE:
            return ""
        return best.astimezone(self.zone).strftime("%H:%M" if language == "en" else "%H.%M")


def _offer(let_in: LettingIn | None) -> Offer | None:
    if let_in is None:
        return None
    return Offer(
        adopts=_name(let_in.adopts) if let_in.adopts else None,
        children=let_in.most_children,
        assistants=let_in.most_assistants,
    )


def _notes(view: StaffView, said: Catalogue) -> Iterator[str]:
    if view.paused is not None:
        yield f"{said.say(NOTES['paused'])}: {view.paused}" if view.paused else said.say(NOTES["paused"])
    if not view.started:
        yield said.say(NOTES["starting"])
    for trouble in sorted(view.troubles):
        yield said.say(NOTES[trouble])
    if view.list_age_s is None:
        yield said.say(NOTES["no_list"])
    elif view.list_old:
        yield said.say(NOTES["list_hours"]).format(n=view.list_age_s // HOUR_S)


def _age(view: StaffView, said: Catalogue) -> str:
    if view.list_age_s is None or view.list_old:
        return ""
    if view.list_age_s >= TOLD_IN_MINUTES_S:
        return said.say(NOTES["list_hours"]).format(n=view.list_age_s // HOUR_S)
    return said.say(NOTES["list_minutes"]).format(n=view.list_age_s // 60)


def _within(words: str) -> str:
    """As it goes on in the middle of a line."""
    return words[:1].lower() + words[1:]


def _name(ref: Ref) -> RecordName:
    return RecordName(epoch=ref.epoch, seq=ref.seq)
