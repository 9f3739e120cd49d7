"""What is known of one boot's stopwatch: what the server heard, and what the kiosk's own records tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from server.domain.seen import AHEAD, Reading

FIRST_RECORD: Final = "record"
LAST_RECORD: Final = "newest"
HEALTH: Final = "health"
"""The source of a reading that came with a sign of life, not with records."""
RECORDS: Final = frozenset({FIRST_RECORD, LAST_RECORD})
"""Sources of readings that are records of the boot, by their stopwatch, whose calendar was in time."""


@dataclass(frozen=True, slots=True)
class Readings:
    """Of one boot, by who read: the kiosk's source of time, or its first and its last record."""

    by_source: Mapping[str, Reading] = field(default_factory=dict)

    @property
    def heard(self) -> Sequence[Reading]:
        """Those that came with a message and were compared with the server's clock, the best first.

        A calendar in time is better than the time of arrival, which is as late as the message was.
        """
        known = sorted(
            self.by_source.items(), key=lambda known: (known[0] == HEALTH, known[0] == "none", known[0])
        )
        return [reading for source, reading in known if source not in RECORDS]

    @property
    def by_health_alone(self) -> Reading | None:
        """What no batch said, so that no receipt repeated it for the kiosk to keep."""
        return self.by_source.get(HEALTH) if self.by_source.keys() <= RECORDS | {HEALTH} else None

    @property
    def told(self) -> Sequence[Reading]:
        """The kiosk's word, the better one first.

        The first record is nearest to those before it, that knew no time. Where the last one says otherwise
        a wrong calendar was put right in between, or the other way round: who speaks last has learned more.
        """
        first, last = self.by_source.get(FIRST_RECORD), self.by_source.get(LAST_RECORD)
        found = [reading for reading in (first, last) if reading is not None]
        if first is None or last is None:
            return found
        at = first.at(last.boottime_ms)
        agree = at is not None and abs(at - last.utc) <= AHEAD
        return [first] if agree else [last, first]

    def heard_at(self, boottime_ms: int) -> datetime | None:
        """When the stopwatch stood there; ``None`` where the server never compared it with its own clock."""
        return next((reading.at(boottime_ms) for reading in self.heard), None)


NOTHING_READ: Final = Readings()
