"""What an import leaves alone unless it is asked: last days given at the desk, and cards that are over."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from server.adapters.card_import import CardImports, imports_in
from server.adapters.card_spool import CardSpool
from server.adapters.card_undo import CardUndo
from server.adapters.database import Database
from server.domain.history import Wish
from server.domain.outcome import Outcome
from server.domain.register import RegisterCard
from tests.server.adapters.year_of_visits import code, desk
from tests.server.cards import NOW, SOURCE, card, import_cards
from tests.server.kiosk import LIST_KEY
from tests.server.stored_fleet import Fleet

SHORT, LONG = date(2026, 12, 31), date(2027, 11, 23)
SHORTEN = Wish(shorten=True)


def ends(fleet: Fleet, number: int = 1) -> date:
    return desk(fleet).find(code(number)).card.valid_until


def dry(fleet: Fleet, wanted: list[RegisterCard], wish: Wish) -> Outcome:
    with CardSpool(LIST_KEY, NOW.date()) as spool:
        for row, one in enumerate(wanted, start=2):
            assert spool.add(row, one) is None
        return CardImports(fleet.database, lambda: NOW).dry_run(spool, Outcome(rows=spool.rows), wish)


def told(outcome: Outcome) -> tuple[int, int, int, int]:
    return outcome.changed, outcome.unchanged, outcome.older.rows, outcome.older.done


@pytest.mark.parametrize("wish", [Wish(), SHORTEN])
def test_a_file_does_not_shorten_what_was_renewed_here_unless_it_is_asked_to(
    fleet: Fleet, wish: Wish
) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1), card(2)])
    desk(fleet).renew(code(1), None, "web")
    wanted = [card(1), card(2)]
    said = dry(fleet, wanted, wish)
    (example,) = said.older.first()
    assert (example.row, example.columns) == (2, (("valid_until", "2027-11-23", "2026-12-31"),))
    done = import_cards(fleet.database, LIST_KEY, wanted, wish)
    assert told(said) == told(done) == ((1, 1, 1, 1) if wish.shorten else (0, 1, 1, 0))
    assert ends(fleet) == (SHORT if wish.shorten else LONG)
    with fleet.database.reading() as connection:
        newest = imports_in(connection)[0]
    assert (newest.shortens, newest.shortened) == (1, int(wish.shorten))


def test_the_rest_of_such_a_row_is_done(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1)])
    desk(fleet).renew(code(1), None, "web")
    done = import_cards(fleet.database, LIST_KEY, [card(1, status="blocked")])
    assert told(done) == (1, 0, 1, 0)
    assert (ends(fleet), desk(fleet).find(code(1)).card.status) == (LONG, "blocked")
    assert done.first_examples()[0].columns == (("status", "active", "blocked"),)


def test_a_file_that_lengthens_issues_anew_or_shortens_its_own_is_taken(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1), card(2), card(3)])
    for number in (1, 2):
        desk(fleet).renew(code(number), None, "web")
    anew = replace(card(2), issued_on=date(2026, 11, 25), valid_until=date(2027, 5, 31))
    wanted = [card(1, valid_until=date(2028, 1, 1)), anew, card(3, valid_until=date(2026, 12, 1))]
    assert told(import_cards(fleet.database, LIST_KEY, wanted)) == (3, 0, 0, 0)
    later = import_cards(fleet.database, LIST_KEY, [card(1)])
    assert told(later) == (1, 0, 0, 0), "the day was a list's by then"


def test_a_day_is_of_the_desk_after_an_undone_import_and_on_a_card_for_a_lost_one(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1)])
    desk(fleet).renew(code(1), None, "web")
    done = import_cards(fleet.database, LIST_KEY, [card(1)], SHORTEN)
    assert done.import_id is not None
    CardUndo(fleet.database, lambda: NOW).undo(done.import_id, "cli")
    assert told(import_cards(fleet.database, LIST_KEY, [card(1)])) == (0, 0, 1, 0)
    desk(fleet).replace(code(1), code(6), "web")
    assert told(import_cards(fleet.database, LIST_KEY, [card(6)])) == (0, 0, 1, 0)
    assert ends(fleet, 6) == LONG


def test_cards_that_have_expired_are_not_withdrawn_and_told_apart(fleet: Fleet) -> None:
    today = date(2026, 11, 24)
    days = [date(2026, 6, 1), date(2026, 11, 23), today, SHORT]
    import_cards(fleet.database, LIST_KEY, [card(n, valid_until=day) for n, day in enumerate(days, start=1)])
    import_cards(fleet.database, LIST_KEY, [card(5)])
    kept = import_cards(fleet.database, LIST_KEY, [card(5)])
    assert (kept.gone, kept.withdrawn, kept.expired) == (2, 0, 2)
    done = import_cards(fleet.database, LIST_KEY, [card(5)], Wish("withdraw", withdraw_most=True))
    assert (done.gone, done.withdrawn, done.expired) == (2, 2, 2)
    statuses = [desk(fleet).find(code(number)).card.status for number in range(1, 5)]
    assert statuses == ["active", "active", "withdrawn", "withdrawn"]


def test_the_day_is_that_of_the_fleet(database: Database) -> None:
    import_cards(database, LIST_KEY, [card(1, valid_until=date(2026, 11, 24)), card(5)])
    with CardSpool(LIST_KEY) as spool:
        spool.add(2, card(5))
        tonight = NOW.replace(hour=22, minute=30)  # half past midnight in Finland
        imports = CardImports(database, lambda: tonight, ZoneInfo("Europe/Helsinki"))
        done = imports.take(spool, Outcome(rows=1), SOURCE, Wish("withdraw", withdraw_most=True))
    assert (done.gone, done.expired) == (0, 1)
