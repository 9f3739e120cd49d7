"""Copied memory cards: which of them is gone, by form and by interface."""

import json
from datetime import timedelta
from typing import Final

import pytest

from server.adapters.simulated_figures import SimulatedFigures, SimulatedMemoryCards
from server.ports import AtKiosks
from tests.server.web.asking import ask
from tests.server.web.fleet import COPIED, NEW, NOW, OLD, copied_fleet

KIOSK: Final = COPIED
API: Final = "/api/v1/memory-cards"
JSON: Final = {"content-type": "application/json"}
FORM: Final = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}


@pytest.fixture
def figures() -> SimulatedFigures:
    return copied_fleet()


@pytest.fixture
def memory(figures: SimulatedFigures) -> SimulatedMemoryCards:
    return SimulatedMemoryCards(figures)


def gone(figures: SimulatedFigures) -> list[bool]:
    return [card.gone for card in figures.copied[0].cards]


@pytest.mark.parametrize("path", ["/memory-cards/end", "/memory-cards/take-back"])
@pytest.mark.parametrize(
    "site", [{}, {"sec-fetch-site": "cross-site", "origin": "http://evil.example"}, {"origin": "null"}]
)
def test_a_form_of_another_site_is_forbidden(
    figures: SimulatedFigures, memory: SimulatedMemoryCards, path: str, site: dict[str, str]
) -> None:
    headers = {"content-type": FORM["content-type"], **site}
    body = f"kiosk={KIOSK}&epoch={OLD}".encode()
    assert ask(path, method="POST", headers=headers, content=body, kiosks=AtKiosks(memory)).status_code == 403
    assert gone(figures) == [False, False]


@pytest.mark.parametrize("body", ["", "kiosk=none&epoch=x", f"kiosk={KIOSK}"])
def test_a_form_that_names_no_card_is_a_page_that_says_so(memory: SimulatedMemoryCards, body: str) -> None:
    answer = ask(
        "/memory-cards/end", method="POST", headers=FORM, content=body.encode(), kiosks=AtKiosks(memory)
    )
    assert answer.status_code == 404
    assert "Tällaista korttia ei ole. Lataa sivu uudelleen." in answer.text


def test_a_program_says_and_takes_back_the_same(
    figures: SimulatedFigures, memory: SimulatedMemoryCards
) -> None:
    def post(what: str, epoch: str = OLD) -> tuple[int, str]:
        body = json.dumps({"kiosk": KIOSK, "epoch": epoch}).encode()
        answer = ask(f"{API}/{what}", method="POST", headers=JSON, content=body, kiosks=AtKiosks(memory))
        return answer.status_code, answer.text

    assert ask(API, kiosks=AtKiosks(memory)).json()["kiosks"][0]["cards"][1] == {
        "epoch": OLD,
        "last_seq": 1231,
        "last_at": (NOW - timedelta(days=4)).isoformat(),
        "gone": False,
    }
    assert post("take-back")[0] == 409
    assert post("end")[0] == 200
    assert gone(figures) == [False, True]
    assert post("end")[0] == 409
    assert "only memory card left" in post("end", NEW)[1]
    assert post("end", "none")[0] == 404
    assert post("take-back")[0] == 200
    assert gone(figures) == [False, False]
