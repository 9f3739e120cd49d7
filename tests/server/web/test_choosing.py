"""A language is chosen by a link, kept in a cookie, and else the browser's."""

import re

import pytest

from agent.wire.screen import Language
from server.web.choosing import own_page, preferred, to_language
from tests.server.web.asking import HTML, ask


def language_of(**headers: str) -> str:
    page = ask("/", headers={**HTML, **headers}).text
    found = re.search('<html lang="(..)">', page)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("accepted", "found"),
    [
        ("", "fi"),
        ("sv-FI,sv;q=0.9,en;q=0.8", "sv"),
        ("de,en;q=0.3,sv;q=0.7", "sv"),
        ("se-NO", "se"),
        ("en-US", "en"),
        ("fr, de;q=0.9, *;q=0.1", "fi"),
        ("en;q=0, sv;q=x, se;q=0.1", "se"),
        ("sv;q=nan, en", "en"),
        (",;=;q=,--,\u00ff", "fi"),
        ("xx," * 5000 + "sv", "fi"),
    ],
)
def test_the_browser_s_first_wish_that_fits_is_taken_and_finnish_where_none_does(
    accepted: str, found: Language
) -> None:
    assert preferred(accepted) == found


def test_a_choice_weighs_more_than_the_browser_and_one_that_makes_no_sense_nothing() -> None:
    assert language_of() == "fi"
    assert language_of(**{"accept-language": "se"}) == "se"
    assert language_of(**{"accept-language": "se", "cookie": "kaiku-language=en"}) == "en"
    assert language_of(**{"accept-language": "se", "cookie": "kaiku-language=<script>"}) == "se"


def test_the_link_keeps_the_choice_and_leads_back_to_its_page() -> None:
    answer = ask(to_language("sv", "/cards/years?year=2025"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/cards/years?year=2025")
    kept, *rules = answer.headers["set-cookie"].lower().split("; ")
    assert kept == "kaiku-language=sv"
    assert {"samesite=lax", "httponly", "path=/"} <= set(rules)
    assert answer.headers["cache-control"] == "no-store"
    assert ask("/language/de").status_code == 404


@pytest.mark.parametrize(
    "elsewhere",
    [
        "",
        "cards",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n//evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/x\r\nset-cookie: a=b",
        "/@evil.example:80",
        "\u2044\u2044evil.example",
    ],
)
def test_a_link_that_leads_elsewhere_leads_to_the_first_page(elsewhere: str) -> None:
    assert own_page(elsewhere) == "/"
    assert ask(to_language("sv", elsewhere)).headers["location"] == "/"


def test_an_error_is_told_in_the_language_too_and_a_problem_for_programs_is_not() -> None:
    swedish = {"accept-language": "sv"}
    assert "Sidan finns inte" in ask("/nothing", headers={**HTML, **swedish}).text
    told = ask("/api/v1/nothing", headers=swedish).json()
    assert told["detail"] == "There is nothing at this address."


def test_the_answer_to_a_form_links_to_a_page_that_can_be_asked_for() -> None:
    form = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
    answer = ask("/letters/retry", method="POST", headers=form)
    assert 'href="/language/sv?next=%2F"' in answer.text
