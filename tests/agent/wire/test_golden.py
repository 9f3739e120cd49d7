"""The golden files are the contract's truth: one per type and version, added to and never edited."""

import json
from pathlib import Path
from typing import Final

import msgspec
import pytest

from agent.wire.canonical import canonical_record, digest
from agent.wire.commands import Command, Reply
from agent.wire.messages import (
    Alert,
    CardsGet,
    CardsPage,
    Health,
    Info,
    Message,
    Receipt,
    Records,
    ServerState,
    Status,
    WireError,
    decode,
    decode_record,
    encode,
)
from agent.wire.records import ByHand, Correction, Digest, Opened, Scan
from agent.wire.screen import Answer, Hear, Said, Screen, Wish

GOLDEN: Final = Path(__file__).parent / "golden"

MESSAGES: Final[dict[str, type[Message]]] = {
    "status-1": Status,
    "info-1": Info,
    "alert-1": Alert,
    "health-1": Health,
    "health-1-camera": Health,
    "records-1": Records,
    "records-1-heard": Records,
    "receipt-1": Receipt,
    "receipt-1-heard": Receipt,
    "server-state-1": ServerState,
    "cards-get-1": CardsGet,
    "cards-page-1": CardsPage,
    "server-state-1-rotated": ServerState,
    "cards-get-1-key": CardsGet,
    "cards-page-1-key": CardsPage,
    "cmd-1": Command,
    "reply-1": Reply,
}
RECORDS: Final = {
    "opened-1": Opened,
    "opened-1-after": Opened,
    "scan-1": Scan,
    "by_hand-1": ByHand,
    "correction-1": Correction,
    "digest-1": Digest,
}
SCREEN: Final[dict[str, type[Screen | Said]]] = {
    "screen-1": Screen,
    "screen-1-staff": Screen,
    "answer-1": Answer,
    "wish-1": Wish,
    "hear-1": Hear,
}


def golden(name: str) -> bytes:
    return (GOLDEN / f"{name}.json").read_bytes()


def compact(document: bytes) -> bytes:
    """As a peer writes it: the rows of a batch go on byte by byte."""
    return json.dumps(json.loads(document)).encode()


def test_every_type_has_a_golden_file_and_every_golden_file_a_type() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == {*MESSAGES, *RECORDS, *SCREEN}


@pytest.mark.parametrize(("name", "kind"), MESSAGES.items())
def test_a_message_of_the_contract_is_read_and_written_as_it_stands(name: str, kind: type[Message]) -> None:
    message = decode(golden(name), kind)
    assert json.loads(encode(message)) == json.loads(golden(name))
    assert encode(decode(encode(message), kind)) == encode(message)


@pytest.mark.parametrize(("name", "kind"), RECORDS.items())
def test_a_record_of_the_contract_is_read_and_written_as_it_stands(name: str, kind: type) -> None:
    record = decode_record(golden(name))
    assert type(record) is kind
    assert json.loads(canonical_record(record)) == json.loads(golden(name))


@pytest.mark.parametrize(("name", "kind"), SCREEN.items())
def test_what_screen_and_agent_say_is_read_and_written_as_it_stands(
    name: str, kind: type[Screen | Said]
) -> None:
    message = msgspec.json.decode(golden(name), type=kind)
    assert json.loads(msgspec.json.encode(message)) == json.loads(golden(name))


@pytest.mark.parametrize(("name", "kind"), MESSAGES.items())
def test_fields_of_a_later_version_are_ignored(name: str, kind: type[Message]) -> None:
    document = json.loads(golden(name)) | {"of_tomorrow": {"much": [1, 2.5, None]}}
    assert encode(decode(json.dumps(document).encode(), kind)) == encode(decode(compact(golden(name)), kind))


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_with_fields_of_a_later_version_is_read_and_keeps_its_own_digest(name: str) -> None:
    later = json.dumps(json.loads(golden(name)) | {"of_tomorrow": 1}).encode()
    assert decode_record(later) == decode_record(golden(name))
    assert digest(later) != digest(golden(name))


@pytest.mark.parametrize(("name", "kind"), MESSAGES.items())
def test_a_type_that_is_not_known_is_refused_without_repeating_it(name: str, kind: type[Message]) -> None:
    document = json.loads(golden(name)) | {"type": "A999123453/7"}
    with pytest.raises(WireError) as refusal:
        decode(json.dumps(document).encode(), kind)
    assert "A999123453" not in str(refusal.value)


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_of_a_type_that_is_not_known_is_refused(name: str) -> None:
    document = json.loads(golden(name)) | {"type": "visit/9"}
    with pytest.raises(WireError):
        decode_record(json.dumps(document).encode())


def test_the_digests_of_the_golden_records_never_change() -> None:
    # A kiosk of last year resends bytes that were digested by the server of last year.
    assert digest(golden("opened-1")).hex() == "3c87cd1e56300407e369e2459f96022a"
    assert digest(golden("scan-1")).hex() == "2b093fdf9977e40c727cc53b6d2231bb"
