"""Lists that are older than what the register knows: they shorten, open and withdraw nothing by mistake."""

from dataclasses import replace
from datetime import date
from typing import Final

import pytest

from server.adapters.card_import import CardImports, imports_in
from server.adapters.card_spool import CardSpool
from server.adapters.card_undo import CardUndo
from server.domain.history import Wish
from server.domain.outcome import MostGone, Outcome
from server.domain.register import RegisterCard
from tests.server.adapters.test_gone_cards import status
from tests.server.adapters.test_what_imports_leave import dry, ends
from tests.server.adapters.year_of_visits import code, desk
from tests.server.cards import NOW, SOURCE, card, import_cards
from tests.server.kiosk import LIST_KEY
from tests.server.stored_fleet import Fleet

REOPEN: Final = Wish(reopen=True)
WITHDRAW: Final = Wish("withdraw")


def take(fleet: Fleet, wanted: list[RegisterCard], wish: Wish = Wish()) -> Outcome:  # noqa: B008  (frozen)
    """The dry run said the same."""
    said = dry(fleet, wanted, wish)
    done = import_cards(fleet.database, LIST_KEY, wanted, wish)
    assert replace(said, import_id=done.import_id) == done
    return done


def of_year(year: int, *numbers: int) -> list[RegisterCard]:
    first, last = date(year, 1, 1), date(year, 12, 31)
    return [replace(card(number), issued_on=first, valid_until=last) for number in numbers]


def test_last_years_list_ends_no_card_of_this_year(fleet: Fleet) -> None:
    take(fleet, of_year(2026, 1, 2))
    done = take(fleet, of_year(2025, 1, 2, 3))
    assert (done.new, done.changed, done.older.rows, done.older.done) == (1, 0, 2, 0)
    assert (ends(fleet, 1), ends(fleet, 3)) == (date(2026, 12, 31), date(2025, 12, 31))
    asked = take(fleet, of_year(2025, 1, 2), Wish(shorten=True))
    assert (asked.changed, asked.older.done, ends(fleet, 1)) == (2, 2, date(2025, 12, 31))


def test_an_older_row_says_no_more_than_that_a_card_is_shut(fleet: Fleet) -> None:
    known = replace(card(1, distributor="Mielitiimi"), issued_on=date(2026, 6, 1))
    take(fleet, [known])
    older = replace(card(1, status="active"), kind="community", area="Kemi", max_children=9)
    done = take(fleet, [older])
    assert (done.changed, done.older.kept, done.older.first()[0].columns) == (
        0,
        1,
        (("issued_on", "2026-06-01", "2026-01-01"),),
    )
    shut = take(fleet, [replace(older, status="blocked")])
    assert (shut.changed, shut.columns, shut.older.kept) == (1, {"status": 1}, 1)
    found = desk(fleet).find(code(1)).card
    assert (found.distributor, found.area, found.kind, found.issued_on, found.status) == (
        "Mielitiimi",
        "Rovaniemi",
        "personal",
        date(2026, 6, 1),
        "blocked",
    )


def test_a_card_that_went_to_another_is_not_withdrawn_by_the_first_one_s_lists(fleet: Fleet) -> None:
    take(fleet, of_year(2025, 1, 2))
    take(fleet, [replace(one, distributor="Mielitiimi") for one in of_year(2026, 1)])
    take(fleet, of_year(2025, 1, 2))
    done = take(fleet, of_year(2026, 2), WITHDRAW)
    assert (done.withdrawn, status(fleet, 1)) == (0, "active")


def test_a_list_of_before_a_renewal_does_not_end_it(fleet: Fleet) -> None:
    take(fleet, [card(1)])
    desk(fleet).renew(code(1), None, "web")
    before = replace(card(1), issued_on=date(2026, 4, 1), valid_until=date(2027, 3, 31))
    assert take(fleet, [before]).older.kept == 1
    after = replace(card(1), issued_on=date(2026, 11, 25), valid_until=date(2027, 3, 31))
    assert (take(fleet, [after]).changed, ends(fleet)) == (1, date(2027, 3, 31))


def test_a_list_puts_its_own_last_day_right(fleet: Fleet) -> None:
    take(fleet, [card(1)])
    done = take(fleet, [card(1, valid_until=date(2026, 12, 1))])
    assert (done.changed, done.older.rows, ends(fleet)) == (1, 0, date(2026, 12, 1))


