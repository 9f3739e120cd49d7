"""The rule by which a visit belongs to one issue of a card."""

from datetime import date

import pytest

from server.domain.issues import Issue, IssueOf, issue_of, issues_in

A, B, C = 1, 2, 3
JAN, DEC = date(2026, 1, 15), date(2026, 12, 20)


@pytest.mark.parametrize(
    ("year", "distributor"),
    [(2024, A), (2025, A), (2026, B), (2027, C), (2030, C)],
)
def test_a_visit_belongs_to_its_year_s_first_issue_else_to_the_one_before(
    year: int, distributor: int
) -> None:
    issues = (Issue(date(2025, 3, 1), A), Issue(JAN, B), Issue(DEC, C))
    assert issue_of(issues, year).distributor == distributor


def test_before_all_issues_it_is_the_first() -> None:
    assert issue_of((Issue(JAN, B), Issue(DEC, C)), 2025) == Issue(JAN, B)


def test_a_day_of_a_card_is_one_issue_whoever_the_card_is_of_by_now() -> None:
    found = [IssueOf(JAN, 7, True, B), IssueOf(JAN, 7, False, A), IssueOf(DEC, 7, True, C)]
    assert issues_in(found) == (Issue(JAN, A), Issue(DEC, C))


def test_cards_of_one_person_have_their_issues_in_the_order_of_the_days() -> None:
    found = [IssueOf(DEC, 3, True, A), IssueOf(JAN, 7, True, B), IssueOf(JAN, 5, True, C)]
    assert issues_in(found) == (Issue(JAN, C), Issue(JAN, B), Issue(DEC, A))
