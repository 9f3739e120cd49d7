"""The catalogues have every text of the source, in every language, and nothing else."""

from string import Formatter
from typing import Final, get_args

import polib
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file

from agent.wire.screen import Language
from kiosk_ui.catalogue import LOCALE

LANGUAGES: Final = get_args(Language)
KEYWORDS: Final = {"words": ((1, "c"), 2), "counted": ((1, "c"), 2, 3)}
FORMS: Final = {"fi": 2, "sv": 2, "en": 2, "se": 3}
"""Northern Sámi has a dual."""

Key = tuple[str, str, str]


def in_source() -> set[Key]:
    catalog = Catalog()
    for source in LOCALE.parent.glob("*texts.py"):
        for _, message, comments, context in extract_from_file("python", str(source), keywords=KEYWORDS):
            catalog.add(message, context=context, auto_comments=comments)
    found = set()
    for one in catalog:
        if one.id:
            first, second = one.id if isinstance(one.id, tuple) else (str(one.id), "")
            found.add((str(one.context), str(first), str(second)))
    return found


def entries(language: str) -> polib.POFile:
    return polib.pofile(str(LOCALE / language / "LC_MESSAGES" / "kiosk.po"))


def said(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_lacks_a_text_nor_has_one_too_many(language: str) -> None:
    found = [(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in entries(language)]
    assert len(found) == len(set(found))
    assert set(found) == in_source()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_said_with_what_is_filled_in(language: str) -> None:
    for entry in entries(language):
        assert not entry.obsolete
        assert not entry.fuzzy, f"{entry.msgctxt}: gettext leaves out what is fuzzy"
        assert len(said(entry)) == (FORMS[language] if entry.msgid_plural else 1)
        for text in said(entry):
            assert text.strip()
            assert names_in(text) == names_in(entry.msgid), entry.msgctxt


def test_english_is_as_the_source_says_it() -> None:
    for entry in entries("en"):
        assert said(entry) == ([entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid])


def test_what_no_native_reader_has_seen_says_so() -> None:
    unseen = [language for language in LANGUAGES if "No native reader" in entries(language).header]
    assert unseen == ["se"]
