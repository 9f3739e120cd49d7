"""Who asks for the list is given its new key, sealed, and who cannot take it is given nothing."""

import pytest
from msgspec import UNSET

from agent.wire.card_code import CardCode
from agent.wire.card_key import ListKey
from agent.wire.key_box import KeyBox
from agent.wire.messages import CardsGet
from server.adapters.backup import rename_generation
from server.adapters.card_feed import read_page
from server.adapters.database import Database
from server.adapters.fleet_state import tell_first_key
from server.adapters.rotation import rotate_key
from server.domain.feed import KeyNotTaken
from tests.server.adapters.twenty_cards import CODE, key_of, listed, state_of
from tests.server.kiosk import LIST_KEY
from tests.server.list_client import ListClient


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
