"""The rules of every web page, kept by this one."""

import pytest

from server.adapters.simulated_figures import SimulatedLetters
from tests.server.web.asking import HTML, ask
from tests.server.web.fleet import empty_fleet, letter, visit

EVERYWHERE = ["/", "/static/live.js", "/api/v1/visits/summary", "/nothing"]
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize("path", EVERYWHERE)
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "127.0.0.2"])
def test_a_foreign_host_is_not_served(path: str, host: str) -> None:
    answer = ask(path, headers={"host": host})
    assert answer.status_code == 421
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]:8080"])
def test_this_machines_own_names_are_served(host: str) -> None:
    assert ask("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "http://evil.example"}],
)
def test_a_post_from_another_site_is_forbidden(headers: dict[str, str]) -> None:
    assert ask("/api/v1/kiosks", method="POST", headers={**JSON, **headers}, content=b"{}").status_code == 403


def test_a_form_is_not_taken() -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert ask("/api/v1/kiosks", method="POST", headers=form, content=b"a=1").status_code == 415


@pytest.mark.parametrize(
    ("site", "status"),
    [
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 200),
        ({"sec-fetch-site": "cross-site", "origin": "http://evil.example"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({}, 403),
    ],
)
def test_the_one_form_is_taken_from_this_site_only(site: dict[str, str], status: int) -> None:
    figures = empty_fleet()
    figures.dead = [letter()]
    letters = SimulatedLetters(figures, {letter(): visit()})
    form = {"content-type": "application/x-www-form-urlencoded", **site}
    assert ask("/letters/retry", method="POST", headers=form, letters=letters).status_code == status
    assert bool(figures.dead) is (status != 200)


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_has_the_strict_content_policy(path: str) -> None:
    answer = ask(path, headers=HTML)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", EVERYWHERE)
def test_no_answer_is_shared_with_another_origin(path: str) -> None:
    answer = ask(path, headers={"origin": "http://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_the_page_loads_nothing_of_anybody_else_and_has_nothing_inline() -> None:
    page = ask("/", headers=HTML).text
    assert "//" not in page.replace("<!doctype", "")
    assert " style=" not in page
    assert "<style" not in page
    assert " on" not in page.replace(" on ", "")
