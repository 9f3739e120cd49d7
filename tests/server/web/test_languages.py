"""Every page in every language: whole, in that language alone, and marked as such."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Final, get_args

import pytest

from agent.wire.screen import Language
from server.domain.headings import heading
from server.domain.words_in_files import CARD_COLUMNS, KINDS, STATUSES
from server.web.card_words import COLUMNS, value
from server.web.language import NAMES, speaking
from server.web.words import DASH
from tests.server.web.fleet import busy_fleet
from tests.server.web.register import register_in
from tests.server.web.tour import tour

LANGUAGES: Final = get_args(Language)
SPOKEN: Final = ("aria-label", "data-head", "data-lost", "placeholder")
WORD: Final = re.compile(r"[^\W\d_]{2}")
DATA: Final = re.compile(
    rf"Kaiku|Camera Module 3|k\.csv|Area|DIST|Dist|state|a reason of another version|[\d.]+{DASH}[\d.]+"
)
"""What is said in no language, beside names."""
ALIKE: Final = {"sv": {"min", "Kamera"}, "en": set(), "se": {"min", "Kamera", "ja"}}


class Texts(HTMLParser):
    """What a page says, to eyes and to screen readers."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.said |= {text for name, text in attrs if name in SPOKEN and text}

    def handle_data(self, data: str) -> None:
        self.said.add(" ".join(data.replace("\xad", "").split()))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[Language, dict[str, str]]:
    def toured(language: Language, folder: Path) -> dict[str, str]:
        with register_in(folder) as register:
            return tour(language, register)

    return {one: toured(one, tmp_path_factory.mktemp(one)) for one in LANGUAGES}


def names() -> set[str]:
    kiosks = busy_fleet().kiosks
    places = {word for row in kiosks for word in (row.name, row.venue_name, row.area)}
    return places | set(NAMES.values())


def words_left(text: str) -> str:
    for name in sorted(names(), key=len, reverse=True):
        text = text.replace(name, "")
    return DATA.sub("", text)


@pytest.mark.parametrize("language", ["sv", "en", "se"])
def test_nothing_is_said_in_finnish_on_a_page_of_another_language(
    pages: dict[Language, dict[str, str]], language: Language
) -> None:
    for name, page in pages[language].items():
        finnish = Texts(pages["fi"][name]).said
        alike = {left for text in Texts(page).said & finnish if WORD.search(left := words_left(text))}
        unknown = {text for text in alike if set(re.findall(r"[^\W\d_]{2,}", text)) - ALIKE[language]}
        assert unknown == set(), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_marked_with_its_language_and_links_to_the_others_with_theirs(
    pages: dict[Language, dict[str, str]], language: Language
) -> None:
    assert len(pages[language]) > 25
    for name, page in pages[language].items():
        assert page.startswith(f'<!doctype html>\n<html lang="{language}">'), name
        links = re.findall(
            r'<a href="/language/(..)\?next=(\S*)" lang="(..)" hreflang="(..)"( aria-current="true")?>', page
        )
        assert [(one, lang, other) for one, _, lang, other, _ in links] == [
            (one, one, one) for one in LANGUAGES
        ]
        assert [one for one, *_, current in links if current] == [language]
        assert len({at for _, at, *_ in links}) == 1
        assert "%(" not in page
        assert not re.search(r"\{\w*\}", page), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_the_pages_call_a_column_or_a_value_is_understood_in_a_file(language: Language) -> None:
    with speaking(language):
        known = {
            word: column.name
            for column in CARD_COLUMNS
            for word in (column.name.replace("_", " "), *column.also)
        }
        assert {name: known.get(heading(said)) for name, said in COLUMNS.items()} == {
            name: name for name in COLUMNS
        }
        for words in (KINDS, STATUSES):
            for one, also in words.items():
                said = value("kind" if words is KINDS else "status", one)
                assert heading(said) in (one, *also)
