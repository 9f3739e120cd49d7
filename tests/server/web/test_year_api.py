"""The years' figures for programs."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from server.adapters.migrate import open_database
from server.ports import Register
from tests.server.adapters.year_of_visits import a_year, keep
from tests.server.stored_fleet import Fleet
from tests.server.web.asking import ask
from tests.server.web.register import register_in


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with open_database(f"sqlite:///{tmp_path / 'fleet.db'}") as database:
        fleet = Fleet(database)
        a_year(fleet)
        keep(fleet)
    with register_in(tmp_path) as made:
        yield made


def get(register: Register, path: str) -> httpx.Response:
    return ask(f"/api/v1/{path}", register=register)


def test_the_statistics_say_their_base_and_their_moment(register: Register) -> None:
    answer = get(register, "statistics?year=2026")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    found = answer.json()
    assert (found["issued"], found["issued_and_used"], found["usage_rate"], found["used"]) == (5, 5, 1.0, 6)
    assert found["frequency"] == {"once": 1, "twice": 3, "three_to_five": 1, "over_five": 1}
    assert "whenever issued" in found["base"]
    assert found["as_of"].startswith("2026-11-24T14:02:10")
    assert get(register, "statistics").json() == found, "this year, where none is said"
    assert get(register, "statistics?year=2026&area=Rovaniemi").json()["used"] == 5
    assert get(register, "statistics?area=Oulu").status_code == 404
    assert get(register, "statistics?year=26").status_code == 400


def test_years_are_listed_and_one_that_is_not_over_is_not_locked(register: Register) -> None:
    listed = get(register, "years").json()["years"]
    assert listed == [{"year": 2026, "with_code": 0, "with_pseudonym": 17, "locked_at": None}]
    headers = {"content-type": "application/json"}
    content = json.dumps({"year": 2026, "force": True}).encode()
    answer = ask("/api/v1/years/lock", method="POST", headers=headers, content=content, register=register)
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert "is not over" in answer.json()["detail"]
