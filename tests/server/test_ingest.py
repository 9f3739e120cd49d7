"""The ingest decides what is written together, what is answered, and what a bad message may not hold up."""

from collections.abc import Sequence
from dataclasses import replace
from queue import Queue

import pytest
from msgspec import UNSET, UnsetType

from agent.wire.commands import Command
from agent.wire.messages import CardsGet, NotTaken, Receipt, Records, ServerState, decode, encode
from agent.wire.topics import SERVER_STATE, of_kiosk
from server.card_answers import Answer
from server.command_sender import COMMAND_S
from server.domain.alerts import LIST_KEY_ALERT, ROW_ALERT
from server.domain.arrivals import AlertArrived, BatchArrived, Written
from server.domain.feed import KeyNotTaken, ListState, page
from server.domain.lease import LENGTH_S, RENEW_S
from server.domain.staff import OpenCommand
from server.ingest import (
    UNTAKEN,
    CommandMade,
    Connected,
    Delivered,
    Ingest,
    Item,
    Kept,
    ListChanged,
    NotStored,
    Stop,
    StoreUnavailable,
    TermOver,
)
from tests.server.kiosk import KIOSK, NOW, batch, epoch, scan

OTHER = "k-bbbbbbbbbb"


class ListedStore:
    """Keeps batches in a list; refuses what a test says."""

    def __init__(self) -> None:
        self.commits: list[list[str]] = []
        self.refuses: set[str] = set()
        self.refuses_unread = False
        self.unread: list[tuple[int, str]] = []
        self.away = False
        self.over = False
        self.renewals = 0
        self.keyless: set[object] = set()
        self.alerts: list[tuple[str, str, str | None]] = []
        self.pages = 0
        self.commands: tuple[OpenCommand, ...] = ()
        self.list = ListState(generation="0" * 32, revision=0, count=0, checksum=0)

    def renew(self) -> None:
        if self.away:
            raise StoreUnavailable
        if self.over:
            raise TermOver("another")
        self.renewals += 1

    def write(self, arrivals: Sequence[Written], unread: str = "") -> Kept:
        if self.away:
            raise StoreUnavailable
        if self.over:
            raise TermOver("another")
        if unread:
            if self.refuses_unread:
                raise NotStored("refused by the test, whatever it is")
            self.unread += [(one.batch.first, unread) for one in arrivals if isinstance(one, BatchArrived)]
        elif self.refuses & {one.kiosk for one in arrivals if not isinstance(one, AlertArrived)}:
            raise NotStored("refused by the test")
        said = [one for one in arrivals if isinstance(one, AlertArrived)]
        self.alerts += [(one.kiosk, one.name, one.alert.detail if one.alert else None) for one in said]
        self.commits.append([arrived.kiosk for arrived in arrivals])
        receipts = (
            (one.kiosk, Receipt(generation="0" * 32, epoch=one.batch.epoch, upto=one.batch.first))
            for one in arrivals
            if isinstance(one, BatchArrived)
        )
        return Kept(tuple(receipts), strangers=0)

    def page(self, request: CardsGet, kiosks: Sequence[str]) -> Answer | None:
        self.pages += 1
        if request.key_id in self.keyless and request.seal_to is UNSET:
            raise KeyNotTaken("update it")
        known = tuple(kiosk for kiosk in kiosks if kiosk != OTHER)
        return Answer(page(self.list, request.since, [], 1), known) if known else None

    def open_commands(self) -> tuple[OpenCommand, ...]:
        return self.commands

    def list_state(self) -> ListState:
        if self.away:
            raise StoreUnavailable
        return self.list


class ListedBroker:
    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, bool]] = []
        self.full = False
        self.asked_again: int = 0

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        self.sent.append((topic, payload, retain))

    def dropped(self) -> bool:
        full, self.full = self.full, False
        return full

    def ask_again(self) -> None:
        self.asked_again += 1

    def topics(self) -> list[str]:
        return [topic for topic, _, _ in self.sent]


class Rig:
    def __init__(self) -> None:
        self.store = ListedStore()
        self.broker = ListedBroker()
        self.inbox: Queue[Item] = Queue()
        self.seconds = 0.0
        self.changes = 0
        self.ingest = Ingest(self.inbox, self.store, self.broker, self._changed, lambda: self.seconds, NOW)

    def _changed(self) -> None:
        self.changes += 1

    def quiet(self) -> None:
        """The state was told; what a test looks at comes after."""
        self.ingest.turn([])
        self.broker.sent.clear()


@pytest.fixture
def rig() -> Rig:
    made = Rig()
    made.quiet()
    return made


def records(kiosk: str = KIOSK, *, message: Records | None = None) -> Delivered:
    return Delivered(of_kiosk(kiosk, "records"), encode(message or batch([scan(1)])), NOW, retained=False)


def test_all_that_waits_goes_into_one_commit_and_each_gets_its_receipt(rig: Rig) -> None:
    for item in (records(), records(OTHER), Stop()):
        rig.inbox.put(item)
    rig.ingest.run()
    assert rig.store.commits == [[KIOSK, OTHER]]
    assert rig.broker.topics() == [of_kiosk(KIOSK, "receipt"), of_kiosk(OTHER, "receipt")]
    assert decode(rig.broker.sent[0][1], Receipt).epoch == epoch(1)
    assert not rig.broker.sent[0][2]
    assert rig.changes


def test_a_batch_that_the_store_does_not_take_holds_up_no_other(rig: Rig) -> None:
    rig.store.refuses = {OTHER}
    rig.ingest.turn([records(OTHER, message=batch([scan(1), scan(2)])), records()])
    assert rig.store.commits == [[KIOSK]]
    assert rig.broker.topics() == [of_kiosk(OTHER, "receipt"), of_kiosk(KIOSK, "receipt")]
    receipt = decode(rig.broker.sent[0][1], Receipt)
    assert receipt.upto == -1
    assert isinstance(receipt.not_taken, NotTaken)
    assert receipt.not_taken.first == 1


