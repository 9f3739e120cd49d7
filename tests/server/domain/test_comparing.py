"""What a file does to a card that is known, and to one that is not."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.comparing import ERASED, UNCHANGED, Changed, New, compare
from server.domain.faults import RowError
from server.domain.register import FORGOTTEN, Card, RegisterCard, StoredStatus, last_day
from tests.server.cards import card

DAY = date(2026, 1, 1)
BARE = replace(card(1), valid_until=None, max_children=None, status=None)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
KNOWN = st.builds(
    Card,
    kind=st.sampled_from(["personal", "community"]),
    distributor=st.sampled_from(["Seurakunta", "Mielitiimi"]),
    area=st.sampled_from(["Rovaniemi", "Tornio"]),
    issued_on=DAYS,
    valid_until=DAYS,
    max_children=st.none() | st.integers(0, 9),
    status=st.sampled_from(["active", "blocked", "withdrawn"]),
)
WANTED = st.builds(
    lambda known, **open_: replace(
        BARE,
        kind=known.kind,
        distributor=known.distributor,
        area=known.area,
        issued_on=known.issued_on,
        **open_,
    ),
    KNOWN,
    valid_until=st.none() | st.just(date(2031, 1, 1)),
    max_children=st.none() | st.integers(0, 9),
    status=st.sampled_from([None, "active", "blocked", "withdrawn"]),
)


def known_of(wanted: RegisterCard) -> Card:
    outcome = compare(wanted, None, {})
    assert isinstance(outcome, New)
    return outcome.card


def test_a_new_card_gets_its_twelve_months_and_is_active() -> None:
    assert known_of(BARE).valid_until == last_day(DAY)
    assert known_of(BARE).status == "active"


def test_a_trial_ends_the_cards_of_its_area_unless_the_file_says_otherwise() -> None:
    trials = {"Rovaniemi": date(2026, 6, 30)}
    new = compare(BARE, None, trials)
    assert isinstance(new, New)
    assert new.card.valid_until == date(2026, 6, 30)
    said = compare(replace(BARE, valid_until=date(2026, 12, 1)), None, trials)
    assert isinstance(said, New)
    assert said.card.valid_until == date(2026, 12, 1)
    assert compare(BARE, None, {"Tornio": date(2026, 6, 30)}) == New(known_of(BARE))
    with pytest.raises(RowError, match="after the area's trial ended"):
        compare(BARE, None, {"Rovaniemi": date(2025, 12, 31)})


def test_a_block_and_a_renewal_stay_where_the_file_says_nothing() -> None:
    known = replace(known_of(BARE), status="blocked", valid_until=date(2027, 8, 1), max_children=3)
    assert compare(BARE, known, {"Rovaniemi": date(2026, 1, 2)}) == UNCHANGED
    said = compare(replace(BARE, status="active"), known, {})
    assert said == Changed(replace(known, status="active"), ("status",))


def test_another_day_of_issue_is_another_twelve_months() -> None:
    outcome = compare(replace(BARE, issued_on=date(2026, 3, 1)), known_of(BARE), {})
    assert isinstance(outcome, Changed)
    assert outcome.columns == ("issued_on", "valid_until")
    assert outcome.card.valid_until == date(2027, 2, 28)


def test_a_lost_card_does_not_come_back_by_a_file_that_still_names_it() -> None:
    known = replace(known_of(BARE), status="blocked")
    assert compare(replace(BARE, status="active"), known, {}, replaced=True) == UNCHANGED


def test_an_erased_card_stays_erased_and_an_undone_one_is_new() -> None:
    for status in FORGOTTEN:
        assert compare(card(1), replace(known_of(BARE), status=status), {}) == ERASED
    assert isinstance(compare(card(1), replace(known_of(BARE), status="undone"), {}), New)


@given(wanted=WANTED, known=st.none() | KNOWN, replaced=st.booleans())
def test_the_same_file_again_changes_nothing(
    wanted: RegisterCard, known: Card | None, replaced: bool
) -> None:
    outcome = compare(wanted, known, {}, replaced=replaced and known is not None)
    after = outcome.card if isinstance(outcome, New | Changed) else known
    assert compare(wanted, after, {}, replaced=replaced and known is not None) == UNCHANGED


@given(wanted=WANTED, known=KNOWN)
def test_what_is_told_as_changed_is_what_differs(wanted: RegisterCard, known: Card) -> None:
    outcome = compare(wanted, known, {})
    after = outcome.card if isinstance(outcome, Changed) else known
    differs = {name for name in Card.__dataclass_fields__ if getattr(after, name) != getattr(known, name)}
    assert set(outcome.columns if isinstance(outcome, Changed) else ()) == differs


@pytest.mark.parametrize("status", ["active", "blocked", "withdrawn", "undone", "gone", "barred"])
def test_every_state_is_met(status: StoredStatus) -> None:
    compare(BARE, replace(known_of(BARE), status=status), {})
