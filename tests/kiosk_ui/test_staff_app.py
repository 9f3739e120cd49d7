"""The staff's pages over real HTTP: their PIN, their sessions, and what they say."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from itertools import islice

import httpx
import pytest

from agent.adapters.simulated.clock import SimulatedClock
from agent.config import ScreenConfig
from agent.core.staff_words import LetIn, Pause, Resume, TakeBack, Typed
from agent.wire.card_code import CardCode
from agent.wire.records import Party
from kiosk_ui.staff_door import IDLE_S
from tests.kiosk_ui.running import RunningScreen, running_screen
from tests.kiosk_ui.staff_room import CODE, EPOCH, LANGUAGES, PIN, VIEWS, ref, staff_pages
from tests.kiosk_ui.test_app import problem_of

DEADLINE_S = 10
HAND = {"adopts": {"epoch": EPOCH, "seq": 5}, "children": 2, "assistants": 1, "reason": "worn_card"}


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock()


@pytest.fixture
def kiosk(clock: SimulatedClock) -> Iterator[RunningScreen]:
    config = ScreenConfig(port=0, languages=LANGUAGES)
    with running_screen(config, staff=staff_pages(clock=clock)) as running:
        yield running


@pytest.fixture
def client(kiosk: RunningScreen) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=kiosk.address, timeout=DEADLINE_S) as client:
        yield client


@pytest.fixture
def inside(client: httpx.Client) -> httpx.Client:
    assert enter(client, PIN).status_code == HTTPStatus.NO_CONTENT
    return client


def enter(client: httpx.Client, pin: str) -> httpx.Response:
    return client.post("/staff/enter", json={"pin": pin})


def say(client: httpx.Client, what: str, body: object) -> httpx.Response:
    return client.post(f"/staff/say/{what}", json=body)


def see(kiosk: RunningScreen, client: httpx.Client, name: str) -> None:
    """Show it and wait until the page's desk has it."""
    kiosk.show_staff(VIEWS[name])
    with stream(client) as events:
        assert any('"before":[{' in json.dumps(one, separators=(",", ":")) for one in events)


@contextmanager
def stream(client: httpx.Client) -> Iterator[Iterator[dict[str, object]]]:
    """Each message; an event without data is one with its name alone."""
    with client.stream("GET", "/staff/events") as response:
        assert response.status_code == HTTPStatus.OK
        yield _events(response)


def _events(response: httpx.Response) -> Iterator[dict[str, object]]:
    name = ""
    for line in response.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data:"):
            data = line.removeprefix("data:").strip()
            yield json.loads(data) if data else {"event": name}


def test_a_session_is_the_browser_s_alone_and_of_these_pages_alone(client: httpx.Client) -> None:
    cookie = enter(client, PIN).headers["set-cookie"].lower()
    for part in ("httponly", "samesite=strict", "path=/staff"):
        assert part in cookie
    assert PIN not in cookie


@pytest.mark.parametrize("what", ["let-in", "take-back", "pause", "resume", "code"])
def test_nobody_says_anything_without_a_session(
    kiosk: RunningScreen, client: httpx.Client, what: str
) -> None:
    client.cookies.set("kaiku-staff", "guess", path="/staff")
    assert problem_of(say(client, what, {})) == HTTPStatus.FORBIDDEN
    assert problem_of(client.get("/staff/events")) == HTTPStatus.FORBIDDEN
    assert kiosk.said == []


def test_wrong_pins_shut_the_door_longer_and_longer_and_the_right_one_opens_it(
    client: httpx.Client, clock: SimulatedClock
) -> None:
    waits = []
    for _ in range(6):
        response = enter(client, "0000")
        assert problem_of(response) == HTTPStatus.FORBIDDEN
        waits.append(response.json()["wait_s"])
        assert response.headers["retry-after"] == str(waits[-1])
        if waits[-1]:
            shut = enter(client, PIN)
            assert problem_of(shut) == HTTPStatus.TOO_MANY_REQUESTS, "not even looked at"
            clock.advance(waits[-1])
    assert waits == [0, 0, 0, 1, 2, 4]
    assert enter(client, PIN).status_code == HTTPStatus.NO_CONTENT
    assert enter(client, "0000").json()["wait_s"] == 0


def test_a_session_ends_when_nobody_does_anything_though_somebody_looks(
    inside: httpx.Client, clock: SimulatedClock
) -> None:
    clock.advance(IDLE_S - 1)
    assert say(inside, "pause", {"message": ""}).status_code == HTTPStatus.NO_CONTENT
    clock.advance(IDLE_S - 1)
    with stream(inside) as events:
        next(events)
        clock.advance(1)
        assert any(one == {"event": "over"} for one in islice(events, 5))
        assert list(islice(events, 1)) == [], "and the stream ends with it"
    assert problem_of(say(inside, "resume", {})) == HTTPStatus.FORBIDDEN


def test_who_leaves_is_out(inside: httpx.Client) -> None:
    session = inside.cookies["kaiku-staff"]
    assert inside.post("/staff/leave", json={}).status_code == HTTPStatus.NO_CONTENT
    inside.cookies.set("kaiku-staff", session, path="/staff")
    assert problem_of(say(inside, "resume", {})) == HTTPStatus.FORBIDDEN


