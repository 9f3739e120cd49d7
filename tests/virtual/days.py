"""Days of a venue with a schedule of faults, all drawn from one seed, and what must be true in the end."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from server.adapters.verify import verify
from server.domain.figures import Summary
from tests.virtual.counted import Counted, counted, wrong_persons, wrong_proofs, wrong_times
from tests.virtual.fleet import ZONE
from tests.virtual.venue import Venue
from tests.virtual.virtual_loop import play
from tests.virtual.visitors import Came, Visitor

FIRST_DAY: Final = date(2026, 10, 24)
"""The day after it has 25 hours."""
OPENS, CLOSES = 7, 20
VISITORS_A_DAY: Final = 60
ASKED_AFTER_A_RESTORE: Final = 60
"""So many times, a second apart, are all days' proofs asked for."""
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


@dataclass(frozen=True)
class Outcome:
    came: list[Came]
    trace: list[tuple[float, str]]
    visits: list[Counted]
    days: Summary
    differences: list[str]
    waiting: int


def some_days(folder: Path, seed: int, visitors_a_day: int = VISITORS_A_DAY, days: int = 2) -> Outcome:
    """The same seed gives the same outcome."""

    async def scene() -> Outcome:
        venue = Venue(folder, seed, _midnight(FIRST_DAY) - timedelta(minutes=5))
        wrong = await _live(venue, seed, visitors_a_day, days)
        outcome = _outcome(venue, days, wrong)
        venue.power_off()
        venue.fleet.database.close()
        return outcome

    return play(scene)


async def _live(venue: Venue, seed: int, visitors_a_day: int, days: int) -> list[str]:
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
    wrong = await keeping
    venue.device.synced = True  # a day that ends without the time is not proved, and that is right
    end = _midnight(FIRST_DAY + timedelta(days=days)) + timedelta(minutes=10)
    await _until(venue, end)
    for _ in range(600):
        if venue.waiting == 0:
            break
        await asyncio.sleep(10)
    return wrong + wrong_proofs(venue)


def _visitor(chance: random.Random, day: date, number: int) -> Visitor:
    return Visitor(
        code=f"A{day:%d}{number:07}",
        blocked=chance.random() < 0.05,
        by_hand=chance.random() < 0.7,
        children=chance.choice([None, None, 0, 1, 2, 3]),
        again=chance.random() < 0.1,
    )


async def _keep(venue: Venue, *, restore: bool) -> list[str]:
    """A backup before the first day; with it the server is made anew late on the second evening.

    The kiosk starts meanwhile, for the last time, and the restored server hears of that start first. Which
    days it calls whole, while it is filled again, that are not.
    """
    venue.fleet.back_up()
    wrong: list[str] = []
    if restore:
        await _until(venue, _midnight(FIRST_DAY + timedelta(days=1)) + timedelta(hours=23))
        venue.network.turn(up=False)
        venue.fleet.restore()
        venue.power_off()
        await venue.power_on(synced=venue.device.synced)
        venue.network.turn(up=True)
        venue.note("restored")
        for _ in range(ASKED_AFTER_A_RESTORE):
            await asyncio.sleep(1)
            wrong += wrong_proofs(venue)
    return wrong


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


def _outcome(venue: Venue, days: int, wrong: list[str]) -> Outcome:
    last = FIRST_DAY + timedelta(days=days - 1)
    return Outcome(
        came=venue.came,
        trace=venue.trace,
        visits=counted(venue),
        days=venue.fleet.by_day(FIRST_DAY, last),
        differences=verify(venue.fleet.database).differences + wrong,
        waiting=venue.waiting,
    )


def broken_promises(outcome: Outcome) -> list[str]:
    """In words; none where each visitor was counted once, in time, and the books prove it."""
    broken = outcome.differences + wrong_persons(outcome.came, outcome.visits) + wrong_times(outcome.visits)
    books = outcome.days.records
    if books.doubts or books.here != books.expected or outcome.waiting:
        broken.append(f"not proved: {books.here}/{books.expected} {books.doubts}, {outcome.waiting} wait")
    return broken + _wrong_days(outcome)


def _wrong_days(outcome: Outcome) -> list[str]:
    """Days of which every visit's time is known."""
    truth = Counter(row.true.astimezone(ZONE).date().isoformat() for row in outcome.visits)
    if any(row.quality == "bounded" for row in outcome.visits):
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
