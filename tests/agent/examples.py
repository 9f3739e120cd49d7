"""Moments, cards and records that the tests of the kiosk share."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from agent.core.actions import Ref
from agent.core.moment import Moment
from agent.ports.journal import Journal
from agent.wire.card_code import CardCode
from agent.wire.card_key import ListKey
from agent.wire.card_page import CardRow, RowStatus
from agent.wire.messages import Health, Info
from agent.wire.records import CardKind, ListState, Party, Scan, Verdict

START: Final = datetime(2026, 11, 24, 6, 12, tzinfo=UTC)
TODAY: Final = date(2026, 11, 24)
LIST_KEY: Final = ListKey(bytes(range(32)))
OTHER_LIST_KEY: Final = ListKey(bytes(32))
LIST: Final = ListState(revision=55121, age_s=840)
EPOCH: Final = "0123456789abcdef0123456789abcdef"
OTHER_EPOCH: Final = "f" * 32
GENERATION: Final = "a" * 32
OTHER_GENERATION: Final = "b" * 32
KIOSK: Final = "k-abcdefghij"

ANNA: Final = CardCode("A100000001")
BENGT: Final = CardCode("B200000002")
CECILIA: Final = CardCode("C300000003")


def moment(seconds: float, *, synced: bool = True) -> Moment:
    return Moment(
        boot_id="6f0c1c1e",
        boottime_ms=round(seconds * 1000),
        wall_utc=START + timedelta(seconds=seconds),
        synced=synced,
    )


def row_of(
    code: CardCode,
    *,
    kind: CardKind = "personal",
    status: RowStatus = "active",
    max_children: int | None = None,
    list_key: ListKey = LIST_KEY,
) -> CardRow:
    """A card that is valid all year."""
    return CardRow(
        key=list_key.card_key(code),
        kind=kind,
        status=status,
        first_day=date(2026, 1, 1),
        last_day=date(2026, 12, 31),
        max_children=max_children,
    )


def scan(verdict: Verdict = "accepted", *, sealed: str = "c2VhbGVk") -> Scan:
    return Scan(
        seq=0,
        verdict=verdict,
        reason="listed",
        code_sealed=sealed,
        symbology="qr",
        card_kind="personal",
        party=Party(),
        venue="v-102",
        clock=moment(91.822).stamp(),
        judged_by_date="2026-11-24",
        list=LIST,
    )


BIRTH: Final = Info(
    software="0.1",
    model="pi",
    serial="1",
    camera="picamera",
    engines=(),
    screen="",
    zone="Europe/Helsinki",
    config_version="1",
    cards_revision=0,
    cards_count=0,
    outbox=(),
)
"""What a kiosk says of itself, where a test is about something else."""
HEALTH: Final = Health(clock=moment(0).pair("ntp"), waiting=0, oldest_s=None, list_age_s=60)


def answered(journal: Journal, ref: Ref, children: int) -> None:
    """Close the record with its answer."""
    journal.answer(ref, "children", children)
    journal.settle(ref)
