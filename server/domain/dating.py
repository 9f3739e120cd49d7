"""Bounds for what a kiosk wrote in a boot that never knew the time: its neighbours in the chain of starts do.

A start can have begun no sooner than the last record of the one before, and written nothing after the one
that follows began. Its own stopwatch says how far apart its records are. The same bounds find out a calendar
that says it is in time and is not, where the server heard the neighbours' clocks and not that boot's.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from agent.wire.records import Stamp
from server.domain.memory_cards import CLOCKS_DIFFER
from server.domain.readings import NOTHING_READ, Readings
from server.domain.seen import AHEAD, EARLIEST, LONGEST_MS, NO_PAIR, Seen, digested, seen, words


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochClock:
    """The stopwatch at the first and at the last record of a start; both are of boot ``boot_id``."""

    id: int
    name: str
    previous: str | None
    boot_id: str
    opened_ms: int
    last_ms: int

    @property
    def length(self) -> timedelta:
        return timedelta(milliseconds=max(0, self.last_ms - self.opened_ms))


@dataclass(frozen=True, slots=True)
class Bounds:
    """The first record is not before ``first``, the last one not after ``last``, as far as is known."""

    first: datetime | None = None
    last: datetime | None = None


NO_BOUNDS: Final = Bounds()
When = Callable[[EpochClock, int], datetime | None]
"""When the stopwatch of a start stood there; ``None`` where its boot never knew the time."""


class Times:
    """What is known of when a kiosk's starts were written. The same whatever order all of it came in.

    What the server heard of a boot's clock dates it, else what its own records tell, unless that contradicts
    what was heard of the starts beside it. Of all others there are bounds.
    """

    def __init__(self, epochs: Iterable[EpochClock], readings: Mapping[str, Readings]) -> None:
        """``epochs`` are one kiosk's, in any order; ``readings`` are by boot."""
        self._readings = readings
        self._epochs = tuple(epochs)
        self._limits = bounds_of(self._epochs, self._heard)
        self._bounds = bounds_of(self._epochs, self.when)

    def of_boot(self, boot_id: str) -> Readings:
        return self._readings.get(boot_id, NOTHING_READ)

    def when(self, epoch: EpochClock, boottime_ms: int) -> datetime | None:
        """``None`` where only bounds are known."""
        readings = self.of_boot(epoch.boot_id)
        if readings.heard:
            return readings.heard_at(boottime_ms)
        told = (reading.at(boottime_ms) for reading in readings.told)
        return next((at for at in told if at is not None and self._can_be(epoch, boottime_ms, at)), None)

    def bounds(self, epoch: EpochClock) -> Bounds:
        """By the starts beside it: by all of them, where its own time is not known."""
        return self._bounds.get(epoch.id, self.limits(epoch))

    def limits(self, epoch: EpochClock) -> Bounds:
        """By those alone whose clocks the server heard; none where it heard this one's."""
        return self._limits.get(epoch.id, NO_BOUNDS)

    def seen(self, epoch: EpochClock, stamp: Stamp, received_at: datetime) -> Seen:
        """A record of that start."""
        readings = self.of_boot(epoch.boot_id)
        if readings.heard:
            at_most: Iterable[Seen] = (seen(stamp, readings.heard, readings.told, received_at),)
        else:
            at_most = words(stamp, readings.told, received_at)
        for said in at_most:
            if said.quality != "bounded" and self._can_be(epoch, stamp.boottime_ms, said.at):
                return said
        return bounded(epoch, self.bounds(epoch), stamp.boottime_ms, received_at)

    def digested(self, epoch: EpochClock, stamp: Stamp, received_at: datetime) -> datetime | None:
        """When a digest of that start was written; ``None`` where it closes no day.

        What nobody heard counts once all is here that came after it: a later start may know better.
        """
        readings, limits = self.of_boot(epoch.boot_id), self.limits(epoch)
        if not readings.heard and limits.last is None:
            return None
        at = digested(stamp, NO_PAIR, readings.heard, readings.told, received_at, received_at)
        return at if at is not None and self._can_be(epoch, stamp.boottime_ms, at) else None

    def _heard(self, epoch: EpochClock, boottime_ms: int) -> datetime | None:
        return self.of_boot(epoch.boot_id).heard_at(boottime_ms)

    def _can_be(self, epoch: EpochClock, boottime_ms: int, at: datetime) -> bool:
        limits = self.limits(epoch)
        return not contradicts(at, limits) and not contradicts(
            at, narrowed(limits, epoch, boottime_ms), CLOCKS_DIFFER
        )