def test_the_row_at_fault_is_kept_as_it_came(rig: Rig) -> None:
    rig.store.refuses = {OTHER}
    rig.ingest.turn([records(OTHER, message=batch([scan(2)]))])
    assert rig.store.unread == [(2, UNTAKEN)]
    assert rig.broker.topics() == [of_kiosk(OTHER, "receipt")]


def test_a_row_that_is_not_even_kept_as_it_came_is_answered_and_holds_up_no_other(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    """Its kiosk keeps it and tries again in its own time; page and log tell a person."""
    rig.store.refuses, rig.store.refuses_unread = {OTHER}, True
    rig.ingest.turn([records(OTHER, message=batch([scan(2)])), records()])
    assert rig.store.commits == [[OTHER], [KIOSK]]
    assert rig.store.alerts == [(OTHER, ROW_ALERT, f"record 2 of epoch {epoch(1)}: {UNTAKEN}")]
    assert rig.broker.topics() == [of_kiosk(OTHER, "receipt"), of_kiosk(KIOSK, "receipt")]
    receipt = decode(rig.broker.sent[0][1], Receipt)
    assert (receipt.upto, receipt.not_taken) == (-1, NotTaken(first=2, why=UNTAKEN))
    assert f"kiosk={OTHER} epoch={epoch(1)} seq=2" in caplog.text


def test_without_the_store_there_is_no_receipt_and_the_ingest_lives(rig: Rig) -> None:
    rig.store.away = True
    rig.ingest.turn([records()])
    assert rig.broker.sent == []
    rig.store.away = False
    rig.ingest.turn([records()])
    assert rig.broker.topics()[0] == of_kiosk(KIOSK, "receipt")


def test_what_is_retained_is_asked_for_once_the_store_is_back(rig: Rig) -> None:
    rig.store.away = True
    rig.ingest.turn([records()])
    rig.ingest.turn([])
    assert rig.broker.asked_again == 0
    rig.store.away = False
    rig.ingest.turn([])
    rig.ingest.turn([])
    assert rig.broker.asked_again == 1


def test_what_found_no_room_is_asked_for_when_the_ingest_has_caught_up(rig: Rig) -> None:
    rig.broker.full = True
    rig.inbox.put(records())
    rig.ingest.turn([])
    assert rig.broker.asked_again == 0
    rig.inbox.get()
    rig.ingest.turn([])
    rig.ingest.turn([])
    assert rig.broker.asked_again == 1
    assert rig.broker.topics() == [SERVER_STATE]


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("entry/v1/k/+/records", b"{}"),
        ("entry/v1/k/k-aaaaaaaaaa/config", b"{}"),
        ("another/topic", b"{}"),
        (of_kiosk(KIOSK, "records"), b""),
        (of_kiosk(KIOSK, "records"), b"x" * (10 * 1024 * 1024)),
        (of_kiosk(KIOSK, "records"), b'{"type":"A999123453/1"}'),
        (of_kiosk(KIOSK, "status"), b"null"),
        (of_kiosk(KIOSK, "cards/get"), b'{"type":"cards-get/1","generation":null,"since":-1,"limit":1}'),
    ],
)
def test_what_is_not_of_the_contract_is_logged_without_content_and_ignored(
    rig: Rig, topic: str, payload: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    rig.ingest.turn([Delivered(topic, payload, NOW, retained=False), records()])
    assert rig.store.commits == [[KIOSK]]
    assert caplog.text.count("message ignored") == 1
    assert "A999123453" not in caplog.text


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


def test_the_lease_is_renewed_every_few_seconds_and_not_with_every_commit(rig: Rig) -> None:
    for _ in range(80):
        rig.seconds += RENEW_S / 40
        rig.ingest.turn([records()])
    assert (rig.store.renewals, len(rig.store.commits)) == (2, 80)


@pytest.mark.parametrize("passed_s", [0, RENEW_S])
def test_when_the_term_is_over_nothing_is_answered_and_the_ingest_ends(rig: Rig, passed_s: float) -> None:
    rig.store.over = True
    rig.seconds += passed_s
    rig.inbox.put(records())
    with pytest.raises(TermOver):
        rig.ingest.run()
    assert (rig.store.commits, rig.broker.sent) == ([], [])


def test_who_cannot_renew_for_as_long_as_a_lease_lasts_leaves_it(rig: Rig) -> None:
    rig.store.away = True
    rig.seconds += LENGTH_S - 1
    rig.ingest.turn([])
    rig.seconds += 1
    with pytest.raises(TermOver, match="away for too long"):
        rig.ingest.turn([])


def test_a_command_is_sent_at_once_and_again_until_it_is_open_no_more() -> None:
    rig = Rig()
    rig.quiet()
    command = OpenCommand(id="0" * 32, kiosk=KIOSK, name="resume", args=b"{}", not_after=NOW)
    rig.store.commands = (command,)
    rig.ingest.turn([CommandMade()])
    assert rig.broker.topics() == [f"entry/v1/k/{KIOSK}/cmd"]
    assert decode(rig.broker.sent[0][1], Command) == command.message()
    rig.seconds += COMMAND_S - 1
    rig.ingest.turn([])
    assert len(rig.broker.sent) == 1
    rig.seconds += 1
    rig.ingest.turn([])
    assert len(rig.broker.sent) == 2
    rig.store.commands = ()
    rig.seconds += COMMAND_S
    rig.ingest.turn([CommandMade()])
    assert len(rig.broker.sent) == 2
