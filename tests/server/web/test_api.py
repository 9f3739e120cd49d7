"""The JSON interface and the shape of every refusal."""

from datetime import date

import pytest

from agent.told import ToldError
from server.adapters.simulated_figures import SimulatedFigures, SimulatedLetters
from server.domain.completeness import Proof
from server.domain.figures import By, SpanTooLong, Summary
from tests.server.web.asking import HTML, ask
from tests.server.web.fleet import NOW, busy_fleet, empty_fleet, letter, visit

SUMMARY = "/api/v1/visits/summary"
LETTERS = "/api/v1/letters"
RETRY = "/api/v1/letters/retry"
NO_RECORDS: dict[str, object] = {
    "here": 0,
    "expected": 0,
    "as_of": None,
    "doubts": [],
    "silent_since": None,
    "ended": 0,
}
JSON = {"content-type": "application/json"}


class BrokenFigures(SimulatedFigures):
    """A store that fails with something nobody outside may read."""

    def summary(self, first: date | None, last: date | None, by: By) -> Summary:
        del first, last, by
        raise RuntimeError("password=hunter2")


class TooMuch(SimulatedFigures):
    """More than one answer proves."""

    def summary(self, first: date | None, last: date | None, by: By) -> Summary:
        del first, last, by
        raise SpanTooLong("Ask for at most 3 days at once.")


class FiguresAway(SimulatedFigures):
    """A store that cannot be reached."""

    def summary(self, first: date | None, last: date | None, by: By) -> Summary:
        del first, last, by
        raise ToldError("The database of hunter2 is away.")


def test_the_summary_has_the_rows_the_period_and_the_moment() -> None:
    figures = empty_fleet()
    figures.add(visit(children=2, assistants=1))
    figures.add(visit(children=None, verdict="unchecked"))
    figures.records = Proof(here=5, expected=6, doubts=("gap",))
    answer = ask(SUMMARY, figures=figures)
    assert answer.status_code == 200
    assert answer.json() == {
        "rows": [
            {
                "key": "Uimahalli",
                "name": "Uimahalli",
                "visits": 2,
                "uses": 4,
                "adults": 2,
                "children": 2,
                "assistants": 1,
                "unanswered": 1,
                "unchecked": 1,
                "by_hand": 0,
                "bounded": 0,
                "records": NO_RECORDS,
                "matched": 0,
            }
        ],
        "records": {**NO_RECORDS, "here": 5, "expected": 6, "doubts": ["gap"]},
        "as_of": NOW.isoformat(),
        "from": "2026-11-24",
        "to": "2026-11-24",
        "by": "venue",
    }
    assert answer.headers["cache-control"] == "no-store"


def test_the_summary_keeps_to_the_days_and_the_key_it_was_asked_for() -> None:
    answer = ask(f"{SUMMARY}?from=2026-11-20&to=2026-11-24&by=hour").json()
    assert (answer["from"], answer["to"], answer["by"]) == ("2026-11-20", "2026-11-24", "hour")
    assert [row["key"] for row in answer["rows"]][:2] == ["2026-11-24T07", "2026-11-24T08"]
    assert ask(f"{SUMMARY}?from=2026-11-23&to=2026-11-23&by=day").json()["rows"] == []


def test_a_start_alone_reaches_to_the_stores_today() -> None:
    answer = ask(f"{SUMMARY}?from=2026-11-01").json()
    assert (answer["from"], answer["to"]) == ("2026-11-01", "2026-11-24")


def test_the_kiosks_are_those_of_the_page_in_its_order() -> None:
    answer = ask("/api/v1/kiosks").json()
    assert [kiosk["state"] for kiosk in answer["kiosks"]][:3] == ["lost", "attention", "attention"]
    assert answer["kiosks"][0]["waiting"] == 12
    assert answer["as_of"] == NOW.isoformat()


def test_which_server_takes_the_records_in_is_said_with_the_kiosks() -> None:
    figures = empty_fleet()
    assert ask("/api/v1/kiosks", figures=figures).json()["intake"] == "This server takes the records in."
    figures.elsewhere = True
    assert ask("/api/v1/kiosks", figures=figures).json()["intake"].startswith("Another server takes")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("from=yesterday", "'from' must be a day"),
        ("to=2026-02-30", "'to' must be a day"),
        ("from=2026-11-25&to=2026-11-24", "'to' is before 'from'"),
        ("from=2026-11-25", "'to' is before 'from'"),
        ("from=2010-01-01&to=2026-01-01", "over 10 years"),
        ("by=card", "'by' must be one of"),
        ("form=2026-01-01", "Unknown parameter"),
        ("by=day&by=hour", "given twice"),
        ("by=" + "x" * 5000, "'by' must be one of"),
        ("from=%01%0d%0a<script>", "'from' must be a day"),
        ("from=%00%0d%0a<script>", "no NUL character"),
    ],
)
def test_a_bad_query_gets_a_problem_that_says_what_to_send(query: str, says: str) -> None:
    answer = ask(f"{SUMMARY}?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 400
    assert says in answer.json()["detail"]
    assert len(answer.content) < 300
    assert "<script>" not in answer.text


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/nothing", "GET", 404),
        ("/api/v1/nothing", "GET", 404),
        ("/static/../app.py", "GET", 404),
        ("/static/nothing.js", "GET", 404),
        ("/docs", "GET", 404),
        ("/api/v1/kiosks/", "GET", 404),
        (SUMMARY, "HEAD", 405),
        ("/events", "HEAD", 405),
        ("/static/live.js", "OPTIONS", 405),
    ],
)
def test_what_does_not_exist_gets_a_problem(path: str, method: str, status: int) -> None:
    answer = ask(path, method=method)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_method_that_is_not_taken_gets_a_problem_that_names_those_that_are() -> None:
    answer = ask(SUMMARY, method="DELETE", headers={"content-type": "application/json"})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"
    assert answer.json()["title"] == "Method Not Allowed"