def bounds_of(epochs: Iterable[EpochClock], when: When) -> Mapping[int, Bounds]:
    """Of each start whose boot never knew the time. ``epochs`` are one kiosk's, in any order."""
    chain = _in_order(tuple(epochs))
    undated = {epoch.id for epoch in chain if when(epoch, epoch.opened_ms) is None}
    firsts = _firsts(chain, undated, when)
    lasts = _lasts(chain, undated, when)
    return {number: _agreed(firsts.get(number), lasts.get(number)) for number in undated}


def bounded(epoch: EpochClock, bounds: Bounds, boottime_ms: int, received_at: datetime) -> Seen:
    """The latest it can have been. Where power was cut and came back at once, that is when it was."""
    if bounds.last is None:
        return Seen(received_at, "bounded")
    before_last = timedelta(milliseconds=min(max(0, epoch.last_ms - boottime_ms), LONGEST_MS))
    at = max(_earlier(bounds.last, before_last) or EARLIEST, bounds.first or EARLIEST)
    return Seen(min(at, received_at), "bounded")


def contradicts(at: datetime, bounds: Bounds, differ: timedelta = AHEAD) -> bool:
    """Whether a kiosk's own word for ``at`` cannot be, by what the server heard of the starts beside it."""
    too_early = bounds.first is not None and bounds.first - at > differ
    return too_early or (bounds.last is not None and at - bounds.last > differ)


def narrowed(bounds: Bounds, epoch: EpochClock, boottime_ms: int) -> Bounds:
    """Those of one record: it lies so far from the first and the last by the stopwatch."""
    since, before = (
        timedelta(milliseconds=min(max(0, apart), LONGEST_MS))
        for apart in (boottime_ms - epoch.opened_ms, epoch.last_ms - boottime_ms)
    )
    return Bounds(
        first=None if bounds.first is None else _later(bounds.first, since),
        last=None if bounds.last is None else _earlier(bounds.last, before),
    )


def _in_order(epochs: tuple[EpochClock, ...]) -> tuple[EpochClock, ...]:
    """Each after the one that it names: a server that was restored gets the newest first. Rings come last."""
    names = {epoch.name for epoch in epochs}
    following: dict[str, list[EpochClock]] = {}
    for epoch in epochs:
        following.setdefault(epoch.previous or "", []).append(epoch)
    ordered = [epoch for epoch in epochs if epoch.previous not in names]
    for epoch in ordered:  # grows as it goes
        ordered += following.get(epoch.name, [])
    placed = {epoch.id for epoch in ordered}
    return (*ordered, *(epoch for epoch in epochs if epoch.id not in placed))


def _lasts(chain: tuple[EpochClock, ...], undated: set[int], when: When) -> Mapping[int, datetime]:
    """From the last to the first: what follows is dated itself, or bounded already."""
    by_name = {epoch.name: epoch for epoch in chain}
    found: dict[int, datetime] = {}
    for epoch in reversed(chain):
        opened = when(epoch, epoch.opened_ms)
        if opened is None and epoch.id in found:
            opened = _earlier(found[epoch.id], epoch.length)
        before = by_name.get(epoch.previous or "")
        if opened is not None and before is not None and before.id in undated:
            found[before.id] = min(opened, found.get(before.id, opened))
    return found


def _firsts(chain: tuple[EpochClock, ...], undated: set[int], when: When) -> Mapping[int, datetime]:
    by_name = {epoch.name: epoch for epoch in chain}
    found: dict[int, datetime] = {}
    for epoch in chain:
        before = by_name.get(epoch.previous or "")
        if before is None or epoch.id not in undated:
            continue
        ended = when(before, before.last_ms)
        if ended is None and before.id in found:
            ended = _later(found[before.id], before.length)
        if ended is not None:
            found[epoch.id] = ended
    return found


def _agreed(first: datetime | None, last: datetime | None) -> Bounds:
    """Where clocks contradict each other, the later start's word counts: it was the last to hear the time."""
    return (
        Bounds(None, last) if first is not None and last is not None and first > last else Bounds(first, last)
    )


def _earlier(at: datetime, by: timedelta) -> datetime | None:
    try:
        return at - by
    except OverflowError:
        return None


def _later(at: datetime, by: timedelta) -> datetime | None:
    try:
        return at + by
    except OverflowError:
        return None
