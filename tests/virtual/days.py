"""Days of a venue with a schedule of faults, all drawn from one seed, and what must be true in the end."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import select

from agent.wire.messages import decode_record
from server.adapters.tables import epochs, records, visits
from server.adapters.verify import verify
from server.domain.figures import Summary
from tests.virtual.fleet import ZONE
from tests.virtual.venue import Came, Venue, Visitor, play

FIRST_DAY: Final = date(2026, 10, 24)
"""The day after it has 25 hours."""
OPENS, CLOSES = 7, 20
FAULTS: Final = (
    "power",
    "power",
    "power without the time",
    "a boot that nobody hears of",
    "network",
    "network",
    "lossy network",
    "server",
    "server",
    "full disk",
    "slow disk",
    "slow disk",
    "a day back",
    "a year ahead",
    "camera",
)
NEAR_S: Final = 10.0


@dataclass(frozen=True)
class Outcome:
    came: list[Came]
    trace: list[tuple[float, str]]
    visits: list[tuple[str, str | None, datetime, datetime, int | None]]
    """Quality, code, the time that the server worked out, the true one, children: of each that counts."""
    days: Summary
    differences: list[str]
    waiting: int


def some_days(folder: Path, seed: int, visitors_a_day: int, days: int = 2) -> Outcome:
    """The same seed gives the same outcome."""

    async def scene() -> Outcome:
        venue = Venue(folder, seed, _midnight(FIRST_DAY) - timedelta(minutes=5))
        await _live(venue, seed, visitors_a_day, days)
        outcome = _outcome(venue, days)
        venue.power_off()
        venue.fleet.database.close()
        return outcome

    return play(scene)


async def _live(venue: Venue, seed: int, visitors_a_day: int, days: int) -> None:
    await venue.power_on()
    breaking = asyncio.create_task(_break(venue, random.Random(seed + 2), days))  # noqa: S311  (no secret)
    keeping = asyncio.create_task(_keep(venue, restore=days > 1 and seed % 2 == 0))
    for day in (FIRST_DAY + timedelta(days=number) for number in range(days)):
        opens = _midnight(day) + timedelta(hours=OPENS)
        for number, at in enumerate(
            sorted(venue.chance.uniform(0, (CLOSES - OPENS) * 3600) for _ in range(visitors_a_day))
        ):
            await _until(venue, opens + timedelta(seconds=at))
            await venue.serve(_visitor(venue.chance, day, number))
    await breaking
    await keeping
    venue.device.synced = True  # a day that ends without the time is not proved, and that is right
    end = _midnight(FIRST_DAY + timedelta(days=days)) + timedelta(minutes=10)
    await _until(venue, end)
    for _ in range(600):
        if venue.waiting == 0:
            return
        await asyncio.sleep(10)


def _visitor(chance: random.Random, day: date, number: int) -> Visitor:
    return Visitor(
        code=f"A{day:%d}{number:07}",
        blocked=chance.random() < 0.05,
        by_hand=chance.random() < 0.7,
        children=chance.choice([None, None, 0, 1, 2, 3]),
        again=chance.random() < 0.1,
    )


async def _keep(venue: Venue, *, restore: bool) -> None:
    """A backup at the first midnight; with it the server is made anew on the second afternoon."""
    await _until(venue, _midnight(FIRST_DAY + timedelta(days=1)))
    venue.fleet.back_up()
    if restore:
        await _until(venue, _midnight(FIRST_DAY + timedelta(days=1)) + timedelta(hours=15))
        venue.fleet.restore()
        venue.note("restored")


async def _break(venue: Venue, chance: random.Random, days: int) -> None:
    """One fault after the other, between opening and closing."""
    for day in (FIRST_DAY + timedelta(days=number) for number in range(days)):
        faults = list(FAULTS)
        chance.shuffle(faults)
        times = sorted(chance.uniform(OPENS * 3600, CLOSES * 3600) for _ in faults)
        for seconds, fault in zip(times, faults, strict=True):
            await _until(venue, _midnight(day) + timedelta(seconds=seconds))
            venue.note(fault)
            await _one_fault(venue, chance, fault)
            venue.note(f"{fault} is over")


async def _one_fault(venue: Venue, chance: random.Random, fault: str) -> None:  # noqa: C901  (one arm a fault)
    match fault:
        case "power":
            venue.power_off()
            await venue.power_on(synced=venue.device.synced)
        case "power without the time":
            venue.power_off()
            await venue.power_on(synced=False)
            await asyncio.sleep(chance.uniform(600, 7200))
            venue.device.synced = chance.random() < 0.5  # else the next start is the one that finds it
        case "a boot that nobody hears of":
            venue.power_off()
            venue.network.turn(up=False)
            await venue.power_on(synced=False)
            await asyncio.sleep(chance.uniform(1800, 7200))
            venue.power_off()
            venue.network.turn(up=True)
            await venue.power_on()
        case "network":
            venue.network.turn(up=False)
            await asyncio.sleep(chance.uniform(60, 7200))
            venue.network.turn(up=True)
        case "lossy network":
            venue.network.lossy = True
            await asyncio.sleep(chance.uniform(300, 1800))
            venue.network.lossy = False
        case "server":
            venue.fleet.stop()
            await asyncio.sleep(chance.uniform(10, 3600))
            venue.fleet.start()
        case "full disk":
            venue.device.disk_full = True
            await asyncio.sleep(chance.uniform(30, 300))
            venue.device.disk_full = False
        case "slow disk":
            venue.device.next_commit_s = chance.uniform(2, 6)
        case "a day back" | "a year ahead":
            venue.device.off_by = timedelta(days=-1 if fault == "a day back" else 365)
            await asyncio.sleep(chance.uniform(60, 900))
            venue.device.off_by = timedelta(0)
        case "camera":
            if venue.life is not None:
                venue.life.eyes.lose("the camera's cable is loose")
        case _:
            raise AssertionError(fault)


def _outcome(venue: Venue, days: int) -> Outcome:
    rows: list[tuple[str, str | None, datetime, datetime, int | None]] = []
    with venue.fleet.database.reading() as connection:
        found = connection.execute(
            select(visits.c.quality, visits.c.code, visits.c.seen_at, records.c.body, visits.c.children)
            .join(records, records.c.id == visits.c.record_id)
            .join(epochs, epochs.c.id == records.c.epoch_id)
            .where(visits.c.counted)
            .order_by(records.c.id)
        )
        for quality, code, seen_at, body, children in found:
            rows.append((quality, code, seen_at, _truth(venue, body), children))
    last = FIRST_DAY + timedelta(days=days - 1)
    return Outcome(
        came=venue.came,
        trace=venue.trace,
        visits=rows,
        days=venue.fleet.by_day(FIRST_DAY, last),
        differences=verify(venue.fleet.database).differences,
        waiting=venue.waiting,
    )


def _truth(venue: Venue, body: bytes) -> datetime:
    stamp = decode_record(body).clock
    return venue.device.boots[stamp.boot_id] + timedelta(milliseconds=stamp.boottime_ms)


def broken_promises(outcome: Outcome) -> list[str]:
    """In words; none where each visitor was counted once, in time, and the books prove it."""
    counts = Counter(code for _, code, *_ in outcome.visits)
    without_card = counts.pop(None, 0)
    came = {came.visitor.code for came in outcome.came}
    by_hand = {came.visitor.code for came in outcome.came if came.by_hand}
    broken = list(outcome.differences)
    broken += [f"{code} is counted {count} times" for code, count in counts.items() if count > 1]
    broken += [f"{code} is counted and never came in" for code in counts.keys() - came]
    broken += [f"{code} came in and is not counted" for code in came - by_hand - counts.keys()]
    if len(counts) + without_card != len(outcome.came):
        broken.append(f"{len(outcome.came)} came in, {len(counts) + without_card} are counted")
    for quality, code, seen_at, truth, _ in outcome.visits:
        late = (seen_at - truth).total_seconds()
        if late < -NEAR_S or (late > NEAR_S and quality != "bounded"):
            broken.append(f"{code} is dated {late:+.0f} s off ({quality})")
    books = outcome.days.records
    if books.doubts or books.here != books.expected or outcome.waiting:
        broken.append(f"not proved: {books.here}/{books.expected} {books.doubts}, {outcome.waiting} wait")
    return broken + _wrong_days(outcome)


def _wrong_days(outcome: Outcome) -> list[str]:
    """Days of which every visit's time is known."""
    truth = Counter(at.astimezone(ZONE).date().isoformat() for _, _, _, at, _ in outcome.visits)
    if any(quality == "bounded" for quality, *_ in outcome.visits):
        return []
    return [
        f"{row.key} has {row.visits} visits, in truth {truth[row.key]}"
        for row in outcome.days.rows
        if row.visits != truth[row.key]
    ]


async def _until(venue: Venue, when: datetime) -> None:
    await asyncio.sleep(max(0.0, (when - venue.true_now()).total_seconds()))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC)
