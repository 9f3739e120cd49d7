"""What an import would have found and made, had no undone import ever been."""

from dataclasses import replace
from datetime import UTC, date, datetime

from server.domain.history import What
from server.domain.register import Card
from server.domain.standing import (
    CardStep,
    Standing,
    is_shut_here,
    last_day_made,
    standing,
    status_before_withdrawal,
    unsaid,
)

OPEN = Card(
    kind="personal",
    distributor="A",
    area="Oulu",
    issued_on=date(2026, 1, 1),
    valid_until=date(2026, 12, 31),
    max_children=None,
    status="active",
)
SHUT = replace(OPEN, status="blocked")


def steps(*of: tuple[Card, int | None, What, bool], first: Card | None = OPEN) -> list[CardStep]:
    """Each by what came of it."""
    found, before = [], first
    for revision, (after, number, what, was_undone) in enumerate(of, start=2):
        found.append(
            CardStep(
                before=before,
                after=after,
                what=what,
                at=datetime(2026, 1, revision, tzinfo=UTC),
                revision=revision,
                import_id=number,
                was_undone=was_undone,
            )
        )
        before = after
    return found


def test_what_an_undone_import_had_made_is_stepped_over() -> None:
    way = steps((SHUT, 1, "imported", False), (OPEN, 2, "imported", True), (SHUT, 3, "imported", False))
    assert standing(way, 3) == Standing(SHUT, SHUT)


def test_a_whole_chain_of_undone_imports_is_stepped_over() -> None:
    way = steps(
        (SHUT, 1, "imported", True),
        (replace(SHUT, max_children=2), 2, "imported", True),
        (replace(OPEN, max_children=2), 3, "imported", False),
    )
    assert standing(way, 3) == Standing(OPEN, OPEN)


def test_what_was_done_by_hand_meanwhile_is_kept() -> None:
    until = date(2027, 6, 30)
    way = steps(
        (SHUT, 1, "imported", True),
        (replace(SHUT, valid_until=until), None, "renewed", False),
        (replace(OPEN, valid_until=until), 2, "imported", False),
    )
    found = replace(OPEN, valid_until=until)
    assert standing(way, 2) == Standing(found, found)


def test_the_end_of_a_trial_goes_with_the_import_that_brought_the_card_to_its_area() -> None:
    there = replace(OPEN, area="Kemi")
    way = steps(
        (there, 1, "imported", True),
        (replace(there, valid_until=date(2027, 3, 31)), None, "trial_moved", False),
        (OPEN, 2, "imported", False),
    )
    assert standing(way, 2) == Standing(OPEN, OPEN)


def test_a_card_whose_first_import_was_undone_was_not_there_for_the_next_one() -> None:
    never = replace(OPEN, status="undone")
    way = steps((never, 1, "undone", True), (SHUT, 2, "imported", True), (never, 2, "undone", True))
    way += steps((OPEN, 3, "imported", False), first=never)
    assert standing(way, 3) == Standing(never, OPEN)


def test_a_card_that_took_another_one_s_place_begins_with_that() -> None:
    way = steps((OPEN, None, "replacement", False), (SHUT, 1, "imported", False), first=None)
    assert standing(way, 1) == Standing(OPEN, SHUT)


def test_what_an_import_brought_or_left_alone_has_no_before() -> None:
    assert standing([], 1) is None
    assert standing(steps((SHUT, 2, "imported", False)), 1) is None


def test_days_are_unsaid_that_nothing_else_has_said() -> None:
    first, other = date(2025, 5, 1), date(2025, 6, 1)
    days = [first, other, OPEN.issued_on, other]
    imports = enumerate(days, start=1)
    way = steps(*((replace(OPEN, issued_on=day), number, "imported", number == 2) for number, day in imports))
    assert unsaid(way, 1) == {first}
    assert unsaid(way[:3], 1) == {first, other}
    assert unsaid(way, 3) == set(), "the last one says what the second said"
    assert unsaid(way[:1], 2) == set()
    assert unsaid([], 1) == set()


OUT = replace(OPEN, status="withdrawn")
LONG = replace(OPEN, valid_until=date(2027, 6, 30))


def test_before_its_withdrawal_a_card_was_what_the_standing_steps_say() -> None:
    assert status_before_withdrawal([]) == "active"
    way = steps((SHUT, None, "blocked", False), (OUT, 1, "withdrawn", False))
    assert status_before_withdrawal(way) == "blocked"
    way = steps((OUT, 1, "imported", False), (SHUT, 2, "imported", True), (OUT, 2, "undone", True))
    assert status_before_withdrawal(way) == "active"


def test_who_shut_a_card_is_told_without_the_lists_that_were_taken_back() -> None:
    assert is_shut_here(steps((SHUT, None, "blocked", False), (OUT, 1, "withdrawn", False)))
    for opened_was_undone in (True, False):
        way = steps(
            (SHUT, None, "blocked", False),
            (OPEN, 1, "imported", opened_was_undone),
            (SHUT, 2, "imported", False),
        )
        assert is_shut_here(way) == opened_was_undone
    assert not is_shut_here(steps((SHUT, None, "replacement", False), first=None))


def test_whose_the_last_day_is_is_told_without_the_lists_that_were_taken_back() -> None:
    ways = [
        steps((LONG, None, "renewed", False)),
        steps((LONG, None, "renewed", False), (OPEN, 1, "imported", True), (LONG, 2, "imported", False)),
    ]
    for way in ways:
        assert last_day_made(way) == (way[0], OPEN.valid_until)
    way = steps((OPEN, None, "replacement", False), first=None)
    assert last_day_made(way) == (way[0], None)
    never = replace(OPEN, status="undone")
    way = steps((never, 1, "undone", True), (OPEN, None, "replacement", False))
    assert last_day_made(way) == (way[1], None), "the day is the same by chance"
    assert last_day_made(steps((SHUT, 1, "imported", False))) is None
