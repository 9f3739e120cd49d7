"""A new list key, on both databases: all cards get other hashes in one commit, and nothing else changes."""

import re
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC

import pytest
from msgspec import UNSET
from sqlalchemy import func, select

from agent.wire.card_code import DEFAULT_PATTERN, CardCode
from agent.wire.card_key import ListKey
from agent.wire.key_box import KeyBox
from agent.wire.messages import CardsGet
from agent.wire.signed import signed
from server.adapters.backup import rename_generation
from server.adapters.card_desk import StoredDesk
from server.adapters.card_feed import read_page
from server.adapters.card_import import CardImports
from server.adapters.card_spool import CardSpool
from server.adapters.card_store import CardWriter
from server.adapters.card_undo import CardUndo
from server.adapters.database import Database
from server.adapters.fleet_state import key_in_force, list_state_of, tell_first_key
from server.adapters.rotation import Rotated, cards_in, rotate_key
from server.adapters.stored_cards import Change, stored_by_key
from server.adapters.tables import cards
from server.domain.feed import KeyNotTaken, ListState
from server.domain.history import KeyChanged
from server.domain.outcome import Outcome
from tests.server.cards import NOW, SOURCE, card, import_cards
from tests.server.kiosk import LIST_KEY
from tests.server.list_client import ListClient

CODE = "A000000003"


def state_of(database: Database) -> ListState:
    with database.reading() as connection:
        return list_state_of(connection)


def key_of(database: Database) -> ListKey:
    with database.reading() as connection:
        return key_in_force(connection, LIST_KEY)


def desk_of(database: Database) -> StoredDesk:
    return StoredDesk(database, LIST_KEY, re.compile(DEFAULT_PATTERN), UTC, lambda: NOW)


def listed(database: Database, *numbers: int) -> None:
    """With the key that is in force."""
    import_cards(database, key_of(database), map(card, numbers))


@pytest.fixture
def filled(database: Database) -> Database:
    tell_first_key(database, LIST_KEY)
    listed(database, *range(20))
    return database


def test_a_kiosk_is_given_the_new_key_and_fills_its_list_anew(filled: Database) -> None:
    client = ListClient(filled)
    before = client.row(CODE)
    done = rotate_key(filled)
    after = client.row(CODE)
    assert (client.key.id, client.fills, len(client.rows)) == (done.key_id, 2, 20)
    assert client.key != LIST_KEY
    assert after.key == client.key.card_key(CardCode(CODE)) != before.key
    assert (after.status, after.first_day, after.last_day) == (
        before.status,
        before.first_day,
        before.last_day,
    )


def test_the_list_gets_another_generation_and_the_database_keeps_its_own(filled: Database) -> None:
    before = state_of(filled)
    rotate_key(filled)
    after = state_of(filled)
    assert (after.generation, after.revision, after.count) == (before.generation, before.revision, 20)
    assert before.list_generation == before.generation
    assert before.told.generation is UNSET
    assert after.told.generation == after.list_generation not in (before.generation, before.list_generation)


def test_a_key_on_a_page_can_be_read_by_the_one_who_asked_alone(filled: Database) -> None:
    rotate_key(filled)
    box = KeyBox()
    request = CardsGet(generation=None, since=0, limit=3, key_id=LIST_KEY.id, seal_to=box.public)
    with filled.reading() as connection:
        page = read_page(connection, request)
    assert isinstance(page.sealed_key, bytes)
    key = key_of(filled)
    assert key.reveal() not in page.sealed_key
    assert box.open(page.sealed_key) == key


def test_who_holds_the_key_is_not_given_it_again(filled: Database) -> None:
    rotate_key(filled)
    client = ListClient(filled)
    assert isinstance(client.ask().sealed_key, bytes)
    assert all(client.ask().sealed_key is UNSET for _ in range(2))


def test_a_kiosk_that_was_added_after_the_change_has_the_new_key(filled: Database) -> None:
    rotate_key(filled)
    client = ListClient(filled, key=key_of(filled))
    assert client.ask().sealed_key is UNSET
    assert client.row(CODE).status == "active"


