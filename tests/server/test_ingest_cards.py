"""The ingest tells of the card list, answers kiosks that ask for cards, and says who cannot take its key."""

from dataclasses import replace

import pytest
from msgspec import UNSET, UnsetType

from agent.wire.messages import CardsGet, ServerState, decode, encode
from agent.wire.topics import SERVER_STATE, of_kiosk
from server.domain.alerts import LIST_KEY_ALERT, REVOKED_ALERT
from server.domain.feed import ListState
from server.ingest import Connected, Delivered, ListChanged
from tests.server.ingest_rig import OTHER, Rig, records
from tests.server.kiosk import KIOSK, NOW


def test_the_list_s_state_is_told_at_each_connection_and_when_it_changes(rig: Rig) -> None:
    rig.ingest.turn([])
    assert rig.broker.sent == []
    rig.ingest.turn([Connected()])
    assert [(topic, retain) for topic, _, retain in rig.broker.sent] == [(SERVER_STATE, True)]
    rig.store.list = ListState(generation="0" * 32, revision=5, count=5, checksum=1)
    rig.ingest.turn([])
    assert len(rig.broker.sent) == 1
    rig.seconds += 1
    rig.ingest.turn([])
    assert decode(rig.broker.sent[1][1], ServerState).cards.revision == 5


def test_a_question_for_cards_is_answered_with_a_page_and_a_stranger_s_is_not(rig: Rig) -> None:
    request = encode(CardsGet(generation=None, since=0, limit=10))
    rig.ingest.turn(
        [
            Delivered(of_kiosk(kiosk, "cards/get"), request, NOW, retained=False)
            for kiosk in (KIOSK, OTHER, KIOSK)
        ]
    )
    assert rig.broker.topics() == [of_kiosk(KIOSK, "cards/page")]


def test_a_revoked_kiosk_that_is_still_connected_gets_no_cards_and_its_records_no_receipt(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    """The broker has to be started anew to hang up on it; until then it would be given the list's new key."""
    ask = Delivered(
        of_kiosk(KIOSK, "cards/get"),
        encode(CardsGet(generation=None, since=0, limit=10)),
        NOW,
        retained=False,
    )
    rig.quiet()
    rig.ingest.turn([ask, records()])
    assert sorted(rig.broker.topics()) == [of_kiosk(KIOSK, "cards/page"), of_kiosk(KIOSK, "receipt")]
    rig.broker.sent.clear()
    before = len(rig.store.commits)
    rig.revoked.add(KIOSK)
    for _ in range(2):
        rig.ingest.turn([ask, records()])
    assert rig.broker.sent == []
    assert len(rig.store.commits) == before + 1
    assert rig.store.alerts[-1] == (KIOSK, REVOKED_ALERT, "still connected")
    assert caplog.text.count("is revoked and still connected: restart the broker") == 1


def test_a_revoked_kiosk_is_told_once_more_where_the_store_was_away(rig: Rig) -> None:
    rig.revoked.add(KIOSK)
    rig.store.away = True
    rig.ingest.turn([records()])
    rig.store.away = False
    rig.ingest.turn([records()])
    assert rig.store.alerts == [(KIOSK, REVOKED_ALERT, "still connected")]


def test_what_all_kiosks_ask_after_a_block_is_read_once(rig: Rig) -> None:
    kiosks = [f"k-{name * 10}" for name in "acd"]
    asks = [
        Delivered(
            of_kiosk(kiosk, "cards/get"),
            encode(CardsGet(generation="0" * 32, since=since, limit=10)),
            NOW,
            retained=False,
        )
        for kiosk, since in zip(kiosks, (5, 5, 4), strict=True)
    ]
    rig.ingest.turn(asks)
    assert rig.store.pages == 2
    assert sorted(rig.broker.topics()) == [of_kiosk(kiosk, "cards/page") for kiosk in kiosks]


def test_a_change_by_this_server_s_own_page_is_told_at_once(rig: Rig) -> None:
    rig.store.list = ListState(generation="0" * 32, revision=5, count=5, checksum=1)
    rig.ingest.turn([])
    assert rig.broker.sent == [], "it looks once a second"
    rig.ingest.turn([ListChanged()])
    assert decode(rig.broker.sent[0][1], ServerState).cards.revision == 5


def asks(kiosk: str, key_id: str | UnsetType = UNSET, seal_to: bytes | UnsetType = UNSET) -> Delivered:
    request = CardsGet(generation=None, since=0, limit=10, key_id=key_id, seal_to=seal_to)
    return Delivered(of_kiosk(kiosk, "cards/get"), encode(request), NOW, retained=False)


def test_a_kiosk_that_cannot_take_the_list_s_key_gets_no_page_and_its_row_says_so_until_it_can(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.store.keyless = {UNSET}
    for _ in range(3):
        rig.ingest.turn([asks(KIOSK)])
    assert rig.broker.topics() == []
    assert rig.store.alerts == [(KIOSK, LIST_KEY_ALERT, "update it")]
    assert caplog.text.count("gets no cards") == 1
    for _ in range(3):
        rig.ingest.turn([asks(KIOSK, key_id="a" * 16)])
    assert rig.broker.topics() == [of_kiosk(KIOSK, "cards/page")] * 3
    assert rig.store.alerts[1:] == [(KIOSK, LIST_KEY_ALERT, None)]


def test_a_changed_key_goes_to_each_kiosk_by_itself(rig: Rig) -> None:
    rig.store.keyless = {"a" * 16}
    kiosks = [f"k-{name * 10}" for name in "acd"]
    rig.ingest.turn([asks(kiosk, key_id="a" * 16, seal_to=kiosk.encode().ljust(32)) for kiosk in kiosks])
    assert rig.store.pages == 1 + len(kiosks)
    assert rig.broker.topics() == [of_kiosk(kiosk, "cards/page") for kiosk in kiosks]
    assert {said for _, _, said in rig.store.alerts} == {None}


def test_an_alert_of_before_the_server_s_start_ends_with_the_first_page(rig: Rig) -> None:
    rig.ingest.turn([asks(KIOSK, key_id="a" * 16)] * 2)
    assert rig.store.alerts == [(KIOSK, LIST_KEY_ALERT, None)]


def test_a_list_of_another_key_is_announced(rig: Rig) -> None:
    rig.store.list = replace(rig.store.list, rekeyed="b" * 32)
    rig.seconds += 1
    rig.ingest.turn([])
    told = decode(rig.broker.sent[0][1], ServerState)
    assert (told.generation, told.cards.generation) == ("0" * 32, "b" * 32)
