"""Register and feed on both databases: every change reaches every kiosk, whoever imports meanwhile."""

import threading
from collections.abc import Iterable
from datetime import date

from agent.wire.card_code import CardCode
from agent.wire.card_page import CardRow, unpack
from agent.wire.messages import MAX_PAYLOAD_BYTES, CardsGet, encode
from server.adapters.card_feed import read_page
from server.adapters.database import Database
from tests.server.cards import card, import_cards
from tests.server.kiosk import LIST_KEY
from tests.server.list_client import ListClient


def test_unchanged_rows_get_no_new_revision(database: Database) -> None:
    import_cards(database, LIST_KEY, map(card, range(10)))
    import_cards(database, LIST_KEY, [card(0), card(1, status="blocked")])
    assert ListClient(database).follow().upto == 11


def test_a_list_is_filled_page_by_page_and_proves_itself_whole(database: Database) -> None:
    import_cards(database, LIST_KEY, map(card, range(20)))
    client = ListClient(database)
    assert client.is_whole(client.follow())
    assert (len(client.rows), client.since) == (20, 20)
    row = CardRow.unpacked(*client.rows[LIST_KEY.card_key(CardCode("A000000003"))])
    assert (row.status, row.first_day, row.last_day, row.max_children) == (
        "active",
        date(2026, 1, 1),
        date(2026, 12, 31),
        3,
    )


def test_an_empty_list_is_an_end(database: Database) -> None:
    client = ListClient(database)
    page = client.ask()
    assert page.end is not None
    assert (page.upto, page.end.revision, page.end.count, page.end.checksum) == (0, 0, 0, "0" * 16)


def test_a_block_is_one_row_for_who_has_the_list(database: Database) -> None:
    import_cards(database, LIST_KEY, map(card, range(20)))
    client = ListClient(database)
    client.follow()
    import_cards(database, LIST_KEY, [card(3, status="blocked")])
    page = client.ask()
    assert len(unpack(page.rows)) == 1
    assert client.is_whole(page)


def test_a_list_of_another_generation_is_answered_from_the_start(database: Database) -> None:
    import_cards(database, LIST_KEY, map(card, range(3)))
    with database.reading() as connection:
        page = read_page(connection, CardsGet(generation="f" * 32, since=3, limit=10))
    assert (page.since, len(unpack(page.rows))) == (0, 3)


def test_a_list_ahead_of_the_database_is_told_the_database_s_revision(database: Database) -> None:
    import_cards(database, LIST_KEY, map(card, range(3)))
    client = ListClient(database)
    generation = client.follow().generation
    with database.reading() as connection:
        page = read_page(connection, CardsGet(generation=generation, since=99, limit=10))
    assert (page.upto, page.end is not None, len(unpack(page.rows))) == (3, True, 0)


def test_the_largest_page_fits_a_message(database: Database) -> None:
    import_cards(database, LIST_KEY, map(card, range(12_000)))
    client = ListClient(database, limit=10_000)
    first = client.ask()
    assert first.end is None
    assert len(encode(first)) <= MAX_PAYLOAD_BYTES
    assert len(client.rows) > 7_000
    assert client.is_whole(client.follow())


def test_no_kiosk_skips_a_row_while_imports_are_interleaved(database: Database) -> None:
    """Each import of many rows is committed while the others run and the feed is read."""
    failures: list[BaseException] = []

    def imports(groups: Iterable[int]) -> None:
        try:
            for group in groups:
                import_cards(database, LIST_KEY, map(card, range(group * 40, group * 40 + 60)))
        except BaseException as error:  # noqa: BLE001  (told by the assertion)
            failures.append(error)

    threads = [threading.Thread(target=imports, args=(range(start, 24, 3),)) for start in range(3)]
    for thread in threads:
        thread.start()
    client = ListClient(database, limit=11)
    pages = 0
    while any(thread.is_alive() for thread in threads):
        page = client.ask()
        pages += 1
        assert page.end is None or client.is_whole(page)
    assert failures == []
    assert client.is_whole(client.follow())
    assert len(client.rows) == 23 * 40 + 60
    assert pages
