"""Which of several readings of one boot's stopwatch goes before the others."""

from datetime import timedelta

from server.domain.readings import HEALTH, Readings
from server.domain.seen import Reading
from tests.server.kiosk import BOOT, NOW


def test_a_calendar_in_time_goes_before_the_time_of_arrival_and_health_comes_last() -> None:
    """What came before the calendar was set is as late as its message was."""
    late = {
        source: Reading(BOOT, 1_000, NOW + timedelta(seconds=seconds))
        for seconds, source in enumerate((HEALTH, "none", "server", "ntp"))
    }
    heard = Readings(late).heard
    assert heard[0] == late["ntp"]
    assert heard[-1] == late[HEALTH]
