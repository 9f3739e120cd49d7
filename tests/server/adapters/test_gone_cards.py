"""Cards that a file no longer has, and cards that it may be too old to have."""

from dataclasses import replace
from datetime import date
from typing import Final

import pytest

from server.adapters.card_desk import StoredDesk
from server.adapters.card_import import imports_in
from server.domain.desk import CardRefused
from server.domain.history import Wish
from server.domain.outcome import Missing, Outcome
from server.domain.register import RegisterCard
from tests.server.adapters.test_what_imports_leave import dry
from tests.server.adapters.year_of_visits import PATTERN, code, desk
from tests.server.cards import NOW, card, import_cards
from tests.server.kiosk import LIST_KEY
from tests.server.stored_fleet import HELSINKI, Fleet

WITHDRAW: Final = Wish("withdraw", withdraw_most=True)
TODAY: Final = date(2026, 11, 24)


def status(fleet: Fleet, number: int) -> str:
    return desk(fleet).find(code(number)).card.status


def issued(number: int, on: date) -> RegisterCard:
    return replace(card(number), issued_on=on)


def take(fleet: Fleet, wanted: list[RegisterCard]) -> Outcome:
    """The dry run said the same."""
    said = dry(fleet, wanted, WITHDRAW)
    done = import_cards(fleet.database, LIST_KEY, wanted, WITHDRAW)
    assert replace(said, import_id=done.import_id) == done
    return done


def test_the_card_that_the_desk_gave_for_a_lost_one_is_not_withdrawn_by_an_older_list(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1), card(2), card(3)])
    desk(fleet).replace(code(1), code(7), "web")
    done = take(fleet, [card(1), card(2)])
    assert (done.gone, done.withdrawn, done.newer) == (1, 1, 1)
    assert [status(fleet, number) for number in (7, 1, 3)] == ["active", "blocked", "withdrawn"]
    with fleet.database.reading() as connection:
        assert (imports_in(connection)[0].withdrawn, imports_in(connection)[0].newer) == (1, 1)


def test_a_newer_list_withdraws_it_unless_it_still_has_the_lost_one(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1), card(2)])
    desk(fleet).replace(code(1), code(7), "web")
    later = [issued(9, date(2026, 11, 25)), card(2)]
    tomorrow = NOW.replace(day=26)
    kept = import_cards(fleet.database, LIST_KEY, [*later, card(1)], WITHDRAW, now=tomorrow)
    assert (kept.gone, kept.newer, status(fleet, 7)) == (0, 1, "active")
    done = import_cards(fleet.database, LIST_KEY, later, WITHDRAW, now=tomorrow)
    assert (done.gone_from, status(fleet, 7)) == ({("Rovaniemi", "Seurakunta"): 2}, "withdrawn")


def test_what_was_issued_or_renewed_after_the_lists_newest_card_stays(fleet: Fleet) -> None:
    there = [card(1), issued(2, date(2026, 9, 1)), issued(3, date(2026, 9, 2)), card(4)]
    import_cards(fleet.database, LIST_KEY, there)
    desk(fleet).renew(code(4), None, "web")
    done = take(fleet, [issued(9, date(2026, 9, 1))])
    assert (done.withdrawn, done.newer) == (2, 2)
    assert [status(fleet, n) for n in (1, 2, 3, 4)] == ["withdrawn", "withdrawn", "active", "active"]


def test_a_day_to_come_makes_no_list_newer_than_today(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1)])
    desk(fleet).renew(code(1), None, "web")
    assert take(fleet, [replace(issued(9, date(2062, 1, 1)), valid_until=None)]).newer == 1


def test_a_day_to_come_makes_an_old_list_no_newer_than_its_other_cards(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1), issued(2, date(2026, 9, 2)), issued(3, TODAY)])
    slip = replace(issued(8, date(2027, 1, 1)), valid_until=None)
    assert (take(fleet, [slip]).newer, status(fleet, 1)) == (3, "active")
    done = take(fleet, [issued(9, date(2026, 9, 1)), slip])
    assert (done.withdrawn, done.newer) == (1, 2)
    assert [status(fleet, n) for n in (1, 2, 3)] == ["withdrawn", "active", "active"]


def test_the_day_of_the_desk_is_that_of_the_fleet(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1)])
    tonight = NOW.replace(day=23, hour=22, minute=30)  # it is the 24th in Finland
    StoredDesk(fleet.database, LIST_KEY, PATTERN, HELSINKI, lambda: tonight).renew(code(1), None, "web")
    wanted = [issued(9, TODAY)]
    assert import_cards(fleet.database, LIST_KEY, wanted, WITHDRAW).newer == 0
    desk(fleet).reinstate(code(1), "web")
    assert import_cards(fleet.database, LIST_KEY, wanted, WITHDRAW).newer == 1


def test_a_dry_run_names_the_cards_of_each_distributor_by_their_masked_codes(fleet: Fleet) -> None:
    there = [*map(card, range(150)), card(200, distributor="Mielitiimi"), issued(300, TODAY)]
    import_cards(fleet.database, LIST_KEY, there)
    said = dry(fleet, [card(0), card(201, distributor="Mielitiimi")], WITHDRAW)
    assert said.gone_from == {("Rovaniemi", "Seurakunta"): 149, ("Rovaniemi", "Mielitiimi"): 1}
    assert said.newer_from == {("Rovaniemi", "Seurakunta"): 1}
    assert len(said.gone_cards) == 100
    last = date(2026, 12, 31)
    assert said.newer_cards == [Missing("Rovaniemi", "Seurakunta", "A•••••••00", TODAY, last)]


@pytest.mark.parametrize("blocked", [False, True])
def test_a_card_withdrawn_by_mistake_is_what_it_was_and_stays_so_for_the_same_list(
    fleet: Fleet, blocked: bool
) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1), card(2)])
    if blocked:
        desk(fleet).block(code(1), "web")
    take(fleet, [card(2)])
    view = desk(fleet).reinstate(code(1), "cli")
    was = "blocked" if blocked else "active"
    assert (view.card.status, view.history[0].what) == (was, "reinstated")
    assert view.history[0].columns == (("status", "withdrawn", was),)
    assert (take(fleet, [card(2)]).newer, status(fleet, 1)) == (1, was)


def test_a_lost_card_is_not_taken_back_into_use(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1), card(2)])
    desk(fleet).replace(code(1), code(7), "web")
    take(fleet, [card(2), card(7)])
    assert (status(fleet, 1), desk(fleet).find(code(1)).may) == ("withdrawn", frozenset())
    with pytest.raises(CardRefused, match="took the place"):
        desk(fleet).reinstate(code(1), "cli")
