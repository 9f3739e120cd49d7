"""Visits that came in without their card are matched when the register gets it, on both databases."""

import re
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import event, select

from agent.wire.records import Scan
from server.adapters.card_desk import StoredDesk
from server.adapters.card_import import imports_in
from server.adapters.card_undo import CardUndo
from server.adapters.clock import utc_now
from server.adapters.database import Database
from server.adapters.facts import Delivery, FactWriter
from server.adapters.places import places_of
from server.adapters.record_tables import records, rollups, visits
from server.domain.arrivals import BatchArrived
from server.domain.matching import Matched
from tests.server.cards import NOW, card, import_cards
from tests.server.kiosk import (
    KIOSK,
    LIST_KEY,
    batch,
    by_hand,
    correction,
    open_code,
    opened,
    pair,
    refused,
    scan,
    sealed,
)
from tests.server.stored_fleet import HELSINKI, Fleet


def unknown(seq: int, number: int, *, at: datetime = NOW, children: int = 0) -> Scan:
    """Let in without being on the list."""
    row = scan(seq, verdict="unchecked", code_sealed=sealed(f"A{number:09}"), at=at, children=children)
    return msgspec.structs.replace(row, reason="unlisted")


def facts(database: Database) -> list[tuple[Any, ...]]:
    columns = (records.c.digest, records.c.body, visits.c.verdict, visits.c.reason, visits.c.code)
    with database.reading() as connection:
        found = select(*columns).join(visits, visits.c.record_id == records.c.id).order_by(records.c.id)
        return [tuple(row) for row in connection.execute(found)]


def totals(database: Database) -> list[tuple[Any, ...]]:
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(rollups).order_by(*rollups.primary_key))]


def kinds(database: Database) -> list[tuple[str, bool]]:
    """Kind of each visit, and whether the register has its card."""
    with database.reading() as connection:
        rows = connection.execute(select(visits.c.kind, visits.c.card_id).order_by(visits.c.record_id))
        return [(kind, card_id is not None) for kind, card_id in rows]


def split(fleet: Fleet) -> tuple[int, int, int]:
    row = fleet.today()
    assert row is not None
    return row.visits, row.unchecked, row.matched


def test_visits_are_matched_when_the_list_brings_their_card_and_the_facts_stay(fleet: Fleet) -> None:
    fleet.send(batch([opened(), unknown(1, 1, children=2), unknown(2, 1), unknown(3, 2), unknown(4, 9)]))
    before = facts(fleet.database)
    done = import_cards(fleet.database, LIST_KEY, map(card, range(5)))
    assert done.matched == Matched(visits=3, cards=2, refused=0)
    assert kinds(fleet.database) == [("personal", True)] * 3 + [("unknown", False)]
    assert split(fleet) == (4, 4, 3)
    assert facts(fleet.database) == before
    assert fleet.agrees()
    with fleet.database.reading() as connection:
        (one,) = imports_in(connection)
    assert (one.matched_visits, one.matched_cards, one.matched_refused) == (3, 2, 0)
    words = [(row.verdict, row.matched) for row in fleet.figures.overview().latest]
    assert words == [("unchecked", False)] + [("unchecked", True)] * 3


def test_it_is_told_how_many_the_register_would_not_have_let_in_that_day(fleet: Fleet) -> None:
    early = NOW - timedelta(days=60)
    rows = [unknown(1, 4, at=early), unknown(2, 2), unknown(3, 3), unknown(4, 1), unknown(5, 1, at=early)]
    fleet.send(batch([opened(), *rows]))
    cards = [card(1, valid_until=date(2026, 11, 1)), card(2, status="blocked"), card(3, status="withdrawn")]
    cards.append(replace(card(4), issued_on=date(2026, 11, 1)))
    done = import_cards(fleet.database, LIST_KEY, cards)
    assert done.matched == Matched(visits=5, cards=4, refused=4)
    with fleet.database.reading() as connection:
        assert connection.scalars(select(visits.c.counted)).all() == [True] * 5, "nothing is judged anew"
    assert fleet.agrees()


def test_an_undone_import_unmatches_to_the_same_figures_as_before(fleet: Fleet) -> None:
    fleet.send(batch([opened(), unknown(1, 1), unknown(2, 2), scan(3, code_sealed=sealed("A000000001"))]))
    before = totals(fleet.database), kinds(fleet.database)
    for _ in range(2):
        done = import_cards(fleet.database, LIST_KEY, map(card, range(5)))
        assert done.matched.visits == 2
        assert kinds(fleet.database) == [("personal", True)] * 3
        assert done.import_id is not None
        CardUndo(fleet.database, lambda: NOW).undo(done.import_id, "cli")
        assert (totals(fleet.database), kinds(fleet.database)) == before
        assert fleet.agrees()


def test_a_visit_that_comes_after_its_card_is_matched_as_it_comes(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1)])
    rows = batch([opened(), unknown(1, 1), scan(2, code_sealed=sealed("A000000001")), unknown(3, 2)])
    fleet.send(rows)
    fleet.send(rows)
    assert kinds(fleet.database) == [("personal", True), ("personal", True), ("unknown", False)]
    assert split(fleet) == (3, 2, 1)
    assert fleet.agrees()


