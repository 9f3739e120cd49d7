"""What asks for care has its sentence, whatever it is."""

from dataclasses import replace
from typing import get_args

import pytest

from agent.core.alerts import ALERTS
from server.domain.alerts import LIST_KEY_ALERT, REVOKED_ALERT, ROW_ALERT
from server.domain.figures import KioskState
from server.domain.troubles import CLOCK_OFF, Problem, ProblemName, Trouble
from server.web.care import problem, reason
from tests.server.web.fleet import busy_fleet


def said(*troubles: Trouble, state: KioskState = "attention") -> str:
    return reason(replace(busy_fleet().kiosks[0], state=state, troubles=troubles))


@pytest.mark.parametrize("name", [*ALERTS, LIST_KEY_ALERT, REVOKED_ALERT, ROW_ALERT])
def test_each_alert_has_a_sentence_of_its_own(name: str) -> None:
    assert said(Trouble(name))
    assert name not in said(Trouble(name))


def test_an_alert_of_a_later_version_is_told_by_its_name() -> None:
    told = said(Trouble("storage"), Trouble("fan-stuck"), Trouble("no-ink"))
    assert told.startswith("Kioski ei pysty kirjaamaan")
    assert told.endswith("Kioski ilmoittaa häiriöstä: fan-stuck, no-ink.")


@pytest.mark.parametrize(
    ("ahead_s", "words"),
    [
        (31, "käy 31 s edellä"),
        (-3600, "käy 60 min jäljessä"),
        (-86_400, "käy 24 h jäljessä"),
        (365 * 86_400, "käy 365 vrk edellä"),
    ],
)
def test_a_clock_that_is_off_is_told_in_the_largest_unit_that_says_it(ahead_s: int, words: str) -> None:
    assert said(Trouble(CLOCK_OFF, ahead_s)) == f"Kioskin kello {words}. Tarkista sen aikapalvelin."


def test_a_lost_kiosk_is_told_with_what_it_last_said() -> None:
    assert said(state="lost") == "Ei yhteyttä. Kioski toimii luultavasti yksin."
    assert said(Trouble("storage"), state="lost").startswith(
        "Ei yhteyttä. Viimeksi kerrottu: Kioski ei pysty"
    )
    assert said(state="working") == ""


@pytest.mark.parametrize("name", get_args(ProblemName))
def test_each_problem_of_the_records_is_told_with_its_number(name: ProblemName) -> None:
    assert ": 21." in problem(Problem(name, 21))
