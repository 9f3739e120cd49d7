"""The catalogues have every text of pages and source, in every language, and nothing else."""

import ast
import re
from collections.abc import Sequence
from configparser import ConfigParser
from pathlib import Path
from string import Formatter
from typing import Final, get_args

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from agent.wire.screen import Language
from server.web.language import LOCALE, SOURCE

TRANSLATED: Final = [language for language in get_args(Language) if language != SOURCE]
SERVER: Final = LOCALE.parent
KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "pgettext": ((1, "c"), 2),
    "ngettext": (1, 2),
    "mark": None,
    "mark_as": ((1, "c"), 2),
    "count_of": (2, 3),
}
FORMS: Final = {"sv": 2, "en": 2, "se": 3}
"""Northern Sámi has a dual."""
TAG: Final = re.compile(r"</?\w+>")


def in_source() -> Catalog:
    config = ConfigParser()
    config.read(LOCALE / "babel.cfg")
    sections = [(*name.split(": "), name) for name in config.sections()]
    methods = [(pattern, method) for method, pattern, _ in sections]
    options = {pattern: dict(config[name]) for _, pattern, name in sections}
    catalog = Catalog()
    found = extract_from_dir(SERVER, methods, options, KEYWORDS)
    for _, _, message, _, context in found:
        catalog.add(message, context=context)
    return catalog


def entries(language: str) -> Catalog:
    with (LOCALE / language / "LC_MESSAGES" / "fleet.po").open("rb") as file:
        return read_po(file)


def texts(value: str | Sequence[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def names_in(text: str) -> set[str]:
    """Both of Python's ways to fill in."""
    braces = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    return braces | set(re.findall(r"%\(\w+\)s", text)) | set(TAG.findall(text))


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_language_lacks_a_text_nor_has_one_too_many(language: str) -> None:
    def keys(catalog: Catalog) -> set[tuple[str | None, tuple[str, ...]]]:
        return {(one.context, tuple(texts(one.id))) for one in catalog if one.id}

    found, wanted = keys(entries(language)), keys(in_source())
    assert (found - wanted, wanted - found) == (set(), set())
    assert len(wanted) > 300
    assert not entries(language).obsolete


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_said_with_what_is_filled_in(language: str) -> None:
    for one in entries(language):
        if not one.id:
            continue
        assert not one.fuzzy, f"{one.id}: gettext leaves out what is fuzzy"
        said = texts(one.string)
        assert len(said) == (FORMS[language] if one.pluralizable else 1)
        for text in said:
            assert text.strip(), one.id
            assert names_in(text) == names_in(texts(one.id)[0]), one.id
            assert not set('"<>') & set(TAG.sub("", text)), "it stands in attributes, too"
            assert text.endswith(".") == texts(one.id)[0].endswith("."), one.id


def test_what_no_native_reader_has_seen_says_so() -> None:
    heads = {
        one: (LOCALE / one / "LC_MESSAGES" / "fleet.po").read_text().split("msgid", 1)[0]
        for one in TRANSLATED
    }
    assert [one for one, head in heads.items() if "No native reader" in head and "Machine-made" in head] == [
        "se"
    ]


@pytest.mark.parametrize("source", sorted((SERVER / "web").glob("*.py")), ids=lambda path: path.name)
def test_no_text_stands_within_an_f_string_where_it_would_not_be_collected(source: Path) -> None:
    lost = [
        call.lineno
        for joined in ast.walk(ast.parse(source.read_text()))
        if isinstance(joined, ast.JoinedStr)
        for call in ast.walk(joined)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in KEYWORDS
        and any(isinstance(given, ast.Constant) for given in call.args)
    ]
    assert lost == []
