"""What the server made of the kiosk's records, beside what really happened at the door."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from agent.wire.messages import decode_record
from server.adapters.proofs import bounds
from server.adapters.record_tables import epochs, records, visits
from tests.virtual.device import Device
from tests.virtual.fleet import ZONE
from tests.virtual.venue import Venue
from tests.virtual.visitors import Came

NEAR_S: Final = 31.0
"""What has no better time is dated by when its batch came, and the bad line here takes 30 s."""


@dataclass(frozen=True)
class Counted:
    """A visit that counts; ``true`` is when its record was written, which no clock in the venue knows."""

    quality: str
    code: str | None
    seen_at: datetime
    true: datetime
    children: int | None


def counted(venue: Venue) -> list[Counted]:
    """In the order in which the records came."""
    with venue.fleet.database.reading() as connection:
        found = connection.execute(
            select(visits.c.quality, visits.c.code, visits.c.seen_at, records.c.body, visits.c.children)
            .join(records, records.c.id == visits.c.record_id)
            .where(visits.c.counted)
            .order_by(records.c.id)
        )
        return [
            Counted(quality, code, seen_at, _true(venue.device, body), children)
            for quality, code, seen_at, body, children in found
        ]


def wrong_persons(came: Sequence[Came], rows: Sequence[Counted]) -> list[str]:
    """In words: who is counted twice, or not, or for nothing. Who was let in by hand may have no card."""
    counts = Counter(row.code for row in rows)
    without_card = counts.pop(None, 0)
    codes = {each.visitor.code for each in came}
    by_hand = {each.visitor.code for each in came if each.by_hand}
    wrong = [f"{code} is counted {count} times" for code, count in counts.items() if count > 1]
    wrong += [f"{code} is counted and never came in" for code in counts.keys() - codes]
    wrong += [f"{code} came in and is not counted" for code in codes - by_hand - counts.keys()]
    if len(counts) + without_card != len(came):
        wrong.append(f"{len(came)} came in, {len(counts) + without_card} are counted")
    return wrong


def wrong_times(rows: Sequence[Counted]) -> list[str]:
    """A time that only has bounds is the latest that it can have been; every other one is right."""
    offs = [(row, (row.seen_at - row.true).total_seconds()) for row in rows]
    return [
        f"{row.code} is dated {off:+.0f} s off ({row.quality})"
        for row, off in offs
        if off < -NEAR_S or (off > NEAR_S and row.quality != "bounded")
    ]


def wrong_records(venue: Venue) -> list[str]:
    """What the kiosk's journal has and the server has not, byte for byte, and the other way round."""
    with closing(sqlite3.connect(venue.journal_file)) as journal:
        here = set(journal.execute("SELECT epoch, seq, body FROM records JOIN epochs USING (ordinal)"))
    with venue.fleet.database.reading() as connection:
        chosen = select(epochs.c.epoch, records.c.seq, records.c.body).join(epochs)
        there = {(epoch, seq, bytes(body)) for epoch, seq, body in connection.execute(chosen)}
    wrong = [f"record {seq} of {epoch} is not on the server" for epoch, seq, _ in here - there]
    return wrong + [f"record {seq} of {epoch} was never in the journal" for epoch, seq, _ in there - here]


def wrong_proofs(venue: Venue) -> list[str]:
    """Days that the server calls whole although it lacks a record that the kiosk wrote in them.

    Of a day that goes on that is said of all records up to the newest one that is there.
    """
    with closing(sqlite3.connect(venue.journal_file)) as journal:
        written = journal.execute(
            "SELECT epoch, seq, body FROM records JOIN epochs USING (ordinal) ORDER BY ordinal, seq"
        ).fetchall()
    times = [_true(venue.device, body) for _, _, body in written]
    with venue.fleet.database.reading() as connection:
        there = {
            (epoch, seq)
            for epoch, seq in connection.execute(select(epochs.c.epoch, records.c.seq).join(epochs))
        }
    here = [(epoch, seq) in there for epoch, seq, _ in written]
    newest = max((number for number, is_here in enumerate(here) if is_here), default=-1)
    now = venue.true_now()
    wrong = []
    for day in sorted({at.astimezone(ZONE).date() for at in times}):
        start, end = bounds(day, day, ZONE)
        if not venue.fleet.by_day(day, day).records.complete:
            continue
        wrong += [
            f"{day} is called whole without record {written[number][1]} of {written[number][0]}"
            for number, at in enumerate(times)
            if start <= at < end and not here[number] and (end <= now or number < newest)
        ]
    return wrong


def _true(device: Device, body: bytes) -> datetime:
    stamp = decode_record(body).clock
    return device.boots[stamp.boot_id] + timedelta(milliseconds=stamp.boottime_ms)
