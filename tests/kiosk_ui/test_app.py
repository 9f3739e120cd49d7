"""The kiosk's web app over real HTTP: its rules, its stream, and the visitor's answer."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from time import monotonic, sleep

import httpx
import pytest

from agent.config import ScreenConfig
from agent.ports.screen import View
from agent.wire.screen import Answer, Hear
from tests.kiosk_ui.running import QUESTION, RunningScreen, running_screen

ANSWER = {"type": "answer/1", "epoch": QUESTION.epoch, "seq": QUESTION.seq, "about": "children", "count": 2}
DEADLINE_S = 10


@pytest.fixture
def kiosk() -> Iterator[RunningScreen]:
    with running_screen(ScreenConfig(port=0)) as running:
        yield running


@pytest.fixture
def client(kiosk: RunningScreen) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=kiosk.address, timeout=DEADLINE_S) as client:
        yield client


@pytest.fixture
def token(client: httpx.Client) -> str:
    found = re.search(r'name="kaiku-token" content="([^"]+)"', client.get("/").text)
    assert found
    return found[1]


@contextmanager
def stream(client: httpx.Client, token: str) -> Iterator[Iterator[tuple[str, str]]]:
    """Event name and data, one pair an event."""
    with client.stream("GET", "/events", params={"token": token}) as response:
        assert response.status_code == HTTPStatus.OK
        assert response.headers["content-type"].startswith("text/event-stream")
        yield _events(response)


def _events(response: httpx.Response) -> Iterator[tuple[str, str]]:
    name = ""
    for line in response.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data:"):
            yield name, line.removeprefix("data:").strip()


def next_state(events: Iterator[tuple[str, str]]) -> str:
    return str(next(json.loads(data)["state"] for name, data in events if name == "screen"))


def post(client: httpx.Client, token: str, answer: object, **headers: str) -> httpx.Response:
    return client.post("/answer", json=answer, headers={"x-kaiku-token": token, **headers})


def asking(kiosk: RunningScreen, client: httpx.Client, token: str) -> None:
    """Show the question and wait until the app has it."""
    kiosk.show(View("accepted", QUESTION))
    with stream(client, token) as events:
        while next_state(events) != "accepted":
            pass


def problem_of(response: httpx.Response) -> int:
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == response.status_code
    assert document["detail"]
    return response.status_code


def test_a_foreign_host_is_misdirected(client: httpx.Client) -> None:
    response = client.get("/", headers={"host": "kiosk.example.org"})
    assert problem_of(response) == HTTPStatus.MISDIRECTED_REQUEST


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}, {"origin": "null"}]
)
def test_a_cross_site_answer_is_forbidden(client: httpx.Client, token: str, headers: dict[str, str]) -> None:
    assert problem_of(post(client, token, ANSWER, **headers)) == HTTPStatus.FORBIDDEN


def test_a_form_is_no_answer(client: httpx.Client, token: str) -> None:
    response = client.post("/answer", data={"count": "2"}, headers={"x-kaiku-token": token})
    assert problem_of(response) == HTTPStatus.UNSUPPORTED_MEDIA_TYPE


@pytest.mark.parametrize("headers", [{}, {"x-kaiku-token": "guess"}, {"x-kaiku-token": "gäss".encode()}])
def test_an_answer_without_the_token_is_forbidden(
    kiosk: RunningScreen, client: httpx.Client, headers: dict[str, str]
) -> None:
    kiosk.show(View("accepted", QUESTION))
    response = client.post("/answer", json=ANSWER, headers=headers)
    assert problem_of(response) == HTTPStatus.FORBIDDEN
    assert kiosk.answers == []


@pytest.mark.parametrize("params", [{}, {"token": ""}, {"token": "gäss"}])
def test_the_stream_without_the_token_is_forbidden(client: httpx.Client, params: dict[str, str]) -> None:
    assert problem_of(client.get("/events", params=params)) == HTTPStatus.FORBIDDEN


def test_the_token_is_new_at_each_start(token: str) -> None:
    with running_screen(ScreenConfig(port=0)) as other, httpx.Client(base_url=other.address) as client:
        assert token not in client.get("/").text


@pytest.mark.parametrize("path", ["/", "/size.css", "/static/main.js", "/nowhere"])
def test_every_response_is_under_the_strict_policy_and_shared_with_no_other_site(
    client: httpx.Client, path: str
) -> None:
    headers = client.get(path, headers={"origin": "https://elsewhere.example"}).headers
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert [name for name in headers if name.startswith("access-control")] == []


def test_the_page_itself_has_nothing_inline(client: httpx.Client) -> None:
    page = client.get("/").text
    assert re.findall(r"<style|style=|<script(?! type=\"module\" src=)|\son[a-z]+=|https?://", page) == []


def test_an_unknown_page_and_a_wrong_method_are_problems(client: httpx.Client) -> None:
    assert problem_of(client.get("/nowhere")) == HTTPStatus.NOT_FOUND
    assert problem_of(client.get("/static/../app.py")) == HTTPStatus.NOT_FOUND
    assert problem_of(client.get("/answer")) == HTTPStatus.METHOD_NOT_ALLOWED


def test_an_answer_reaches_the_agent_once(kiosk: RunningScreen, client: httpx.Client, token: str) -> None:
    asking(kiosk, client, token)
    assert post(client, token, ANSWER).status_code == HTTPStatus.NO_CONTENT
    assert problem_of(post(client, token, ANSWER)) == HTTPStatus.CONFLICT
    deadline = monotonic() + DEADLINE_S
    while not kiosk.answers and monotonic() < deadline:
        sleep(0.01)
    assert kiosk.answers == [Answer(epoch=QUESTION.epoch, seq=QUESTION.seq, about="children", count=2)]


def test_a_late_answer_is_refused(kiosk: RunningScreen, client: httpx.Client, token: str) -> None:
    asking(kiosk, client, token)
    assert problem_of(post(client, token, {**ANSWER, "seq": QUESTION.seq - 1})) == HTTPStatus.CONFLICT
    assert problem_of(post(client, token, {**ANSWER, "epoch": "f" * 32})) == HTTPStatus.CONFLICT
    assert kiosk.answers == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": -1},
        {"count": 100},
        {"count": QUESTION.most + 1},
        {"count": "2"},
        {"count": None},
        {"epoch": "'; drop table records; --"},
        {"type": "answer/2"},
    ],
)
def test_an_answer_of_the_wrong_shape_is_refused(
    kiosk: RunningScreen, client: httpx.Client, token: str, wrong: dict[str, object]
) -> None:
    asking(kiosk, client, token)
    assert problem_of(post(client, token, ANSWER | wrong)) == HTTPStatus.UNPROCESSABLE_ENTITY
    assert kiosk.answers == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", HTTPStatus.UNPROCESSABLE_ENTITY),
        (b"[]", HTTPStatus.UNPROCESSABLE_ENTITY),
        (b"\xff\xfe", HTTPStatus.UNPROCESSABLE_ENTITY),
        (b"{" * 2000, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    ],
)
def test_a_body_that_is_no_answer_is_refused(
    client: httpx.Client, token: str, body: bytes, status: HTTPStatus
) -> None:
    headers = {"x-kaiku-token": token, "content-type": "application/json"}
    assert problem_of(client.post("/answer", content=body, headers=headers)) == status


def test_a_browser_gets_the_state_of_now_then_changes_then_pings(
    kiosk: RunningScreen, client: httpx.Client, token: str
) -> None:
    with stream(client, token) as events:
        assert next_state(events) == "starting"
        kiosk.show(View("ask_staff"))
        assert next_state(events) == "ask_staff"
        assert "ping" in (name for name, _ in events)


def test_several_browsers_see_the_same(kiosk: RunningScreen, client: httpx.Client, token: str) -> None:
    with stream(client, token) as one, stream(client, token) as other:
        assert {next_state(one), next_state(other)} == {"starting"}
        kiosk.show(View("idle"))
        assert {next_state(one), next_state(other)} == {"idle"}


def test_what_is_wanted_of_the_voice_needs_no_question(
    kiosk: RunningScreen, client: httpx.Client, token: str
) -> None:
    wanted = {"type": "hear/1", "wanted": "louder", "language": "sv"}
    headers = {"x-kaiku-token": token}
    for _ in range(2):
        assert client.post("/hear", json=wanted, headers=headers).status_code == HTTPStatus.NO_CONTENT
    deadline = monotonic() + 10
    while len(kiosk.hears) < 2 and monotonic() < deadline:
        sleep(0.01)
    assert kiosk.hears == [Hear(wanted="louder", language="sv")] * 2
    assert problem_of(client.post("/hear", json=wanted)) == HTTPStatus.FORBIDDEN
    for wrong in ({**wanted, "language": "ru"}, {**wanted, "wanted": "shout"}, ANSWER):
        response = client.post("/hear", json=wrong, headers=headers)
        assert problem_of(response) == HTTPStatus.UNPROCESSABLE_ENTITY
    assert problem_of(client.post("/answer", json=wanted, headers=headers)) == HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_page_without_room_is_told_of_by_our_page_alone(
    client: httpx.Client, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    sides = {"width_px": 640, "height_px": 400}
    assert problem_of(client.post("/small", json=sides)) == HTTPStatus.FORBIDDEN
    ours = {"x-kaiku-token": token}
    wrong = client.post("/small", json={**sides, "width_px": "x" * 99}, headers=ours)
    assert problem_of(wrong) == HTTPStatus.UNPROCESSABLE_ENTITY
    assert caplog.messages == []
    assert client.post("/small", json=sides, headers=ours).status_code == HTTPStatus.NO_CONTENT
    assert "124 x 77 mm by screen.mm_per_px = 0.193" in caplog.messages[-1]
