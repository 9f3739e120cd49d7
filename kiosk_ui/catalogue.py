"""The screen's languages, read from their gettext catalogues when the kiosk starts."""

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

import polib

from agent.wire.screen import Language
from kiosk_ui.texts import Counted, Words

LOCALE: Final = Path(__file__).parent / "locale"


class Catalogue:
    def __init__(self, language: Language) -> None:
        path = LOCALE / language / "LC_MESSAGES" / "kiosk.po"
        self._translations = GNUTranslations(BytesIO(polib.pofile(str(path)).to_binary()))

    def say(self, words: Words) -> str:
        return self._translations.pgettext(words.context, words.english)

    def count(self, counted: Counted, number: int) -> str:
        template = self._translations.npgettext(counted.context, counted.one, counted.several, number)
        return template.format(n=number)


@cache
def catalogue(language: Language) -> Catalogue:
    return Catalogue(language)
