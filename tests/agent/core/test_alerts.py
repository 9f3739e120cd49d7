"""Which alerts are up, as a function of plain facts."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from agent.core.alerts import ALERTS, Facts, Limits, Waiting, alerts_up, is_alone
from agent.wire.topics import ALERT_NAME
from tests.agent.examples import moment

LIMITS: Final = Limits()
NOW: Final = moment(1000)
WEEK: Final = 7 * 86_400


def up(facts: Facts) -> list[str]:
    return list(alerts_up(facts, NOW, LIMITS))


def test_a_kiosk_that_is_well_has_none() -> None:
    assert up(Facts(camera_lost_at=990, waiting=Waiting(20_000, moment(10).stamp()))) == []


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        (Facts(taken_over=True), "identity-twice"),
        (Facts(disk_fails=True), "storage"),
        (Facts(forgetful="it lies on tmpfs"), "storage-forgetful"),
        (Facts(camera_lost_at=939), "camera"),
        (Facts(waiting=Waiting(20_001)), "outbox-old"),
        (Facts(connected_at=879, list_age_s=86_401), "list-old"),
    ],
)
def test_each_condition_has_its_alert(facts: Facts, name: str) -> None:
    assert up(facts) == [name]


def test_all_names_are_of_the_contract() -> None:
    everything = Facts(
        disk_fails=True,
        forgetful="x",
        camera_lost_at=0,
        taken_over=True,
        waiting=Waiting(10**6),
        connected_at=0,
        list_age_s=10**9,
    )
    assert tuple(alerts_up(everything, NOW, LIMITS)) == ALERTS
    assert all(ALERT_NAME.fullmatch(name) for name in ALERTS)


@pytest.mark.parametrize(("lost_at", "is_up"), [(940, False), (939.9, True), (0.0, True)])
def test_a_camera_may_be_away_for_a_minute(lost_at: float, is_up: bool) -> None:
    assert bool(up(Facts(camera_lost_at=lost_at))) == is_up


def test_a_list_is_old_when_its_hours_are_over_and_the_connection_had_its_time_to_renew_it() -> None:
    for connected_at, age_s, is_up in (
        (880, 86_401, True),
        (881, 86_401, False),
        (None, 86_401, False),
        (0, 86_400, False),
        (880, None, True),
        (881, None, False),
    ):
        assert bool(up(Facts(connected_at=connected_at, list_age_s=age_s))) == is_up
    (detail,) = alerts_up(Facts(connected_at=0, list_age_s=30 * 3600), NOW, LIMITS).values()
    assert detail == "the card list was last confirmed 30 hours ago"


def test_a_record_that_waits_for_a_week_is_told_by_the_stopwatch_of_its_boot_whatever_the_calendar() -> None:
    written = moment(10, synced=False).stamp()
    later = moment(WEEK + 11, synced=False)
    assert "outbox-old" in alerts_up(Facts(waiting=Waiting(1, written)), later, LIMITS)
    assert not alerts_up(Facts(waiting=Waiting(1, written)), moment(WEEK + 10), LIMITS)
    assert not alerts_up(Facts(waiting=Waiting(0, written)), later, LIMITS)


def test_a_record_of_another_boot_is_dated_by_calendars_that_were_in_time_and_else_by_none() -> None:
    later = replace(moment(0), boot_id="the next", wall_utc=moment(WEEK + 11).wall_utc)
    in_time, not_in_time = moment(10).stamp(), moment(10, synced=False).stamp()
    assert "outbox-old" in alerts_up(Facts(waiting=Waiting(1, in_time)), later, LIMITS)
    assert not alerts_up(Facts(waiting=Waiting(1, not_in_time)), later, LIMITS)
    assert not alerts_up(Facts(waiting=Waiting(1, in_time)), replace(later, synced=False), LIMITS)


def test_a_venue_may_set_other_limits() -> None:
    few = Limits(rows=10, age=timedelta(hours=1))
    assert "outbox-old" in alerts_up(Facts(waiting=Waiting(11)), NOW, few)
    assert "outbox-old" in alerts_up(Facts(waiting=Waiting(1, moment(10).stamp())), moment(3700), few)


def test_a_connection_that_lasts_for_minutes_is_alone() -> None:
    assert not is_alone(None, 1000)
    assert not is_alone(800, 1000)
    assert is_alone(700, 1000)
