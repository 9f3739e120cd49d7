"""Dead letters on both databases: listed without content, and counted once when they are read."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select, text

from agent.wire.card_code import CardCode
from agent.wire.records import Digest, Record
from server.adapters.database import Database
from server.adapters.facts import FactWriter
from server.adapters.letters import PAGE, PIECE, StoredLetters
from server.adapters.record_tables import digests, epochs, records
from server.domain.arrivals import BatchArrived
from server.domain.figures import Reread
from server.ingest import UNTAKEN
from tests.server.adapters.dead_letters import LATER, LOST_KEY, letters
from tests.server.kiosk import (
    BOOT,
    KIOSK,
    NOW,
    batch,
    by_hand,
    correction,
    digest,
    epoch,
    follows,
    open_code,
    opened,
    refused,
    scan,
    sealed,
    stamp,
    stopwatch,
)
from tests.server.stored_fleet import HELSINKI, Fleet


def reasons(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.scalars(select(records.c.why).order_by(records.c.id)))


def test_a_letter_tells_whose_when_and_why_and_nothing_of_its_content(database: Database) -> None:
    fleet = Fleet(database)
    fleet.send(batch([opened(), b'{"seq":1,"type":"secret/1","venue":"v-secret"}']), at=NOW)
    found = fleet.figures.overview().letters
    assert found == replace(fleet.figures.letters(), as_of=found.as_of)
    (letter,) = found.page
    assert (letter.kiosk, letter.name, letter.venue_name) == (KIOSK, "Ovi", "Uimahalli")
    assert (letter.received_at, letter.epoch, letter.seq, found.total) == (NOW, epoch(1), 1, 1)
    assert letter.why.startswith("Invalid value")
    assert "secret" not in repr(found)


def test_a_letter_names_the_venue_where_its_kiosk_stood_when_it_came(database: Database) -> None:
    fleet = Fleet(database)
    fleet.send(batch([b"1"], first=1), at=NOW + timedelta(hours=1))
    fleet.places = type(fleet.places)(database, lambda: NOW + timedelta(hours=2))
    fleet.places.add_venue("Teatteri", "Rovaniemi", "culture", "Europe/Helsinki")
    fleet.places.add_kiosk(KIOSK, "Ovi", "v-teatteri")
    fleet.send(batch([b"2"], first=2), at=NOW + timedelta(hours=3))
    assert [letter.venue_name for letter in fleet.figures.letters().page] == ["Teatteri", "Uimahalli"]


def test_the_newest_letters_come_first_and_all_are_counted(database: Database) -> None:
    fleet = Fleet(database)
    for number in range(PAGE + 2):
        fleet.send(batch([LATER], first=1, number=number), at=NOW + timedelta(seconds=number))
    found = fleet.figures.letters()
    assert found.total == PAGE + 2
    assert [letter.epoch for letter in found.page] == [epoch(n) for n in range(PAGE + 1, 1, -1)]


def test_the_letters_are_told_page_by_page_each_once(database: Database) -> None:
    fleet = Fleet(database)
    rows = [LATER, *(b"%d" % n for n in range(2 * PAGE))]
    fleet.send(batch(rows, first=1), at=NOW)
    found = fleet.figures.letters()
    told, pages = list(found.page), 1
    while found.next is not None:
        fleet.send(batch([b"x"], first=1, number=pages + 1), at=NOW)  # what comes meanwhile moves no page
        found = fleet.figures.letters(found.next)
        told, pages = told + list(found.page), pages + 1
    assert pages == 3
    assert [letter.seq for letter in told] == list(range(2 * PAGE + 1, 0, -1))
    assert {letter.epoch for letter in told} == {epoch(1)}
    assert found.total == 2 * PAGE + 3
    assert fleet.figures.letters(1).page == ()


def test_a_last_page_that_is_full_is_followed_by_none(database: Database) -> None:
    fleet = Fleet(database)
    fleet.send(batch([b"%d" % n for n in range(PAGE)], first=1), at=NOW)
    assert (len(fleet.figures.letters().page), fleet.figures.letters().next) == (PAGE, None)


def test_with_its_key_again_every_letter_is_counted_once_as_if_it_had_been_read_at_once(
    database: Database,
) -> None:
    blind = Fleet(database, LOST_KEY)
    rows: list[Record | bytes] = [opened()]
    rows += [scan(seq, children=2, code_sealed=sealed(f"A{seq}")) for seq in range(1, PIECE + 2)]
    blind.send(batch(rows), at=NOW + timedelta(minutes=1))
    assert (blind.visits(), blind.figures.letters().total) == (0, PIECE + 1)
    assert letters(database).retry() == Reread(read=PIECE + 1, unread=0)
    seeing = Fleet(database, places=blind.places)
    today = seeing.today()
    assert today is not None
    assert (today.visits, today.children) == (PIECE + 1, 2 * (PIECE + 1))
    assert seeing.figures.letters().total == 0
    assert letters(database).retry() == Reread(read=0, unread=0)
    seeing.send(batch(rows))
    assert seeing.visits() == PIECE + 1
    assert seeing.agrees()


def test_what_is_still_unreadable_stays_a_letter_with_its_new_reason(database: Database) -> None:
    fleet = Fleet(database, LOST_KEY)
    fleet.store.write([BatchArrived(KIOSK, NOW, batch([LATER, scan(2)], first=1))], unread=UNTAKEN)
    assert reasons(database) == [UNTAKEN, UNTAKEN]
    assert letters(database, LOST_KEY).retry() == Reread(read=0, unread=2)
    assert [why.split()[0] for why in reasons(database)] == ["Invalid", "the"]
    assert "key" in reasons(database)[1]
    assert letters(database).retry() == Reread(read=1, unread=1)
    assert (fleet.visits(), fleet.figures.letters().total) == (1, 1)
    assert fleet.agrees()


def test_a_letter_is_dated_by_when_it_came_and_not_by_when_it_was_read(database: Database) -> None:
    fleet = Fleet(database, LOST_KEY)
    fleet.send(batch([scan(1, clock=stamp(NOW, synced=False, boot="lost"))]), at=NOW - timedelta(hours=2))
    letters(database).retry()
    (visit,) = fleet.figures.overview().latest
    assert (visit.seen_at, visit.quality) == (NOW - timedelta(hours=2), "bounded")


def test_an_opening_that_is_read_later_joins_its_epoch_to_the_one_before(database: Database) -> None:
    fleet = Fleet(database)
    fleet.store.write([BatchArrived(KIOSK, NOW, batch([follows(1, 41)], number=2))], unread=UNTAKEN)
    assert letters(database).retry() == Reread(read=1, unread=0)
    with database.reading() as connection:
        row = connection.execute(
            select(epochs.c.opened, epochs.c.previous_epoch, epochs.c.previous_last, epochs.c.boot_id)
        ).one()
    assert tuple(row) == (True, epoch(1), 41, BOOT)


def test_what_letters_say_of_others_is_done_when_they_are_read(database: Database) -> None:
    blind = Fleet(database)
    rows: list[Record | bytes] = [opened(), refused(1), by_hand(2, 1), scan(3), correction(4, 3, None)]
    blind.store.write([BatchArrived(KIOSK, NOW, batch([*rows, digest(5, NOW)]))], unread=UNTAKEN)
    assert letters(database).retry() == Reread(read=6, unread=0)
    assert blind.visits() == 1  # the one who was let in; the other was taken back
    assert blind.agrees()


def test_a_digest_that_is_read_later_speaks_for_no_later_time_than_one_that_is_read_at_once(
    database: Database,
) -> None:
    """Of a calendar that is a year ahead only the stopwatch is believed."""
    fleet = Fleet(database)
    written = NOW - timedelta(days=3)
    ahead = stamp(NOW + timedelta(days=365), boottime_ms=stopwatch(written))
    rows: list[Record | bytes] = [opened(), Digest(seq=1, clock=ahead)]
    fleet.store.write([BatchArrived(KIOSK, NOW, batch(rows, number=1))])
    fleet.store.write([BatchArrived(KIOSK, NOW, batch(rows, number=2))], unread=UNTAKEN)
    assert letters(database).retry() == Reread(read=2, unread=0)
    with database.reading() as connection:
        assert list(connection.scalars(select(digests.c.at))) == [written, written]


def test_two_that_retry_at_once_count_once(database: Database) -> None:
    fleet = Fleet(database, LOST_KEY)
    fleet.send(batch([scan(1)]))
    with database.reading() as connection:
        numbers = list(connection.scalars(select(records.c.id)))
    both = letters(database), letters(database)
    assert [one._piece(numbers) for one in both] == [1, 0]  # noqa: SLF001  (both had listed it)
    assert fleet.visits() == 1


def test_a_letter_that_the_store_does_not_take_holds_up_no_other(database: Database) -> None:
    fleet = Fleet(database, LOST_KEY)
    fleet.send(batch([scan(1, children=7), scan(2), scan(3)]))
    _refuse_seven_children(database)
    told: list[str] = []
    reader = StoredLetters(database, FactWriter(open_code, HELSINKI), lambda: told.append("changed"))
    assert reader.retry() == Reread(read=2, unread=1)
    assert reasons(database) == [UNTAKEN, "", ""]
    assert told
    assert fleet.visits() == 2
    assert fleet.agrees()


def test_a_letter_that_nobody_thought_of_holds_up_no_other_and_nothing_of_it_is_said(
    database: Database,
) -> None:
    def overflows(sealed_code: str) -> CardCode:
        if sealed_code == worst:
            raise OverflowError("A999123453 is too large")
        return open_code(sealed_code)

    worst = sealed("A999123453")
    fleet = Fleet(database, unseal=LOST_KEY)
    fleet.send(batch([opened(), scan(1), scan(2, code_sealed=worst), scan(3)]))
    assert letters(database, overflows).retry() == Reread(read=2, unread=1)
    assert reasons(database) == ["", "", UNTAKEN, ""]
    assert letters(database).retry() == Reread(read=1, unread=0)
    assert fleet.visits() == 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_letters_and_problems_cost_what_is_unsettled_and_not_the_records(database: Database) -> None:
    asked: list[tuple[str, object]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
    fleet = Fleet(database)
    asked.clear()
    fleet.figures.overview()
    letters(database).retry()
    of_records = [(sql, given) for sql, given in asked if "records.state" in sql and "SELECT" in sql]
    assert len(of_records) >= 3
    with database.reading() as connection:
        for sql, given in of_records:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given).all()  # type: ignore[arg-type]  # as it was given
            assert "SCAN records" not in {step[3] for step in plan}, sql


def _refuse_seven_children(database: Database) -> None:
    with database.writing() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(
                text(
                    "CREATE TRIGGER t BEFORE INSERT ON visits WHEN new.children = 7"
                    " BEGIN SELECT RAISE(ABORT, 'seven'); END"
                )
            )
        else:
            connection.execute(text("ALTER TABLE visits ADD CONSTRAINT t CHECK (children <> 7)"))
