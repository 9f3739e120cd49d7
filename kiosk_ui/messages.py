"""From what the agent wants shown to the finished message of the page, in every language of the venue."""

from dataclasses import asdict
from typing import Final

import msgspec

from agent.config import ScreenConfig
from agent.ports.screen import View
from agent.wire import screen as wire
from kiosk_ui.texts import WORDINGS, Wording

NO_BREAK_SPACE: Final = "\N{NO-BREAK SPACE}"


def screen_message(view: View, config: ScreenConfig) -> wire.Screen:
    """``view`` with its words; the first language of ``config`` is the one that the page starts with."""
    return wire.Screen(
        state=view.state,
        question=view.question,
        digit=msgspec.UNSET if view.digit is None else view.digit,
        texts={language: _finished(view, language, config) for language in config.languages},
    )


def page_setup(config: ScreenConfig) -> dict[str, object]:
    """What the page must know before the first message, and when no message comes any more."""
    return {
        "languages": config.languages,
        "controls": {language: asdict(WORDINGS[language].controls) for language in config.languages},
        "starting": screen_message(View("starting"), config),
        "lost": screen_message(View("out_of_order"), config),
    }


def _finished(view: View, language: wire.Language, config: ScreenConfig) -> wire.Texts:
    wording = WORDINGS[language]
    place = config.place.get(language, wording.place)
    farewell = config.farewell.get(language, wording.farewell)
    template = _template(view, wording)
    return wire.Texts(
        headline=_joined(template.headline.format(to=place.to)),
        text=_joined(template.text.format(at=place.at, farewell=farewell)),
        label=template.label,
    )


def _joined(text: str) -> str:
    return text.replace("~", NO_BREAK_SPACE)


def _template(view: View, wording: Wording) -> wire.Texts:
    match view.state:
        case "starting":
            return wording.starting
        case "idle":
            return wording.idle
        case "accepted":
            return wording.question if view.question else wording.accepted
        case "thanks":
            return wording.thanks
        case "ask_staff":
            return wording.ask_staff
        case "out_of_order":
            return wording.out_of_order
