"""What the contract of Journal is asked with."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from agent.core.actions import Ref
from agent.ports.journal import Batch, Journal, Start
from agent.wire.messages import ClockPair, Receipt, Refused
from tests.agent.examples import GENERATION, moment, scan

KEY = 2**64 - 3
AT = moment(10)
RESTORED = "f" * 32
HEARD = ClockPair(
    boot_id=AT.boot_id,
    boottime_ms=12_345,
    utc=datetime(2026, 11, 24, 6, 12, 3, 412_000, UTC),
    source="server",
)
Reopen = Callable[[], Journal]


def start(journal: Journal) -> Start:
    return journal.start(moment(10), "serial-1", "start")


def rows(batch: Batch | None) -> list[dict[str, Any]]:
    return [json.loads(row) for row in batch.rows] if batch else []


def everything(journal: Journal) -> Batch | None:
    return journal.batch(100, 96 * 1024)


def receipted(journal: Journal, epoch: str, upto: int, refused: dict[int, str]) -> None:
    rows = tuple(Refused(seq=seq, why=why) for seq, why in refused.items())
    journal.receipt(Receipt(generation=GENERATION, epoch=epoch, upto=upto, refused=rows))


def days_begin(journal: Journal, count: int) -> None:
    for number in range(count):
        journal.digest(date(2026, 11, 24) + timedelta(days=number), AT)


def write(journal: Journal, count: int) -> list[Ref]:
    """Settled scans."""
    refs = [journal.append(scan(), KEY) for _ in range(count)]
    for ref in refs:
        journal.settle(ref)
    return refs
