"""Whoever changes cards meanwhile, a kiosk that follows the list by its revisions misses none of them.

A list that missed one would not agree, and be filled anew: that would hide it, so no reader here fills twice.
"""

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from msgspec import structs
from sqlalchemy import select, update

from agent.wire.card_page import CardRow, add_hashes, row_hash, unpack
from agent.wire.messages import CardsGet, CardsPage
from agent.wire.signed import signed
from server.adapters.card_feed import read_page
from server.adapters.database import Database
from server.adapters.fleet_state import locked_list_state, save_list_state
from server.adapters.tables import cards, fleet_state
from tests.server.cards import card, import_cards
from tests.server.kiosk import LIST_KEY
from tests.server.list_client import ListClient
from tests.stories import TIMES

PROCESSES = 2
LIMITS = (1, 7, 50)
DEADLINE_S = 120


class Reader(ListClient):
    """One that looks at each end whether it has missed anything so far."""

    def __init__(self, database: Database, limit: int) -> None:
        super().__init__(database, limit)
        self.ends = 0
        self.pages = 0

    def ask(self) -> CardsPage:
        page = super().ask()
        self.pages += 1
        if page.end is not None:
            self.ends += 1
            assert self.is_whole(page), f"a row was skipped below revision {page.upto}"
        return page


def whole_list(database: Database) -> dict[int, tuple[int, int, int, int, int]]:
    """As somebody gets it who asks for all of it at once."""
    with database.reading() as connection:
        page = read_page(connection, CardsGet(generation=None, since=0, limit=10_000))
    assert page.end is not None
    return {row[0]: row for row in unpack(page.rows)}


@pytest.mark.parametrize("seed", range(1, 1 + TIMES))
def test_readers_miss_no_row_of_many_people_s_changes(
    database: Database, database_url: str, seed: int
) -> None:
    import_cards(database, LIST_KEY, map(card, range(40)))
    readers = [Reader(database, limit) for limit in LIMITS]
    for reader in readers:
        reader.follow()
    command = [sys.executable, "-m", "tests.server.adapters.changing_cards", database_url]
    working = [
        subprocess.Popen([*command, str(seed * PROCESSES + number)], env=os.environ)
        for number in range(PROCESSES)
    ]
    try:
        while any(process.poll() is None for process in working):
            for reader in readers:
                reader.ask()
    finally:
        codes = [process.wait(DEADLINE_S) for process in working]
    assert codes == [0] * PROCESSES
    now = whole_list(database)
    for reader in readers:
        reader.follow()
        assert reader.rows == now
        assert (reader.fills, reader.since) == (1, readers[0].since)
    assert readers[-1].since > 100, "something was done"
    assert all(reader.pages > 10 for reader in readers), "it was followed meanwhile"


def test_every_row_has_a_revision_of_its_own_below_the_list_s(database: Database, database_url: str) -> None:
    command = [sys.executable, "-m", "tests.server.adapters.changing_cards", database_url, "9"]
    subprocess.run(command, check=True, timeout=DEADLINE_S)
    with database.reading() as connection:
        rows = connection.execute(select(cards.c.revision, cards.c.row_hash)).all()
        (revision, count, checksum) = connection.execute(
            select(fleet_state.c.cards_revision, fleet_state.c.cards_count, fleet_state.c.cards_checksum)
        ).one()
    assert len({row.revision for row in rows}) == len(rows) == count
    assert max(row.revision for row in rows) == revision
    assert add_hashes(*(row.row_hash for row in rows)) == checksum % 2**64


def test_a_writer_that_takes_its_revisions_before_its_transaction_would_be_found_out(
    database: Database,
) -> None:
    """That these readers see a skip: here is one, by revisions that are told before their rows are there."""
    import_cards(database, LIST_KEY, map(card, range(10)))
    reader = Reader(database, 7)
    reader.follow()
    with database.writing() as connection:
        state = locked_list_state(connection)
        save_list_state(connection, replace(state, revision=state.revision + 1))
    reader.follow()
    before = next(iter(reader.rows.values()))
    blocked = structs.replace(CardRow.unpacked(*before), status="blocked")
    changed = row_hash(blocked.packed())
    with database.writing() as connection:
        late = {"status": "blocked", "revision": state.revision + 1, "row_hash": signed(changed)}
        connection.execute(update(cards).where(cards.c.key == signed(blocked.key)).values(**late))
        checksum = add_hashes(state.checksum, changed, -row_hash(before))
        save_list_state(connection, replace(state, revision=state.revision + 1, checksum=checksum))
    with pytest.raises(AssertionError, match="skipped"):
        reader.follow()
