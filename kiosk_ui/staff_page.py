"""The staff's page: its frame, filled in with the words of all languages of the venue."""

from html import escape
from pathlib import Path
from string import Template
from typing import Final, Literal

import msgspec

from agent.config import ScreenConfig
from agent.wire.screen import MAX_PAUSE_CHARS, Language
from kiosk_ui.catalogue import catalogue
from kiosk_ui.page import roomy
from kiosk_ui.staff_texts import BY_HAND, KEYS, PAGE
from kiosk_ui.texts import NAMES

Panel = Literal["home", "pin", "off"]
FRAME: Final = Path(__file__).parent / "staff.html"


def staff_page(config: ScreenConfig, pauses: tuple[str, ...], panel: Panel) -> str:
    setup = {
        "panel": panel,
        "languages": config.languages,
        "pauses": pauses,
        "longest": MAX_PAUSE_CHARS,
        "words": {language: _words(language) for language in config.languages},
    }
    return Template(FRAME.read_text(encoding="utf-8")).substitute(
        language=config.languages[0],
        setup=escape(msgspec.json.encode(setup).decode()),
        roomy=roomy(config.mm_per_px),
    )


def _words(language: Language) -> dict[str, object]:
    said = catalogue(language)
    return {
        "page": {key: said.say(words) for key, words in PAGE.items()},
        "keys": {key: said.say(words) for key, words in KEYS.items()},
        "reasons": {key: said.say(words) for key, words in BY_HAND.items()},
        "name": NAMES[language].short,
    }
