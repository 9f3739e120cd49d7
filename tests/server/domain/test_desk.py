"""What may be done to a card, and what becomes of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import desk
from server.domain.desk import CardRefused, CardView
from server.domain.history import What
from server.domain.register import Card, StoredStatus, last_day
from tests.server.domain.test_comparing import KNOWN

TODAY = date(2026, 11, 24)
CARD = Card(
    kind="personal",
    distributor="Seurakunta",
    area="Rovaniemi",
    issued_on=date(2026, 1, 1),
    valid_until=date(2026, 12, 31),
    max_children=2,
    status="active",
)


def refused(act: object, *arguments: object, **named: object) -> str:
    assert callable(act)
    with pytest.raises(CardRefused) as raised:
        act(*arguments, **named)
    return raised.value.name


def test_a_block_is_lifted_and_leaves_the_card_as_it_was() -> None:
    blocked = desk.block(CARD, is_shut_here=False)
    assert blocked == replace(CARD, status="blocked")
    assert desk.unblock(blocked, is_replaced=False) == CARD
    assert refused(desk.block, blocked, is_shut_here=True) == "blocked_already"
    assert desk.block(blocked, is_shut_here=False) == blocked, "a list's block is the desk's from now on"
    assert refused(desk.unblock, CARD, is_replaced=False) == "not_blocked"
    assert refused(desk.unblock, blocked, is_replaced=True) == "was_replaced"


def test_a_withdrawn_card_stays_so() -> None:
    gone = desk.withdraw(CARD)
    assert refused(desk.block, gone, is_shut_here=True) == "not_in_use"
    assert refused(desk.withdraw, gone) == "not_in_use"
    assert refused(desk.unblock, gone, is_replaced=False) == "not_in_use"
    assert refused(desk.renew, gone, TODAY, None, {}) == "not_in_use"
    assert refused(desk.replaced, gone, is_replaced=False) == "not_in_use"


@pytest.mark.parametrize(
    ("before", "becomes"), [("active", "active"), ("blocked", "blocked"), ("undone", "active")]
)
def test_a_withdrawal_is_taken_back_to_what_the_card_was(before: StoredStatus, becomes: StoredStatus) -> None:
    gone = desk.withdraw(CARD)
    assert desk.reinstate(gone, before, is_replaced=False) == replace(CARD, status=becomes)
    assert refused(desk.reinstate, gone, before, is_replaced=True) == "was_replaced"
    assert refused(desk.reinstate, CARD, before, is_replaced=False) == "not_withdrawn"


def test_a_renewal_is_twelve_months_with_today_counted() -> None:
    assert desk.renew(CARD, TODAY, None, {}).valid_until == date(2027, 11, 23)
    assert desk.renew(CARD, TODAY, date(2027, 1, 31), {}).valid_until == date(2027, 1, 31)
    trials = {"Rovaniemi": date(2027, 6, 30)}
    assert desk.renew(CARD, TODAY, None, trials).valid_until == date(2027, 6, 30)
    assert desk.renew(CARD, TODAY, date(2027, 12, 1), trials).valid_until == date(2027, 12, 1)


def test_a_renewal_makes_no_card_valid_for_shorter() -> None:
    assert refused(desk.renew, CARD, TODAY, CARD.valid_until, {}) == "not_later"
    assert refused(desk.renew, CARD, TODAY, date(2025, 1, 1), {}) == "before_issue"
    assert refused(desk.renew, CARD, TODAY, date(2200, 1, 1), {}) == "not_a_day"
    assert refused(desk.renew, CARD, TODAY, None, {"Rovaniemi": date(2026, 11, 23)}) == "trial_over"
    assert refused(desk.renew, replace(CARD, status="blocked"), TODAY, None, {}) == "not_active"


@given(card=KNOWN, today=st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_a_renewal_is_longer_and_within_twelve_months(card: Card, today: date) -> None:
    card = replace(card, status="active")
    try:
        renewed = desk.renew(card, today, None, {})
    except CardRefused:
        return
    assert card.valid_until < renewed.valid_until <= last_day(today)
    assert replace(renewed, valid_until=card.valid_until) == card


@given(card=KNOWN, was_replaced=st.booleans(), was_blocked_here=st.booleans())
def test_the_page_offers_what_can_be_done_and_nothing_else(
    card: Card, was_replaced: bool, was_blocked_here: bool
) -> None:
    is_shut_here = was_replaced or was_blocked_here
    if was_replaced:
        card = replace(card, status="withdrawn" if card.status == "withdrawn" else "blocked")
    view = CardView(
        masked_code="",
        card=card,
        is_replaced=was_replaced,
        is_shut_here=is_shut_here,
        holder_cards=1,
        history=(),
    )
    done = set()
    acts: dict[What, Callable[[], object]] = {
        "blocked": lambda: desk.block(card, is_shut_here=is_shut_here),
        "unblocked": lambda: desk.unblock(card, is_replaced=was_replaced),
        "withdrawn": lambda: desk.withdraw(card),
        "replaced": lambda: desk.replaced(card, is_replaced=was_replaced),
        "reinstated": lambda: desk.reinstate(card, "active", is_replaced=was_replaced),
        "renewed": lambda: desk.renew(card, TODAY, date(2140, 1, 1), {}),
    }
    for what, act in acts.items():
        try:
            act()
        except CardRefused:
            continue
        done.add(what)
    assert done == view.may


def test_the_new_card_has_all_that_the_lost_one_had() -> None:
    lost, fresh = desk.replaced(replace(CARD, status="blocked"), is_replaced=False)
    assert (lost.status, fresh) == ("blocked", CARD)


def test_a_card_that_a_list_brought_is_joined_unless_something_speaks_against_it() -> None:
    new = replace(CARD, issued_on=CARD.issued_on + timedelta(days=30), distributor="Other")

    def joined(card: Card, *, has_past: bool = False, used_beside: bool = False) -> Card:
        return desk.joined(CARD, card, has_past=has_past, used_beside=used_beside)

    assert joined(new) == new
    assert refused(joined, replace(new, status="blocked")) == "new_not_active"
    assert refused(joined, replace(new, status="withdrawn")) == "new_not_active"
    assert refused(joined, new, has_past=True) == "new_has_past"
    assert refused(joined, replace(new, kind="community")) == "new_other_kind"
    assert refused(joined, replace(new, issued_on=CARD.issued_on)) == "new_not_later"
    assert refused(joined, new, used_beside=True) == "new_in_use"
