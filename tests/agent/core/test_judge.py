"""Every rule of the judgement, in the order of the rules: unknown is not invalid, error is no permission."""

from datetime import date, timedelta
from typing import Final

import msgspec
import pytest

from agent.core.judge import Judgement, Policy, Unreadable, by_a_stale_list, comes_again, is_stale, judge
from agent.wire.card_page import CardRow
from tests.agent.examples import ANNA, TODAY, row_of

FREE: Final = Policy(unlisted="accept_unchecked", clock_unknown="accept_unchecked")
STRICT: Final = Policy(unlisted="ask_staff", clock_unknown="ask_staff")
DAY: Final = timedelta(days=1)

PERSONAL: Final = row_of(ANNA, max_children=2)
COMMUNITY: Final = row_of(ANNA, kind="community")
BLOCKED: Final = row_of(ANNA, status="blocked")
WITHDRAWN: Final = row_of(ANNA, status="withdrawn", kind="community")
GONE: Final = row_of(ANNA, status="gone", max_children=2)
FIRST: Final = PERSONAL.first_day
LAST: Final = PERSONAL.last_day

TABLE: Final[list[tuple[str, CardRow | Unreadable | None, date | None, Policy, Judgement]]] = [
    ("listed", PERSONAL, TODAY, STRICT, Judgement("accepted", "listed", "personal", 2)),
    ("community", COMMUNITY, TODAY, STRICT, Judgement("accepted", "listed", "community", None)),
    ("first day", PERSONAL, FIRST, STRICT, Judgement("accepted", "listed", "personal", 2)),
    ("last day", PERSONAL, LAST, STRICT, Judgement("accepted", "listed", "personal", 2)),
    ("too early", PERSONAL, FIRST - DAY, FREE, Judgement("ask_staff", "not_yet_valid", "personal")),
    ("too late", PERSONAL, LAST + DAY, FREE, Judgement("ask_staff", "expired", "personal")),
    ("blocked", BLOCKED, TODAY, FREE, Judgement("ask_staff", "blocked", "personal")),
    ("withdrawn", WITHDRAWN, TODAY, FREE, Judgement("ask_staff", "withdrawn", "community")),
    ("blocked, no day", BLOCKED, None, FREE, Judgement("ask_staff", "blocked", "personal")),
    ("no day", PERSONAL, None, FREE, Judgement("unchecked", "clock_unknown", "personal", 2)),
    ("no day, strict", PERSONAL, None, STRICT, Judgement("ask_staff", "clock_unknown", "personal", 2)),
    ("unlisted", None, TODAY, FREE, Judgement("unchecked", "unlisted")),
    ("unlisted, strict", None, TODAY, STRICT, Judgement("ask_staff", "unlisted")),
    ("unlisted, no day", None, None, FREE, Judgement("unchecked", "unlisted")),
    ("gone", GONE, TODAY, FREE, Judgement("unchecked", "unlisted")),
    ("gone, strict", GONE, TODAY, STRICT, Judgement("ask_staff", "unlisted")),
    ("unreadable", "unreadable", TODAY, FREE, Judgement("ask_staff", "list_unreadable")),
    ("unreadable, strict", "unreadable", None, STRICT, Judgement("ask_staff", "list_unreadable")),
]


@pytest.mark.parametrize(
    ("row", "today", "policy", "judgement"), [case[1:] for case in TABLE], ids=[case[0] for case in TABLE]
)
def test_a_card_is_judged_by_the_first_rule_that_speaks(
    row: CardRow | Unreadable | None, today: date | None, policy: Policy, judgement: Judgement
) -> None:
    assert judge(row, today, policy) == judgement


def test_only_asking_the_staff_keeps_a_visitor_out() -> None:
    lets_in = {judgement.verdict: judgement.lets_in for *_, judgement in TABLE}
    assert lets_in == {"accepted": True, "unchecked": True, "ask_staff": False}


def test_a_card_for_one_day_is_valid_on_that_day_alone() -> None:
    row = msgspec.structs.replace(PERSONAL, first_day=TODAY, last_day=TODAY)
    verdicts = [judge(row, TODAY + DAY * n, STRICT).reason for n in (-1, 0, 1)]
    assert verdicts == ["not_yet_valid", "listed", "expired"]


@pytest.mark.parametrize(
    ("age_s", "stale"), [(None, True), (0.0, False), (86_400.0, False), (86_401.0, True)], ids=str
)
def test_a_list_is_old_after_its_hours_or_where_nobody_knows(age_s: float | None, stale: bool) -> None:
    assert is_stale(age_s, Policy()) is stale


def test_a_good_card_on_an_old_list_is_marked_or_asks_the_staff() -> None:
    good, refused = judge(PERSONAL, TODAY, FREE), judge(BLOCKED, TODAY, FREE)
    assert by_a_stale_list(good, FREE) == Judgement("accepted", "listed", "personal", 2, ("list_stale",))
    strict = Policy(list_stale="ask_staff")
    assert by_a_stale_list(good, strict) == Judgement("ask_staff", "list_stale", "personal")
    assert by_a_stale_list(judge(None, TODAY, strict), strict).verdict == "ask_staff"
    assert by_a_stale_list(refused, strict) == refused, "why it is refused stays"


def test_a_personal_card_that_comes_again_is_marked_or_asks_the_staff_and_a_shared_one_never() -> None:
    personal, community = judge(PERSONAL, TODAY, FREE), judge(COMMUNITY, TODAY, FREE)
    assert comes_again(personal, FREE).marks == ("repeat",)
    assert comes_again(by_a_stale_list(personal, FREE), FREE).marks == ("list_stale", "repeat")
    strict = Policy(repeat="ask_staff")
    assert comes_again(personal, strict) == Judgement("ask_staff", "repeat", "personal")
    assert comes_again(personal, Policy(repeat="off")) == personal
    for policy in (FREE, strict):
        assert comes_again(community, policy) == community
        unlisted = judge(None, TODAY, policy)
        assert comes_again(unlisted, policy) == unlisted, "nobody knows whether it is shared"
