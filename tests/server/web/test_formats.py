"""Numbers, times and spans in each language."""

from datetime import UTC, datetime, timedelta
from gettext import c2py

import pytest
from babel import Locale
from babel.messages.pofile import read_po

from agent.wire.screen import Language
from server.web import formats
from server.web.language import LOCALE, speaking
from tests.server.web.fleet import NOW


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0"), (999, "999"), (15641, "15\xa0641"), (1234567, "1\xa0234\xa0567"), (-5, "\N{MINUS SIGN}5")],
)
def test_thousands_are_parted_by_a_space_that_does_not_break(value: int, written: str) -> None:
    assert formats.number(value) == written


def test_only_one_takes_the_noun_as_it_is() -> None:
    counted = [formats.count_of(value, "käynti", "käyntiä") for value in (0, 1, 2, 1001)]
    assert counted == ["0\xa0käyntiä", "1\xa0käynti", "2\xa0käyntiä", "1\xa0001\xa0käyntiä"]


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [(0, 0, "0\xa0%"), (0, 9, "0\xa0%"), (1, 8, "12\xa0%"), (1, 101, "alle\xa01\xa0%"), (7, 7, "100\xa0%")],
)
def test_a_share_is_in_hundreds_and_a_few_are_not_none(part: int, whole: int, written: str) -> None:
    assert formats.share(part, whole) == written


def test_a_moment_names_its_weekday_day_and_clock() -> None:
    assert formats.on_day_at(NOW) == "tiistaina 24.11. klo\xa014.02"


def test_every_weekday_has_its_own_name() -> None:
    named = [formats.on_day_at(NOW + timedelta(days=day)).split()[0] for day in range(7)]
    assert named[5:] == ["sunnuntaina", "maanantaina"]
    assert len(set(named)) == 7


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (NOW - timedelta(hours=2), "klo\xa012.02"),
        (NOW - timedelta(days=1), "23.11. klo\xa014.02"),
        (NOW - timedelta(days=365), "24.11.2025 klo\xa014.02"),
        (datetime(2026, 11, 23, 22, 30, tzinfo=UTC), "klo\xa00.30"),
    ],
)
def test_a_time_says_its_day_only_where_it_is_not_today_in_the_fleets_zone(
    moment: datetime, written: str
) -> None:
    assert formats.when(moment, NOW) == written


@pytest.mark.parametrize(
    ("length", "written"),
    [
        (timedelta(seconds=-5), "alle 1\xa0min"),
        (timedelta(seconds=59), "alle 1\xa0min"),
        (timedelta(minutes=42, seconds=59), "42\xa0min"),
        (timedelta(hours=23, minutes=59), "23\xa0t"),
        (timedelta(days=2, hours=5), "2\xa0pv"),
    ],
)
def test_a_span_is_its_largest_whole_unit(length: timedelta, written: str) -> None:
    assert formats.span(length) == written


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("fi", "1~234 | alle~1~% | 50,5~% | 24.11.2025 klo~14.02 | maanantai 23.11. | klo~14.02 | 2~pv"),
        ("sv", "1~234 | under~1~% | 50,5~% | 24.11.2025 kl.~14.02 | måndag 23.11 | kl.~14.02 | 2~d"),
        ("en", "1,234 | under~1% | 50.5% | 24~Nov~2025, 14:02 | Monday 23~Nov | 14:02 | 2~days"),
        ("se", "1~234 | vuollel~1~% | 50,5~% | 24.11.2025 dii.~14:02 | mánnodat 23.11. | dii.~14:02 | 2~d"),
    ],
)
def test_numbers_and_times_are_written_as_is_usual_in_the_language(language: Language, written: str) -> None:
    with speaking(language):
        said = (
            formats.number(1234),
            formats.share(1, 101),
            formats.rate(0.505),
            formats.when(NOW - timedelta(days=365), NOW),
            formats.weekday(NOW.date() - timedelta(days=1)),
            formats.at_clock(NOW),
            formats.span(timedelta(days=2)),
        )
    assert " | ".join(said).replace("\xa0", "~") == written


@pytest.mark.parametrize(
    ("language", "counted"),
    [
        ("fi", ["0 käyntiä", "1 käynti", "2 käyntiä", "5 käyntiä", "21 käyntiä"]),
        ("sv", ["0 besök", "1 besök", "2 besök", "5 besök", "21 besök"]),
        ("en", ["0 visits", "1 visit", "2 visits", "5 visits", "21 visits"]),
        ("se", ["0 galledeami", "1 galledeapmi", "2 galledeami", "5 galledeami", "21 galledeami"]),
    ],
)
def test_a_number_takes_the_form_of_its_language(language: Language, counted: list[str]) -> None:
    with speaking(language):
        said = [formats.count_of(value, "käynti", "käyntiä") for value in (0, 1, 2, 5, 21)]
    assert [words.replace("\xa0", " ") for words in said] == counted


@pytest.mark.parametrize("language", ["sv", "en", "se"])
def test_gettext_and_cldr_agree_on_the_form_of_every_number(language: Language) -> None:
    with (LOCALE / language / "LC_MESSAGES" / "fleet.po").open("rb") as file:
        written = read_po(file)
    form = c2py(written.plural_expr)
    pairs = {(form(value), Locale(language).plural_form(value)) for value in range(202)}
    assert len(pairs) == len({one for one, _ in pairs}) == len({name for _, name in pairs})
    assert len(pairs) == written.num_plurals
