"""The rules that every web page of the project keeps, each by its name."""

import asyncio
from collections.abc import MutableMapping
from typing import Any, Final

import httpx
import pytest

from agent.web_rules import CONTENT_POLICY, Receive, Scope, Send, WebRules

HERE: Final = "http://127.0.0.1:8080"


async def page(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that says yes to everything, and sets a header of its own."""
    del scope, receive
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-own", b"kept")]})
    await send({"type": "http.response.body", "body": b"yes"})


def ask(
    method: str = "GET", path: str = "/", *, rules: WebRules | None = None, **headers: str
) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(rules or WebRules(page))
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            return await client.request(method, path, headers=names)

    return asyncio.run(ask())


def change(*, content_type: str = "application/json", **headers: str) -> int:
    return ask("POST", rules=None, content_type=content_type, **headers).status_code


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8080", "127.0.0.1", "localhost:1", "LOCALHOST", "[::1]:8080", "[::1]"]
)
def test_a_page_is_served_by_its_own_names(host: str) -> None:
    assert ask(host=host).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8080",
        "evil.example:80@127.0.0.1",
        "",
        "[::2]",
        "[::1]evil",
        "[::1]evil:80",
        "localhost:80:80",
    ],
)
def test_host_a_rebound_name_gets_nothing(host: str) -> None:
    refused = ask(host=host)
    assert refused.status_code == 421
    assert refused.text != "yes"


@pytest.mark.parametrize("path", ["/%00", "/a?b=%00"])
def test_address_with_a_character_that_no_database_takes_is_refused(path: str) -> None:
    assert ask(path=path).status_code == 400
    assert ask(path="/%2500?b=%01").status_code == 200


def test_host_other_names_can_be_allowed() -> None:
    rules = WebRules(page, hosts=["Fleet.example"])
    assert ask(rules=rules, host="fleet.example:443").status_code == 200
    assert ask(rules=rules, host="localhost").status_code == 421


def test_origin_a_page_s_own_change_is_taken() -> None:
    assert change(origin=HERE, sec_fetch_site="same-origin") == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense", ""])
def test_origin_another_site_s_change_is_refused_by_fetch_metadata(site: str) -> None:
    assert change(sec_fetch_site=site) == 403


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://127.0.0.1:9999", "https://127.0.0.1:8080", "http://127.0.0.1"],
)
def test_origin_another_origin_s_change_is_refused(origin: str) -> None:
    assert change(origin=origin) == 403


def test_origin_a_program_that_is_no_browser_may_change_things() -> None:
    assert change() == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "MADEUP"])
def test_origin_every_method_that_is_not_safe_is_checked(method: str) -> None:
    assert ask(method, origin="http://evil.example", content_type="application/json").status_code == 403


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "application/jsonp"],
)
def test_json_a_form_of_another_site_cannot_change_anything(kind: str) -> None:
    assert change(content_type=kind) == 415


FORM: Final = "application/x-www-form-urlencoded"


def send_form(**headers: str) -> int:
    return ask("POST", rules=WebRules(page, forms=["/"]), content_type=FORM, **headers).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "same-origin", "origin": "null"},
        {"sec_fetch_site": "same-origin", "origin": HERE},
        {"sec_fetch_site": "same-origin"},
        {"origin": HERE},
    ],
)
def test_form_of_this_site_s_own_page_is_taken_where_one_is_expected(headers: dict[str, str]) -> None:
    assert send_form(**headers) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site", "origin": HERE},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": "same-origin", "origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://evil.example"},
    ],
)
def test_form_that_may_be_another_site_s_is_refused(headers: dict[str, str]) -> None:
    assert send_form(**headers) == 403


def test_form_is_taken_only_where_one_is_expected() -> None:
    rules = WebRules(page, forms=["/other"])
    refused = ask("POST", rules=rules, content_type=FORM, origin=HERE, sec_fetch_site="same-origin")
    assert refused.status_code == 415


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data", ""])
def test_form_of_another_kind_is_not_taken(kind: str) -> None:
    rules = WebRules(page, forms=["/"])
    assert ask("POST", rules=rules, content_type=kind, sec_fetch_site="same-origin").status_code == 415


def test_json_may_say_its_charset() -> None:
    assert change(content_type="application/json; charset=utf-8") == 200


@pytest.mark.parametrize(
    ("method", "host", "status"),
    [("GET", "localhost", 200), ("GET", "evil.example", 421), ("POST", "localhost", 415)],
)
def test_policy_stands_on_every_answer_refusals_too(method: str, host: str, status: int) -> None:
    answer = ask(method, host=host)
    assert answer.status_code == status
    assert answer.headers["content-security-policy"] == CONTENT_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["permissions-policy"] == "camera=(), microphone=(), geolocation=()"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"


def test_policy_allows_no_inline_script_no_frame_and_no_other_site() -> None:
    assert "unsafe" not in CONTENT_POLICY
    assert "frame-ancestors 'none'" in CONTENT_POLICY
    assert "default-src 'self'" in CONTENT_POLICY


def test_policy_a_page_keeps_its_own_headers() -> None:
    assert ask().headers["x-own"] == "kept"


def test_sharing_no_answer_allows_another_origin() -> None:
    answer = ask("OPTIONS", origin="http://evil.example", access_control_request_method="POST")
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_refusal_is_a_problem_document_without_the_asker_s_words() -> None:
    refused = ask(host="<script>.example")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json() == {
        "type": "about:blank",
        "title": "Misdirected Request",
        "status": 421,
        "detail": "This address is not served here.",
    }


def test_a_websocket_reaches_no_page() -> None:
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(WebRules(page)({"type": "websocket", "headers": []}, receive, send))
    assert sent == []
