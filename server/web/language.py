"""The language that is being spoken, and every text in it.

The texts are Finnish in the source, and their translations are gettext catalogues in ``server/locale``;
``make messages`` collects what is given to :func:`mark` and to the functions of gettext. The language belongs
to a request and not to each function that says something in it, so it is kept beside the calls.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final, TypeVar, get_args

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from agent.wire.screen import Language

LOCALE: Final = Path(__file__).parents[1] / "locale"
SOURCE: Final[Language] = "fi"
"""The source's own, and of a reader of whom nothing else is known."""
NAMES: Final[Mapping[Language, str]] = {
    "fi": "Suomi",
    "sv": "Svenska",
    "en": "English",
    "se": "Davvisámegiella",
}
"""What each calls itself."""

_SPOKEN: Final[ContextVar[Language]] = ContextVar("language", default=SOURCE)

K = TypeVar("K", bound=str)
T = TypeVar("T")


def language() -> Language:
    return _SPOKEN.get()


def as_language(text: str) -> Language | None:
    return next((one for one in get_args(Language) if one == text), None)


@contextmanager
def speaking(chosen: Language) -> Iterator[None]:
    token = _SPOKEN.set(chosen)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def in_each(languages: Collection[Language], make: Callable[[], T]) -> dict[Language, T]:
    made = {}
    for one in languages:
        with speaking(one):
            made[one] = make()
    return made


def gettext(text: str) -> str:
    return _catalogue(language()).gettext(text)


def ngettext(one: str, several: str, number: int) -> str:
    return _catalogue(language()).ngettext(one, several, number)


def pgettext(context: str, text: str) -> str:
    return _catalogue(language()).pgettext(context, text)


def npgettext(context: str, one: str, several: str, number: int) -> str:
    return _catalogue(language()).npgettext(context, one, several, number)


def mark(text: str) -> str:
    """To be translated when it is said: :class:`Spoken` does."""
    return text


class Spoken(Mapping[K, str]):
    """Marked texts by name, each in the language that is being spoken when it is asked for."""

    def __init__(self, texts: Mapping[K, str], context: str = "") -> None:
        """``context`` tells them from the same words elsewhere; :func:`mark_as` collects them under it."""
        self._texts = texts
        self._context = context

    def __getitem__(self, name: K) -> str:
        text = self._texts[name]
        return pgettext(self._context, text) if self._context else gettext(text)

    def __iter__(self) -> Iterator[K]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def mark_as(context: str, text: str) -> str:
    """Likewise, told from the same words elsewhere by ``context``."""
    del context
    return text


@cache
def _catalogue(of: Language) -> NullTranslations:
    if of == SOURCE:
        return NullTranslations()
    compiled = BytesIO()
    with (LOCALE / of / "LC_MESSAGES" / "fleet.po").open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return GNUTranslations(compiled)
