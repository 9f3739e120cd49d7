"""What a kiosk says of itself every minute: ages by clocks that can tell them, else nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.alerts import Waiting
from agent.core.health import health_of
from tests.agent.examples import moment

NOW = moment(1000)
HERE = moment(400).stamp()
ELSEWHERE = replace(moment(5), boot_id="another boot", wall_utc=NOW.wall_utc - timedelta(days=3))


@pytest.mark.parametrize(
    ("waiting", "oldest_s"),
    [
        (Waiting(), None),
        (Waiting(2, HERE), 600),
        (Waiting(2, ELSEWHERE.stamp()), 3 * 86_400),
        (Waiting(2, replace(ELSEWHERE, synced=False).stamp()), None),
        (Waiting(2, replace(ELSEWHERE, wall_utc=NOW.wall_utc + timedelta(days=1)).stamp()), 0),
        (Waiting(2, None), None),
        (Waiting(0, HERE), None),
    ],
)
def test_the_oldest_is_as_old_as_a_clock_can_tell(waiting: Waiting, oldest_s: int | None) -> None:
    told = health_of(NOW, "ntp", waiting, 59.6)
    assert (told.waiting, told.oldest_s, told.list_age_s) == (waiting.rows, oldest_s, 60)


def test_a_calendar_that_nobody_set_is_named_so_and_a_list_that_was_never_confirmed_has_no_age() -> None:
    told = health_of(replace(NOW, synced=False), "ntp", Waiting(), None)
    assert (told.clock.source, told.list_age_s) == ("none", None)
    assert told.clock.utc == NOW.wall_utc
    assert health_of(NOW, "trusted", Waiting(), None).clock.source == "trusted"