def test_a_key_is_changed_as_often_as_one_likes(filled: Database) -> None:
    names = {LIST_KEY.id}
    for _ in range(3):
        client = ListClient(filled)
        names.add(rotate_key(filled).key_id)
        assert client.row(CODE).status == "active"
    assert len(names) == 4


def test_imports_the_desk_and_undo_go_on_under_the_new_key(filled: Database) -> None:
    client, desk = ListClient(filled), desk_of(filled)
    listed(filled, *range(20, 25))
    client.follow()
    rotate_key(filled)
    desk.block(CODE, "cli")
    assert desk.find(CODE).card.status == "blocked"
    assert client.row(CODE).status == "blocked"
    listed(filled, 25)
    assert client.row("A000000025").status == "active"
    outcome = import_cards(filled, key_of(filled), [card(25), card(3, status=None)])
    assert (outcome.unchanged, outcome.new, outcome.changed) == (2, 0, 0)
    assert CardUndo(filled, lambda: NOW).undo(2, "cli") == 5
    assert client.row("A000000021").status == "gone"
    assert client.fills == 2


def test_cards_without_a_code_leave_the_list_and_stay_in_the_database(filled: Database) -> None:
    erase(filled, CODE)
    listed(filled, *range(20, 25))
    CardUndo(filled, lambda: NOW).undo(2, "cli")
    client = ListClient(filled)
    assert client.row(CODE).status == "gone"
    assert len(client.rows) == 25
    before = hashes_of(filled, "gone")
    assert rotate_key(filled) == Rotated(key_of(filled).id, 19, 6, 0)
    assert client.is_whole(client.follow())
    assert len(client.rows) == 19
    assert LIST_KEY.card_key(CardCode(CODE)) not in client.rows
    with filled.reading() as connection:
        kept = connection.execute(select(cards.c.status, func.count()).group_by(cards.c.status))
        assert {status: count for status, count in kept} == {"active": 19, "gone": 1, "undone": 5}  # noqa: C416
    assert hashes_of(filled, "gone").isdisjoint(before), "nothing that the old key finds is left"
    rotate_key(filled)
    assert client.is_whole(client.follow())
    assert (len(client.rows), cards_in(filled)) == (19, 25)


def test_a_card_that_left_the_list_can_come_again_by_its_file(filled: Database) -> None:
    listed(filled, *range(20, 25))
    CardUndo(filled, lambda: NOW).undo(2, "cli")
    rotate_key(filled)
    outcome = import_cards(filled, key_of(filled), map(card, range(20, 22)))
    client = ListClient(filled)
    assert (outcome.new, client.row("A000000021").status) == (2, "active")


def test_a_change_of_the_key_that_is_cut_leaves_the_old_one_everywhere(filled: Database) -> None:
    client = ListClient(filled)
    client.follow()
    before = dict(client.rows)

    def cut(_: int) -> None:
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        rotate_key(filled, cut)
    assert client.is_whole(client.follow())
    assert (client.fills, client.rows, client.key, key_of(filled)) == (1, before, LIST_KEY, LIST_KEY)


KILLED = """
import os, signal, sys
from server.adapters.database import Database, database_url
from server.adapters.rotation import rotate_key

def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)

with Database(database_url(sys.argv[1])) as database:
    rotate_key(database, kill if sys.argv[2] == "during" else lambda _: None)
    kill()
"""