def test_a_person_who_asks_for_a_page_that_is_not_there_gets_a_page() -> None:
    answer = ask("/nothing", headers=HTML)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "Sivua ei ole" in answer.text


def test_the_interface_answers_a_browser_with_a_problem_too() -> None:
    assert ask("/api/v1/nothing", headers=HTML).headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "headers", "kind"),
    [(SUMMARY, {}, "application/problem+json"), ("/", HTML, "text/html; charset=utf-8")],
)
def test_a_failure_says_nothing_of_its_inside(path: str, headers: dict[str, str], kind: str) -> None:
    answer = ask(path, headers=headers, figures=BrokenFigures(NOW))
    assert answer.status_code == 500
    assert answer.headers["content-type"] == kind
    assert "hunter2" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("path", "headers", "says"),
    [(SUMMARY, {}, "Try again in a moment"), ("/", HTML, "eikä käyntejä katoa")],
)
def test_while_the_store_is_away_the_answer_says_so(path: str, headers: dict[str, str], says: str) -> None:
    answer = ask(path, headers=headers, figures=FiguresAway(NOW))
    assert answer.status_code == 503
    assert says in answer.text
    assert "hunter2" not in answer.text


def test_a_span_that_is_too_long_gets_a_problem_that_says_what_to_ask_for() -> None:
    answer = ask(SUMMARY, figures=TooMuch(NOW))
    assert (answer.status_code, answer.json()["detail"]) == (400, "Ask for at most 3 days at once.")


def test_the_description_of_the_interface_can_be_read() -> None:
    described = ask("/api/v1/openapi.json").json()
    assert set(described["paths"]) == {SUMMARY, "/api/v1/kiosks", LETTERS, RETRY}


def test_the_page_and_the_interface_tell_the_same_sum() -> None:
    figures = busy_fleet()
    rows = ask(SUMMARY, figures=figures).json()["rows"]
    total = (
        f"{sum(row['visits'] for row in rows)}\xa0käyntiä, {sum(row['uses'] for row in rows)}\xa0käyttökertaa"
    )
    assert total in ask("/", figures=figures).text


def test_the_letters_are_listed_and_read_once_more_when_it_is_asked() -> None:
    figures = empty_fleet()
    figures.dead = [letter(), letter(seq=9)]
    found = ask(LETTERS, figures=figures)
    assert (found.json()["total"], found.headers["cache-control"]) == (2, "no-store")
    assert found.json()["letters"][0] == {
        "kiosk": "k-0000000002",
        "name": "Pääaula",
        "venue_name": "Arktikum",
        "received_at": letter().received_at.isoformat(),
        "epoch": letter().epoch,
        "seq": 8,
        "why": letter().why,
    }
    assert found.json()["next"] is None
    letters = SimulatedLetters(figures, {letter(): visit()})
    assert ask(RETRY, method="POST", headers=JSON, content=b"{}", letters=letters).json() == {
        "read": 1,
        "unread": 1,
    }
    assert [one.seq for one in figures.dead] == [9]


def test_the_letters_are_told_page_by_page() -> None:
    figures = empty_fleet()
    figures.dead = [letter(seq=number) for number in range(45)]
    told: list[int] = []
    after = ""
    while True:
        answer = ask(f"{LETTERS}{after}", figures=figures).json()
        assert answer["total"] == 45
        told += [one["seq"] for one in answer["letters"]]
        if answer["next"] is None:
            break
        after = f"?after={answer['next']}"
    assert told == list(range(45))


@pytest.mark.parametrize("after", ["x", "-1", "", "1.5", "9" * 19, "%D9%A3"])
@pytest.mark.parametrize("path", [LETTERS, "/letters"])
def test_what_names_no_page_of_letters_is_a_problem(path: str, after: str) -> None:
    answer = ask(f"{path}?after={after}")
    assert answer.status_code == 400
    assert "'after' must be the 'next' of another page" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", {}, 405),
        ("POST", {}, 415),
        ("POST", {**JSON, "sec-fetch-site": "cross-site"}, 403),
        ("POST", {**JSON, "origin": "http://evil.example"}, 403),
    ],
)
def test_nothing_is_read_once_more_by_a_look_or_from_another_site(
    method: str, headers: dict[str, str], status: int
) -> None:
    figures = empty_fleet()
    figures.dead = [letter()]
    letters = SimulatedLetters(figures, {letter(): visit()})
    assert ask(RETRY, method=method, headers=headers, letters=letters).status_code == status
    assert figures.dead
