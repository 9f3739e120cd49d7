"""A new list key, on both databases: all cards get other hashes in one commit, and nothing else changes."""

import signal
import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from msgspec import UNSET
from sqlalchemy import func, select

from agent.wire.card_code import CardCode
from agent.wire.signed import signed
from server.adapters.card_import import CardImports
from server.adapters.card_spool import CardSpool
from server.adapters.card_store import CardWriter
from server.adapters.card_undo import CardUndo
from server.adapters.database import Database
from server.adapters.fleet_state import tell_first_key
from server.adapters.rotation import Rotated, cards_in, rotate_key
from server.adapters.stored_cards import Change, stored_by_key
from server.adapters.tables import cards
from server.domain.history import KeyChanged
from server.domain.outcome import Outcome
from tests.server.adapters.twenty_cards import CODE, key_of, listed, state_of
from tests.server.cards import NOW, SOURCE, card, desk_of, import_cards
from tests.server.kiosk import LIST_KEY
from tests.server.list_client import ListClient


def test_the_list_gets_another_generation_and_the_database_keeps_its_own(filled: Database) -> None:
    before = state_of(filled)
    rotate_key(filled)
    after = state_of(filled)
    assert (after.generation, after.revision, after.count) == (before.generation, before.revision, 20)
    assert before.list_generation == before.generation
    assert before.told.generation is UNSET
    assert after.told.generation == after.list_generation not in (before.generation, before.list_generation)


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