def test_a_page_without_a_pin_says_how_one_is_made_and_lets_nobody_in() -> None:
    with (
        running_screen(ScreenConfig(port=0), staff=staff_pages(pin=False)) as kiosk,
        httpx.Client(base_url=kiosk.address) as client,
    ):
        page = client.get("/staff")
        assert page.status_code == HTTPStatus.OK
        assert "kaiku-agent staff-pin" in page.text
        assert problem_of(enter(client, "")) == HTTPStatus.FORBIDDEN
        assert problem_of(client.get("/staff/events")) == HTTPStatus.FORBIDDEN


def test_what_is_said_reaches_the_agent_as_it_was_offered(kiosk: RunningScreen, inside: httpx.Client) -> None:
    see(kiosk, inside, "refused")
    for what, body in {
        "let-in": HAND,
        "take-back": {"of": {"epoch": EPOCH, "seq": 4}},
        "pause": {"message": "Palaamme\n<b>klo</b> 13."},
        "code": {"code": " a999 123 453 "},
    }.items():
        assert say(inside, what, body).status_code == HTTPStatus.NO_CONTENT
    assert kiosk.staff_said(4) == [
        LetIn(ref(5), Party(children=2, assistants=1), "worn_card"),
        TakeBack(ref(4)),
        Pause("Palaamme <b>klo</b> 13."),
        Typed(CardCode(CODE)),
    ]


def test_who_resumes_does_so_from_a_break(kiosk: RunningScreen, inside: httpx.Client) -> None:
    assert problem_of(say(inside, "resume", {})) == HTTPStatus.CONFLICT
    see(kiosk, inside, "paused with faults")
    assert say(inside, "resume", {}).status_code == HTTPStatus.NO_CONTENT
    assert kiosk.staff_said(1) == [Resume()]


@pytest.mark.parametrize(
    ("what", "body", "status"),
    [
        ("let-in", {**HAND, "adopts": None}, HTTPStatus.CONFLICT),
        ("let-in", {**HAND, "children": 100}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ("let-in", {**HAND, "reason": "because"}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ("take-back", {"of": {"epoch": EPOCH, "seq": 5}}, HTTPStatus.CONFLICT),
        ("take-back", {}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ("pause", {"message": "x" * 41}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ("pause", {"message": "x" * 2000}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        ("resume", {"more": 1}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ("fly", {}, HTTPStatus.NOT_FOUND),
    ],
)
def test_anything_else_is_a_problem(
    kiosk: RunningScreen, inside: httpx.Client, what: str, body: object, status: HTTPStatus
) -> None:
    see(kiosk, inside, "refused")
    assert problem_of(say(inside, what, body)) == status
    assert kiosk.said == []


@pytest.mark.parametrize(
    "code", ["B12", "", "A99912345", "A9991234534", "https://A999123453", "A999123453 x"]
)
def test_what_is_no_code_is_not_said_back(kiosk: RunningScreen, inside: httpx.Client, code: str) -> None:
    see(kiosk, inside, "refused")
    response = say(inside, "code", {"code": code})
    assert problem_of(response) == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not code or code not in response.text


def test_a_pause_shows_no_card_s_code(kiosk: RunningScreen, inside: httpx.Client) -> None:
    response = say(inside, "pause", {"message": f"Kortti {CODE.lower()} jäi"})
    assert problem_of(response) == HTTPStatus.UNPROCESSABLE_ENTITY
    assert CODE not in response.text
    assert kiosk.said == []


def test_words_that_would_be_cut_on_the_visitors_screen_are_said_to_be_too_long(
    kiosk: RunningScreen, inside: httpx.Client
) -> None:
    response = say(inside, "pause", {"message": "W" * 40})
    assert problem_of(response) == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "shorter" in response.json()["detail"]
    assert kiosk.said == []


def test_a_code_is_in_no_address_and_no_answer(kiosk: RunningScreen, inside: httpx.Client) -> None:
    see(kiosk, inside, "refused")
    assert problem_of(inside.post(f"/staff/say/code?code={CODE}", json={})) == HTTPStatus.UNPROCESSABLE_ENTITY
    assert kiosk.said == []
    response = say(inside, "code", {"code": CODE})
    assert (response.status_code, response.text) == (HTTPStatus.NO_CONTENT, "")
    assert CODE not in repr(kiosk.staff_said(1))


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}]
)
def test_another_site_says_nothing(inside: httpx.Client, headers: dict[str, str]) -> None:
    response = inside.post("/staff/say/pause", json={"message": ""}, headers=headers)
    assert problem_of(response) == HTTPStatus.FORBIDDEN
    assert problem_of(inside.post("/staff/enter", json={"pin": PIN}, headers=headers)) == HTTPStatus.FORBIDDEN


def test_a_form_says_nothing(inside: httpx.Client) -> None:
    response = inside.post("/staff/say/pause", data={"message": ""})
    assert problem_of(response) == HTTPStatus.UNSUPPORTED_MEDIA_TYPE


def test_the_visitors_page_does_not_tell_of_this_one(client: httpx.Client) -> None:
    page = client.get("/").text
    assert "staff.css" not in page
    assert 'href="/staff' not in page
    assert "kaiku-staff" not in str(client.get("/").headers)
