"""The store's twin counts as the store must."""

from datetime import UTC, date, datetime

from server.adapters.simulated_figures import SimulatedFigures
from tests.server.web.fleet import NOW, empty_fleet, visit


def test_a_question_without_an_answer_adds_no_child_and_one_unanswered() -> None:
    figures = empty_fleet()
    figures.add(visit(children=2))
    figures.add(visit(children=None))
    (row,) = figures.summary(None, None, "venue").rows
    assert (row.visits, row.uses, row.adults, row.children, row.unanswered) == (2, 4, 2, 2, 1)


def test_who_was_sent_to_the_staff_is_no_visit_but_is_among_the_latest() -> None:
    figures = empty_fleet()
    figures.add(visit(verdict="ask_staff"))
    assert figures.summary(None, None, "day").rows == ()
    assert len(figures.overview().latest) == 1


def test_days_and_hours_are_those_of_the_fleets_zone() -> None:
    figures = SimulatedFigures(NOW)
    figures.add(visit(seen_at=datetime(2026, 11, 23, 22, 30, tzinfo=UTC)))
    assert [row.key for row in figures.summary(None, None, "hour").rows] == ["2026-11-24T00"]
    assert figures.summary(date(2026, 11, 23), date(2026, 11, 23), "day").rows == ()
