"""The ingest decides what is written together, what is answered, and what a bad message may not hold up."""

import pytest

from agent.wire.commands import Command
from agent.wire.messages import NotTaken, Receipt, decode
from agent.wire.topics import SERVER_STATE, of_kiosk
from server.command_sender import COMMAND_S
from server.domain.alerts import ROW_ALERT
from server.domain.lease import LENGTH_S, RENEW_S
from server.domain.staff import OpenCommand
from server.ingest import UNTAKEN, CommandMade, Delivered, Stop
from server.ingest_ports import TermOver
from tests.server.ingest_rig import OTHER, Rig, records
from tests.server.kiosk import KIOSK, NOW, batch, epoch, scan


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