def test_the_order_of_list_and_visits_makes_no_difference_to_the_totals(fleet: Fleet) -> None:
    first = batch([opened(), unknown(1, 1), unknown(2, 2, children=3)])
    again = batch([opened(), unknown(1, 1), unknown(2, 2, children=3)], number=2)
    fleet.send(first)
    import_cards(fleet.database, LIST_KEY, [card(1), card(2)])
    once = totals(fleet.database)
    fleet.send(again)
    twice = totals(fleet.database)
    assert [row[:5] for row in once] == [row[:5] for row in twice]
    assert [[2 * value for value in row[5:]] for row in once] == [list(row[5:]) for row in twice]


def test_whom_the_staff_let_in_with_a_card_that_was_not_listed_is_matched_with_the_scan(
    fleet: Fleet,
) -> None:
    stopped = msgspec.structs.replace(refused(1, code_sealed=sealed("A000000001")), reason="unlisted")
    fleet.send(batch([opened(), stopped, by_hand(2, 1, children=1)]))
    done = import_cards(fleet.database, LIST_KEY, [card(1)])
    assert done.matched == Matched(visits=1, cards=1, refused=0), "the refused scan is no visit"
    assert kinds(fleet.database) == [("personal", True), ("personal", True)]
    fleet.send(batch([correction(3, 2, None)]))
    assert totals(fleet.database) == []
    assert fleet.agrees()


def test_an_adoption_and_a_correction_after_the_match_keep_the_card(fleet: Fleet) -> None:
    stopped = msgspec.structs.replace(refused(1, code_sealed=sealed("A000000001")), reason="unlisted")
    fleet.send(batch([opened(), stopped, unknown(2, 1)]))
    import_cards(fleet.database, LIST_KEY, [card(1)])
    fleet.send(batch([by_hand(3, 1), correction(4, 2, scan(1, children=4).party)]))
    assert kinds(fleet.database) == [("personal", True)] * 3
    assert split(fleet) == (2, 1, 1)
    assert fleet.agrees()


def test_a_card_that_takes_the_place_of_a_lost_one_brings_its_visits_too(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1)])
    fleet.send(batch([opened(), unknown(1, 7)]))
    desk = StoredDesk(fleet.database, LIST_KEY, re.compile("A[0-9]{9}"), HELSINKI, utc_now)
    desk.replace("A000000001", "A000000007", "cli")
    assert kinds(fleet.database) == [("personal", True)]
    assert split(fleet) == (1, 1, 1)
    assert fleet.agrees()


def test_a_card_that_changes_later_takes_no_past_visit_along(fleet: Fleet) -> None:
    fleet.send(batch([opened(), unknown(1, 1)]))
    import_cards(fleet.database, LIST_KEY, [card(1)])
    before = totals(fleet.database)
    moved = import_cards(fleet.database, LIST_KEY, [card(1, distributor="Mielitiimi")])
    assert moved.matched == Matched()
    assert totals(fleet.database) == before
    assert fleet.agrees()


def test_verify_sees_a_visit_that_was_not_matched(fleet: Fleet) -> None:
    fleet.send(batch([opened(), unknown(1, 1)]))
    import_cards(fleet.database, LIST_KEY, [card(1)])
    with fleet.database.writing() as connection:
        connection.execute(visits.update().values(card_id=None))
    assert not fleet.agrees()


def test_sqlite_reads_the_unmatched_visits_and_not_all_of_them(fleet: Fleet) -> None:
    fleet.send(batch([opened(), unknown(1, 1)]))
    asked: list[tuple[str, Any]] = []

    def note(*call: Any) -> None:  # noqa: ANN401  (SQLAlchemy's own)
        asked.append((call[2], call[3]))

    event.listen(fleet.database.engine, "before_cursor_execute", note)
    import_cards(fleet.database, LIST_KEY, [card(1)])
    event.remove(fleet.database.engine, "before_cursor_execute", note)
    matching = [(words, values) for words, values in asked if re.search(r"\bvisits\.", words)]
    assert len(matching) == 3
    with fleet.database.reading() as connection:
        if connection.dialect.name != "sqlite":
            return
        for words, values in matching:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values)
            plan = " ".join(str(row) for row in rows)
            assert "ix_visits_unmatched" in plan, plan
            assert "SCAN cards" not in plan, plan


def test_days_are_those_of_the_venue(fleet: Fleet) -> None:
    """Issued on the 1st of January: half past midnight there is still the old year in UTC."""
    night = datetime(2025, 12, 31, 22, 30, tzinfo=NOW.tzinfo)
    fleet.send(batch([opened(night), unknown(1, 1, at=night)], clock=pair(night)), at=night)
    assert import_cards(fleet.database, LIST_KEY, [card(1)]).matched.refused == 0
    with fleet.database.reading() as connection:
        assert connection.scalars(select(visits.c.day)).all() == [date(2026, 1, 1)]


def test_a_visit_and_its_card_that_come_at_once_do_not_pass_each_other(fleet: Fleet) -> None:
    """Ingest has looked for the card and not committed when the import looks for its visits."""
    arrived = BatchArrived(KIOSK, NOW, batch([opened(), unknown(1, 1)]))
    with ThreadPoolExecutor() as pool:
        with fleet.database.writing() as connection:
            place = places_of(connection, [KIOSK])[KIOSK]
            FactWriter(open_code, HELSINKI).write(connection, "", [Delivery(arrived, place)])
            coming = pool.submit(import_cards, fleet.database, LIST_KEY, [card(1)])
            wait([coming], timeout=2)
            assert not coming.done()
        assert coming.result().matched == Matched(visits=1, cards=1)
    assert fleet.agrees()
