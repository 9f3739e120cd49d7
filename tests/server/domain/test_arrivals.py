"""What a message becomes, and that a broken batch costs none of its rows."""

import json
from typing import Any

import pytest

from agent.wire.messages import MAX_PAYLOAD_BYTES, Alert, WireError, encode
from agent.wire.topics import of_kiosk
from server.domain.arrivals import AlertArrived, BatchArrived, parse
from tests.server.kiosk import KIOSK, NOW, batch, epoch, opened, scan

RECORDS = of_kiosk(KIOSK, "records")


def document(**changes: object) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(encode(batch([opened(), scan(1)])))
    return made | changes


def arrived(message: object) -> BatchArrived:
    taken = parse(RECORDS, json.dumps(message).encode(), NOW, retained=False)
    assert isinstance(taken, BatchArrived)
    return taken


def test_a_batch_is_taken_with_its_clock() -> None:
    assert arrived(document()).batch.clock.source == "ntp"


@pytest.mark.parametrize(
    "changes",
    [
        {"clock": {"boot_id": "b", "boottime_ms": -1, "utc": "2026-11-24T10:00:00Z", "source": "ntp"}},
        {"clock": None},
        {"type": "records/2"},
        {"kept_from": "one"},
        {"rows": [{"seq": number} for number in range(101)]},
    ],
)
def test_a_fault_beside_the_rows_costs_no_row(changes: dict[str, object]) -> None:
    taken = arrived(document(**changes)).batch
    assert (taken.epoch, taken.first, taken.clock.source) == (epoch(1), 0, "none")
    assert len(taken.rows) == len(document(**changes)["rows"])


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        json.dumps(document(epoch="+")).encode(),
        json.dumps(document(first=-1)).encode(),
        json.dumps(document(rows=[])).encode(),
        json.dumps(document(rows=[{"seq": 0, "x": "x" * MAX_PAYLOAD_BYTES}])).encode(),
    ],
)
def test_what_names_no_rows_is_refused_without_its_content(payload: bytes) -> None:
    with pytest.raises(WireError) as refusal:
        parse(RECORDS, payload, NOW, retained=False)
    assert "+" not in str(refusal.value)


def test_an_alert_is_taken_by_the_name_in_its_topic_and_an_empty_one_is_over() -> None:
    alert = Alert(since=NOW, detail="no picture comes from the camera")
    topic = of_kiosk(KIOSK, "alert/camera")
    assert parse(topic, encode(alert), NOW, retained=True) == AlertArrived(KIOSK, NOW, "camera", alert, True)
    assert parse(topic, b"", NOW, retained=False) == AlertArrived(KIOSK, NOW, "camera", None, False)


@pytest.mark.parametrize("name", ["", "A999123453", "x" * 33, "a/b", "-", "ä", "a\n"])
def test_an_alert_whose_name_is_not_of_the_contract_is_refused(name: str) -> None:
    with pytest.raises(WireError):
        parse(of_kiosk(KIOSK, f"alert/{name}"), encode(Alert(since=None, detail="")), NOW, retained=False)
