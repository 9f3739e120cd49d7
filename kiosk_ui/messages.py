"""From what the agent wants shown to the finished message of the page, in every language of the venue."""

import math
from typing import Final

import msgspec
from msgspec.structs import replace

from agent.config import ScreenConfig
from agent.ports.screen import View
from agent.wire import screen as wire
from agent.wire.lettering import WIDEST_EM, width_em
from kiosk_ui.catalogue import Catalogue, catalogue
from kiosk_ui.texts import (
    CONTROLS,
    FAREWELL,
    HELP_NAME,
    HELP_PHONE,
    PLACE_AT,
    PLACE_TO,
    QUESTIONS,
    STATES,
    TO_READER,
    TO_STAFF,
    TOO_SMALL,
)

LEAST_MM: Final = (90, 154)
"""A screen of 7 inches: its short and its long side."""
NO_BREAK_SPACE: Final = "\N{NO-BREAK SPACE}"


def screen_message(view: View, config: ScreenConfig) -> wire.Screen:
    """``view`` with its words; the first language of ``config`` is the one that the page starts with."""
    return wire.Screen(
        state=view.state,
        question=view.question,
        digit=msgspec.UNSET if view.digit is None else view.digit,
        visitor=msgspec.UNSET if view.visitor is None else view.visitor,
        texts={language: finished_texts(view, language, config) for language in config.languages},
    )


def page_setup(config: ScreenConfig) -> dict[str, object]:
    """What the page must know before the first message, and when no message comes any more."""
    return {
        "languages": config.languages,
        "controls": {language: _controls(language) for language in config.languages},
        "starting": screen_message(View("starting"), config),
        "lost": screen_message(View("out_of_order"), config),
        "small": _said_small(config),
        "too_small": too_small(config),
    }


def too_small(config: ScreenConfig) -> str:
    """The media query of a screen on which the smallest letters have no room."""
    short, long = (math.ceil(least / config.mm_per_px) - 1 for least in LEAST_MM)
    return f"(max-width:{short}px),(max-height:{short}px),(max-width:{long}px) and (max-height:{long}px)"


def _said_small(config: ScreenConfig) -> wire.Screen:
    """For whoever sets it up; for a visitor it is as out of order as any."""
    message = screen_message(View("out_of_order"), config)
    texts = {
        language: replace(texts, text=catalogue(language).say(TOO_SMALL).replace("~", NO_BREAK_SPACE))
        for language, texts in message.texts.items()
    }
    return replace(message, texts=texts)


def finished_texts(view: View, language: wire.Language, config: ScreenConfig) -> wire.Texts:
    """What ``view`` says in ``language``: on the screen, to a screen reader, and aloud."""
    said = catalogue(language)
    place = config.place.get(language)
    fill = {
        "to": place.to if place else said.say(PLACE_TO),
        "at": place.at if place else said.say(PLACE_AT),
        "farewell": config.farewell.get(language) or said.say(FAREWELL),
    }
    headline, text, label = _templates(view, said)
    if view.state == "idle":
        text = said.say(TO_READER[config.reader_side])
    return wire.Texts(
        headline=_joined(headline.format_map(fill)),
        text=view.message or _joined(text.format_map(fill)) + _help(view, said, config),
        label=label,
        counts=_counts(view, said),
    )


def more_time_text(language: wire.Language) -> str:
    """What the key for it says."""
    return catalogue(language).say(CONTROLS["more_time"])


def _templates(view: View, said: Catalogue) -> tuple[str, str, str]:
    phrases = STATES[view.state]
    headline, text, label = said.say(phrases.headline), said.say(phrases.text), said.say(phrases.label)
    if view.to_staff:
        text = said.say(TO_STAFF)
    if view.state == "accepted" and view.question:
        asking = QUESTIONS[view.question.about]
        text, label = said.say(asking.text), said.say(asking.label)
    return headline, text, label


def _help(view: View, said: Catalogue, config: ScreenConfig) -> str:
    """A line of its own: which kiosk it is, and whom one may call."""
    if view.state != "out_of_order":
        return ""
    named = said.say(HELP_NAME).format(name=config.name) if config.name else ""
    called = said.say(HELP_PHONE).format(phone=config.phone.replace(" ", "~")) if config.phone else ""
    line = " ".join(filter(None, (named, called)))
    return line and "\n" + _joined(line)


def _counts(view: View, said: Catalogue) -> tuple[str, ...]:
    if view.question is None:
        return ()
    count = QUESTIONS[view.question.about].count
    return tuple(said.count(count, number) for number in range(view.question.most + 1))


def _controls(language: wire.Language) -> dict[str, object]:
    said = catalogue(language)
    groups = {about: said.say(asking.group) for about, asking in QUESTIONS.items()}
    signs = {key: said.say(words) for key, words in CONTROLS.items()}
    return {"numbers": groups, **signs}


def _joined(text: str) -> str:
    """Words are kept on one line where the line is long enough for them."""
    parts = (part.replace("~", NO_BREAK_SPACE) for part in text.split(" "))
    return " ".join(
        part.replace(NO_BREAK_SPACE, " ") if width_em(part) > WIDEST_EM else part for part in parts
    )
