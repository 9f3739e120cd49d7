"""Cards for programs: the code goes in by the body and comes out nowhere."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from agent.wire.card_code import DEFAULT_PATTERN
from server.adapters.migrate import open_database
from server.ports import Register
from tests.server.cards import card, import_cards
from tests.server.kiosk import LIST_KEY
from tests.server.web.asking import ask
from tests.server.web.register import register_in

CODE = "A000000001"


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with open_database(f"sqlite:///{tmp_path / 'fleet.db'}") as database:
        import_cards(database, LIST_KEY, map(card, range(4)))
    with register_in(tmp_path) as made:
        yield made


def post(register: Register, path: str, **body: object) -> httpx.Response:
    content = json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    answer = ask(f"/api/v1/cards/{path}", method="POST", headers=headers, content=content, register=register)
    assert not re.search(DEFAULT_PATTERN, answer.text)
    return answer


def test_a_card_goes_through_its_life(register: Register) -> None:
    found = post(register, "find", code=CODE)
    assert (found.status_code, found.headers["cache-control"]) == (200, "no-store")
    assert found.json()["masked_code"] == "A•••••••01"
    assert post(register, "block", code=CODE).json()["card"]["status"] == "blocked"
    assert post(register, "unblock", code=CODE).json()["card"]["status"] == "active"
    renewed = post(register, "renew", code=CODE, valid_until="2028-01-31").json()
    assert renewed["card"]["valid_until"] == "2028-01-31"
    new = post(register, "replace", code=CODE, new_code="A000000009").json()
    assert (new["masked_code"], new["holder_cards"], new["card"]["valid_until"]) == (
        "A•••••••09",
        2,
        "2028-01-31",
    )
    assert [entry["way"] for entry in new["history"]] == ["api"] * 5 + ["cli"]
    assert post(register, "withdraw", code="A000000009").json()["card"]["status"] == "withdrawn"
    assert post(register, "renew", code="A000000009").json()["detail"].startswith("The card was withdrawn.")
    assert post(register, "reinstate", code="A000000009").json()["card"]["status"] == "active"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("find", {"code": "A999999999"}, 404),
        ("find", {"code": "nonsense"}, 422),
        ("find", {"code": CODE * 20}, 400),
        ("find", {}, 400),
        ("unblock", {"code": CODE}, 409),
        ("renew", {"code": CODE, "valid_until": "2026-01-31"}, 409),
        ("renew", {"code": CODE, "valid_until": "2025-01-31"}, 422),
        ("renew", {"code": CODE, "valid_until": "A000000001"}, 400),
        ("replace", {"code": CODE, "new_code": CODE}, 409),
        ("replace", {"code": CODE, "new_code": "A000000002"}, 409),
        ("imports/undo", {"id": 77}, 404),
        ("imports/undo", {"id": 2**63}, 404),
    ],
)
def test_what_cannot_be_is_a_problem_document(
    register: Register, path: str, body: dict[str, object], status: int
) -> None:
    answer = post(register, path, **body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["detail"]


def test_imports_are_listed_and_undone(register: Register) -> None:
    listed = ask("/api/v1/cards/imports", register=register).json()["imports"]
    assert [(one["id"], one["new"], one["undone_at"]) for one in listed] == [(1, 4, None)]
    assert post(register, "imports/undo", id=1).json() == {"cards": 4}
    assert post(register, "imports/undo", id=1).status_code == 409


def test_no_address_takes_a_code(register: Register) -> None:
    spec = ask("/api/v1/openapi.json", register=register).json()
    for path, methods in spec["paths"].items():
        if "/cards" in path:
            assert "{" not in path
            assert all(not method.get("parameters") for method in methods.values())


def test_an_erased_card_is_gone_and_says_how_much_went(register: Register) -> None:
    assert post(register, "erase", code=CODE).json() == {"cards": 1, "visits": 0, "letters": 0}
    again = post(register, "erase", code=CODE)
    assert (again.status_code, post(register, "find", code=CODE).status_code) == (404, 404)
