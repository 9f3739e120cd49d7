"""A day is told once it is over by every clock that the server may date the telling by."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from agent.adapters.simulated.clock import SimulatedClock
from agent.core.actions import WriteDigest
from agent.core.decide import decide
from agent.core.events import Tick
from agent.known_time import KnownTime
from agent.wire.messages import ClockPair
from tests.agent.core.visitors import QUIET, RULES

DAY: Final = date(2026, 11, 24)
MIDNIGHT: Final = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
"""In the venue's zone; so begins the day after."""
MINUTE: Final = timedelta(minutes=1)


@pytest.mark.parametrize("receipts", [True, False])
@pytest.mark.parametrize(
    ("until_noon", "after", "synced"),
    [
        (0, 0, True),
        (0.2, 0.2, True),
        (240, 240, True),
        (600, 600, True),
        (3500, 3500, True),
        (2400, 0, True),
        (0, -600, True),
        (-1800, -1800, True),
        (0, 0, False),
    ],
)
def test_no_clock_that_is_believed_says_that_it_is_not(
    until_noon: float, after: float, *, synced: bool, receipts: bool
) -> None:
    truth = MIDNIGHT - timedelta(hours=14)
    clock = SimulatedClock()
    known = KnownTime(clock, None)
    state = replace(QUIET, digested=DAY)
    told: list[datetime] = []
    while truth < MIDNIGHT + timedelta(minutes=75):
        ahead = timedelta(seconds=until_noon if truth < MIDNIGHT - timedelta(hours=10) else after)
        clock.set_calendar(truth + ahead, synced=synced)
        if receipts:
            now = clock.now()
            known.told(
                ClockPair(boot_id=now.boot_id, boottime_ms=now.boottime_ms, utc=truth, source="server")
            )
        state, actions = decide(state, Tick(known.now()), RULES)
        for action in actions:
            if isinstance(action, WriteDigest):
                assert action.day == date(2026, 11, 25)
                told.append(min(truth, truth + ahead) if synced else truth)
                state = replace(state, digested=action.day, digesting=False)
        truth += MINUTE
        clock.advance(60)
    if receipts:
        assert [at >= MIDNIGHT for at in told] == [True]
    elif not synced:
        assert told == []
