"""What is not of the contract is an error of one sentence, with nothing of the peer's text in it."""

import json
from typing import Any

import msgspec
import pytest

from agent.wire.messages import MAX_PAYLOAD_BYTES, Receipt, Records, Status, WireError, decode, decode_record
from tests.agent.examples import EPOCH, GENERATION
from tests.agent.wire.test_golden import golden

CODE = "A999123453"

NO_DOCUMENTS = [
    b"",
    b"\xff\xfe",
    b"null",
    b"[]",
    b'"text"',
    b'{"type": "status/1"',
    b"[" * 100_000,
    b"\x00" * 10,
]


@pytest.mark.parametrize("payload", NO_DOCUMENTS, ids=lambda payload: repr(payload[:8]))
def test_what_is_no_json_object_is_refused(payload: bytes) -> None:
    with pytest.raises(WireError):
        decode(payload, Status)


@pytest.mark.parametrize(
    "change",
    [
        {"state": CODE},
        {"state": f"it's {CODE}"},
        {"state": f'a "quoted" {CODE}'},
        {"state": f"two\nlines of {CODE}"},
        {"state": f"both ' and \" of {CODE}"},
        {"connection": CODE},
        {"connection": -1},
        {"boot_id": CODE * 10},
        {"boot_id": None},
    ],
    ids=str,
)
def test_a_wrong_field_is_named_and_its_content_is_not(change: dict[str, Any]) -> None:
    document = json.loads(golden("status-1")) | change
    with pytest.raises(WireError) as refusal:
        decode(json.dumps(document).encode(), Status)
    (field,) = change
    assert f"$.{field}" in str(refusal.value)
    assert CODE not in str(refusal.value)


def test_a_refusal_carries_no_cause_that_a_traceback_would_print() -> None:
    with pytest.raises(WireError) as refusal:
        decode(b'{"type": "A999123453"}', Status)
    assert refusal.value.__suppress_context__


def test_ten_megabytes_are_refused_before_they_are_parsed() -> None:
    with pytest.raises(WireError, match=str(MAX_PAYLOAD_BYTES)):
        decode(b"x" * 10_000_000, Status)


@pytest.mark.parametrize(
    "epoch", ["", "0" * 31, "0" * 33, "G" * 32, "A" * 32, "0" * 32 + "\n", "../" * 10 + "ab"], ids=repr
)
def test_an_epoch_is_32_digits_of_hex_and_nothing_else(epoch: str) -> None:
    document = {"type": "receipt/1", "generation": GENERATION, "epoch": epoch, "upto": 1}
    with pytest.raises(WireError):
        decode(json.dumps(document).encode(), Receipt)


def test_a_receipt_without_refusals_has_none() -> None:
    document = {"type": "receipt/1", "generation": GENERATION, "epoch": EPOCH, "upto": 1}
    assert decode(json.dumps(document).encode(), Receipt).refused == ()


@pytest.mark.parametrize("count", [0, 101])
def test_a_batch_has_one_to_a_hundred_rows(count: int) -> None:
    document = json.loads(golden("records-1")) | {"rows": [{}] * count}
    with pytest.raises(WireError):
        decode(json.dumps(document).encode(), Records)


def test_one_bad_row_leaves_the_others_of_its_batch_readable() -> None:
    document = json.loads(golden("records-1"))
    document["rows"].insert(1, {"type": "of/9"})
    batch = decode(json.dumps(document).encode(), Records)
    assert decode_record(batch.rows[0]).seq == 0
    assert decode_record(batch.rows[2]).seq == 1
    with pytest.raises(WireError):
        decode_record(batch.rows[1])


@pytest.mark.parametrize(
    "change",
    [
        {"party": {"adults": -1}},
        {"party": {"children": 100}},
        {"party": {"children": "2"}},
        {"seq": -1},
        {"seq": 2**60},
        {"verdict": "granted"},
        {"clock": {"boot_id": "b", "boottime_ms": 1, "wall_utc": "2026-11-24T06:12:03", "synced": True}},
        {"judged_by_date": "24.11.2026"},
        {"judged_by_date": "2026-11-24\n"},
        {"marks": ["m"] * 17},
        {"code_sealed": "x" * 257},
    ],
    ids=str,
)
def test_a_record_with_impossible_values_is_refused(change: dict[str, Any]) -> None:
    document = json.loads(golden("scan-1")) | change
    with pytest.raises(WireError):
        decode_record(msgspec.json.encode(document))
