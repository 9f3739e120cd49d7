"""What a kiosk says of itself every minute: ages by clocks that can tell them, else nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import UNSET

from agent.core.alerts import Waiting
from agent.core.health import health_of
from agent.core.looking import Counts, Looking, Picture, checked, looked, lost, opened
from agent.wire.messages import CameraHealth
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


def test_of_a_camera_that_never_opened_nothing_is_said() -> None:
    assert health_of(NOW, "ntp", Waiting(), None, Looking()).camera is UNSET
    assert health_of(NOW, "ntp", Waiting(), None).camera is UNSET


def test_what_is_known_of_the_camera_is_told_and_of_one_that_is_lost_the_counts() -> None:
    picture = Picture(sharpness=0.83, dark=0.02, blown=0.11, mean=120.0, exposure_ms=9.97, lux=200.0)
    looking = checked(opened(Looking(foreign=31), "imx708", ("a", "b")), picture, Counts(500, (1, 1), 1, 7))
    told = health_of(NOW, "ntp", Waiting(), None, looked(looking, 8.44)).camera
    assert told == CameraHealth(
        frames=500,
        restarts=0,
        failures=3,
        unread=7,
        foreign=31,
        decode_ms=8.4,
        sharpness=0.83,
        dark=0.02,
        blown=0.11,
        exposure_ms=9.97,
    )
    gone = health_of(NOW, "ntp", Waiting(), None, lost(looking, "unplugged")).camera
    assert isinstance(gone, CameraHealth)
    assert (gone.restarts, gone.frames, gone.sharpness, gone.exposure_ms) == (1, 500, None, None)
