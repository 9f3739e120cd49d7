"""The hold-a-card page: its web rules, and what reaches the kiosk's camera."""

import base64
import io
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest

from agent.adapters.simulated.card_picture import card_picture
from agent.ports.screen import View
from provisioning.demo.cards import FOREIGN_TEXT
from provisioning.demo.hold import MAX_BODY_BYTES
from tests.kiosk_ui.running import RunningScreen
from tests.provisioning.demo.door import KIOSK, PATTERN, SeenByCamera, kiosk
from tests.provisioning.demo.holding import TOKEN, WAIT_S, Serving
from tests.provisioning.mosquitto import free_port

CARD = {"type": "card/1", "kiosk": KIOSK, "sort": "valid"}


@dataclass(frozen=True)
class Door:
    client: httpx.Client
    screen: RunningScreen
    seen: SeenByCamera

    def hold(self, message: object, **headers: str) -> httpx.Response:
        return self.client.post("/hold", json=message, headers={"x-kaiku-token": TOKEN, **headers})

    def until_seen(self, text: str) -> None:
        deadline = time.monotonic() + WAIT_S
        while not any(re.fullmatch(text, one) for one in self.seen.texts):
            assert time.monotonic() < deadline, "the camera saw nothing of it"
            time.sleep(0.05)


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with (
        kiosk(tmp_path) as (place, screen, seen),
        Serving(place, free_port()) as address,
        httpx.Client(base_url=address, timeout=WAIT_S, trust_env=False) as client,
    ):
        screen.show(View("idle"))
        yield Door(client, screen, seen)


def picture() -> str:
    file = io.BytesIO()
    card_picture("A999123453").save(file, "JPEG")
    return base64.b64encode(file.getvalue()).decode()


def test_a_ready_made_card_is_held_up_and_read(door: Door) -> None:
    assert door.hold(CARD).status_code == HTTPStatus.NO_CONTENT
    door.until_seen(PATTERN.pattern)


def test_a_foreign_code_is_held_up_and_read(door: Door) -> None:
    assert door.hold({**CARD, "sort": "foreign"}).status_code == HTTPStatus.NO_CONTENT
    door.until_seen(re.escape(FOREIGN_TEXT))


def test_a_picture_is_held_up_and_read(door: Door) -> None:
    message = {"type": "picture/1", "kiosk": KIOSK, "picture": picture()}
    assert door.hold(message).status_code == HTTPStatus.NO_CONTENT
    door.until_seen("A999123453")


def test_what_is_no_picture_is_a_problem_in_both_languages(door: Door) -> None:
    answer = door.hold({"type": "picture/1", "kiosk": KIOSK, "picture": "AAAA"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer.headers["content-type"] == "application/problem+json"
    assert "PNG- tai JPEG-kuvaa" in answer.json()["detail"]
    assert answer.json()["detail_en"] == "This picture cannot be opened. Use a PNG or JPEG."


def test_the_page_tells_what_the_kiosk_says(door: Door) -> None:
    with door.client.stream("GET", "/events", params={"token": TOKEN, "kiosk": KIOSK}) as stream:
        lines = stream.iter_lines()
        assert next(line for line in lines if '"state":"idle"' in line)
        door.screen.show(View("ask_staff"))
        said = next(line for line in lines if '"state":"ask_staff"' in line)
        assert "Tule" in said


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ({**CARD, "kiosk": "k-zzzzzzzzzz"}, HTTPStatus.NOT_FOUND),
        ({**CARD, "sort": "gold"}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({**CARD, "type": "card/2"}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ([], HTTPStatus.UNPROCESSABLE_ENTITY),
        (
            {"type": "picture/1", "kiosk": KIOSK, "picture": "", "hold_s": 1e9},
            HTTPStatus.UNPROCESSABLE_ENTITY,
        ),
    ],
)
def test_a_wrong_request_is_a_problem(door: Door, message: object, status: HTTPStatus) -> None:
    answer = door.hold(message)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail_en"]


def test_a_body_over_the_bound_is_refused(door: Door) -> None:
    headers = {"x-kaiku-token": TOKEN, "content-type": "application/json"}
    answer = door.client.post("/hold", content=b" " * (MAX_BODY_BYTES + 1), headers=headers)
    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def test_the_page_carries_the_rules_of_every_web_page(door: Door) -> None:
    headers = door.client.get("/").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["permissions-policy"].startswith("camera=(self)")
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers


def test_the_page_needs_nothing_inline(door: Door) -> None:
    page = door.client.get("/").text
    assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|style=", page)
    for link in re.findall(r'(?:href|src)="(/[^"]+)"', page):
        assert door.client.get(link).status_code == HTTPStatus.OK, link


def test_another_host_name_is_not_served(door: Door) -> None:
    answer = door.client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == HTTPStatus.MISDIRECTED_REQUEST


@pytest.mark.parametrize("headers", [{"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}])
def test_a_card_from_another_site_is_refused(door: Door, headers: dict[str, str]) -> None:
    assert door.hold(CARD, **headers).status_code == HTTPStatus.FORBIDDEN


def test_a_card_that_is_no_json_is_refused(door: Door) -> None:
    answer = door.client.post("/hold", data={"type": "card/1"}, headers={"x-kaiku-token": TOKEN})
    assert answer.status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE


@pytest.mark.parametrize("token", ["", "another", "ä"])
def test_without_the_token_of_this_start_nothing_is_held_up_or_told(door: Door, token: str) -> None:
    posted = door.client.post("/hold", json=CARD, headers={b"x-kaiku-token": token.encode()})
    assert posted.status_code == HTTPStatus.FORBIDDEN
    told = door.client.get("/events", params={"token": token, "kiosk": KIOSK})
    assert told.status_code == HTTPStatus.FORBIDDEN
    listed = door.client.get("/kiosks", headers={b"x-kaiku-token": token.encode()})
    assert listed.status_code == HTTPStatus.FORBIDDEN
    assert door.seen.texts == set()