@pytest.mark.parametrize(
    "shut",
    ["blocked", "withdrawn", "blocked, then withdrawn", "reinstated as blocked", "then withdrawn by a list"],
)
def test_what_the_desk_shut_is_opened_by_no_list_that_is_not_asked_to(fleet: Fleet, shut: str) -> None:
    take(fleet, [card(1), card(2)])
    at_desk = desk(fleet)
    if shut != "withdrawn":
        at_desk.block(code(1), "web")
    if shut == "then withdrawn by a list":
        take(fleet, [card(1, status="withdrawn")])
    elif shut != "blocked":
        at_desk.withdraw(code(1), "web")
    if shut == "reinstated as blocked":
        at_desk.reinstate(code(1), "web")
    was = status(fleet, 1)
    longer = [card(1, valid_until=date(2027, 1, 31)), card(2)]
    done = take(fleet, longer)
    assert (done.changed, done.columns, done.reopening.kept) == (1, {"valid_until": 1}, 1)
    assert (status(fleet, 1), ends(fleet)) == (was, date(2027, 1, 31)), "the rest of the row is done"
    assert done.reopening.first()[0].columns == (("status", was, "active"),)
    assert take(fleet, longer).changed == 0
    asked = take(fleet, longer, REOPEN)
    assert (asked.changed, asked.reopening.done, status(fleet, 1)) == (1, 1, "active")
    with fleet.database.reading() as connection:
        told = [(one.reopens, one.reopened) for one in imports_in(connection)]
    assert [counts for counts in told if counts != (0, 0)] == [(1, 1), (1, 0), (1, 0)]


def test_a_list_opens_what_lists_shut_or_what_was_let_in_again_and_shut_by_a_list(fleet: Fleet) -> None:
    take(fleet, [card(1, status="blocked"), card(2), card(3)])
    take(fleet, [card(2)], Wish("withdraw", withdraw_most=True))
    desk(fleet).block(code(2), "web")
    desk(fleet).unblock(code(2), "web")
    take(fleet, [card(2, status="blocked")])
    done = take(fleet, [card(1), card(2), card(3)])
    assert (done.changed, done.reopening.rows) == (3, 0)
    assert [status(fleet, number) for number in (1, 2, 3)] == ["active"] * 3


def test_who_shut_a_card_is_not_forgotten_over_an_import_that_was_undone(fleet: Fleet) -> None:
    take(fleet, [card(1)])
    desk(fleet).block(code(1), "web")
    opened = take(fleet, [card(1)], REOPEN)
    assert opened.import_id is not None
    CardUndo(fleet.database, lambda: NOW).undo(opened.import_id, "cli")
    assert (status(fleet, 1), take(fleet, [card(1)]).reopening.kept) == ("blocked", 1)


def test_a_part_of_a_list_withdraws_nobody(fleet: Fleet) -> None:
    whole = [card(number) for number in range(1, 6)]
    take(fleet, whole)
    other = [card(number, distributor="Mielitiimi") for number in (8, 9)]
    take(fleet, other)
    said = dry(fleet, [*whole[:2], other[0]], WITHDRAW)
    assert said.most_gone == ((("Rovaniemi", "Seurakunta"), 3, 5),), (
        "half of the other's is no more than half"
    )
    with pytest.raises(MostGone, match="lacks 3 of the 5 cards of Seurakunta"):
        import_cards(fleet.database, LIST_KEY, whole[:2], WITHDRAW)
    assert [status(fleet, number) for number in range(1, 6)] == ["active"] * 5
    assert take(fleet, whole[:3], WITHDRAW).withdrawn == 2
    assert take(fleet, whole[:1], Wish("withdraw", withdraw_most=True)).withdrawn == 2


def test_what_goes_by_itself_is_no_sign_of_half_a_list(fleet: Fleet) -> None:
    over = [card(number, valid_until=date(2026, 6, 1)) for number in range(1, 5)]
    take(fleet, [*over, card(5), card(6)])
    desk(fleet).withdraw(code(6), "web")
    assert take(fleet, [card(5)], WITHDRAW).most_gone == ()


def test_it_is_asked_again_under_the_lock(fleet: Fleet) -> None:
    take(fleet, [card(1), card(2)])
    with CardSpool(LIST_KEY, NOW.date()) as spool:
        assert spool.add(2, card(1)) is None
        said = CardImports(fleet.database, lambda: NOW).dry_run(spool, Outcome(rows=1), WITHDRAW)
        assert said.most_gone == ()
        take(fleet, [card(3)])
        with pytest.raises(MostGone):
            CardImports(fleet.database, lambda: NOW).take(spool, Outcome(rows=1), SOURCE, WITHDRAW)