@pytest.mark.parametrize("when", ["during", "after"])
def test_a_process_that_is_killed_leaves_the_old_key_or_the_new_one_and_never_both(
    filled: Database, database_url: str, when: str
) -> None:
    client = ListClient(filled)
    client.follow()
    killed = subprocess.run([sys.executable, "-c", KILLED, database_url, when], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert client.row(CODE).status == "active"
    assert (client.key == LIST_KEY, client.fills) == ((True, 1) if when == "during" else (False, 2))
    desk_of(filled).block(CODE, "cli")
    assert client.row(CODE).status == "blocked"


def test_a_file_that_was_checked_under_the_old_key_is_to_be_read_again(filled: Database) -> None:
    imports = CardImports(filled, lambda: NOW)
    with CardSpool(LIST_KEY) as spool:
        spool.add(2, card(3, status="blocked"))
        rotate_key(filled)
        with pytest.raises(KeyChanged, match="once more"):
            imports.take(spool, Outcome(rows=1), SOURCE)
        with pytest.raises(KeyChanged, match="once more"):
            imports.dry_run(spool, Outcome(rows=1))
    assert (ListClient(filled).row(CODE).status, state_of(filled).count) == ("active", 20)


def test_a_kiosk_of_before_key_ids_is_served_until_the_key_changes(filled: Database) -> None:
    request = CardsGet(generation=None, since=0, limit=3)
    with filled.reading() as connection:
        assert read_page(connection, request).sealed_key is UNSET
    rotate_key(filled)
    with filled.reading() as connection, pytest.raises(KeyNotTaken, match="update"):
        read_page(connection, request)


@pytest.mark.parametrize("public", [None, bytes(32)])
def test_a_key_that_cannot_be_sealed_is_not_given(filled: Database, public: bytes | None) -> None:
    rotate_key(filled)
    request = CardsGet(generation=None, since=0, limit=3, key_id=LIST_KEY.id, seal_to=public or UNSET)
    with filled.reading() as connection, pytest.raises(KeyNotTaken):
        read_page(connection, request)


def test_a_database_put_back_from_before_the_change_has_its_old_key_again(database: Database) -> None:
    """Its kiosks, one of which was added after the change, are given the first key."""
    listed(database, *range(20))
    late = ListKey(b"a later key, that is lost again.")
    rename_generation(database)
    tell_first_key(database, LIST_KEY)
    client = ListClient(database, key=late)
    assert client.row(CODE).status == "active"
    assert client.key == LIST_KEY


def test_a_database_put_back_from_after_the_change_has_another_list_again(filled: Database) -> None:
    rotate_key(filled)
    before = state_of(filled)
    rename_generation(filled)
    after = state_of(filled)
    assert len({before.generation, before.list_generation, after.generation, after.list_generation}) == 4
    assert after.key == before.key
    request = CardsGet(generation=None, since=0, limit=3)
    with filled.reading() as connection, pytest.raises(KeyNotTaken):
        read_page(connection, request)


def test_the_first_key_is_told_once(filled: Database) -> None:
    rotate_key(filled)
    key = key_of(filled)
    tell_first_key(filled, LIST_KEY)
    assert key_of(filled) == key


def test_an_import_that_waited_for_the_change_is_to_be_read_again(filled: Database) -> None:
    """It asks for the key in force under the list's lock, not before it."""
    outcomes: list[BaseException | Outcome] = []
    started = threading.Event()

    def take() -> None:
        with CardSpool(LIST_KEY) as spool:
            spool.add(2, card(30))
            started.set()
            try:
                outcomes.append(CardImports(filled, lambda: NOW).take(spool, Outcome(rows=1), SOURCE))
            except KeyChanged as changed:
                outcomes.append(changed)

    thread = threading.Thread(target=take)

    def meanwhile(_: int) -> None:
        thread.start()
        started.wait()
        thread.join(0.2)  # it is at the lock by then, or comes to it later: both end alike

    rotate_key(filled, meanwhile)
    thread.join()
    assert isinstance(outcomes[0], KeyChanged)
    client = ListClient(filled)
    assert client.is_whole(client.follow())
    assert len(client.rows) == 20


def hashes_of(database: Database, status: str) -> set[int]:
    with database.reading() as connection:
        return set(connection.execute(select(cards.c.key).where(cards.c.status == status)).scalars())


def erase(database: Database, code: str) -> None:
    """As it is done on request: the code goes, the row stays."""
    key = signed(key_of(database).card_key(CardCode(code)))
    with database.writing() as connection:
        writer = CardWriter(connection, NOW, "cli")
        stored = stored_by_key(connection, writer.names, [key])[key]
        gone = replace(stored.card, status="gone")
        writer.change([Change(stored=stored, card=gone, code=None, what="withdrawn")])
        writer.finish()
