"""What a kiosk says of its own troubles, and what the page says of it."""

from datetime import UTC, datetime, timedelta, timezone

from agent.core.alerts import ALERTS
from agent.wire.messages import Alert
from server.domain.alerts import (
    KNOWN,
    LIST_KEY_ALERT,
    MOST,
    REVOKED_ALERT,
    ROW_ALERT,
    Raised,
    after_alert,
    by_urgency,
)
from server.domain.arrivals import AlertArrived
from tests.server.kiosk import KIOSK, NOW

LATER = NOW + timedelta(hours=1)


def said(name: str, detail: str = "", at: datetime = NOW, since: datetime | None = NOW) -> AlertArrived:
    return AlertArrived(KIOSK, at, name, Alert(since=since, detail=detail), retained=False)


def over(name: str) -> AlertArrived:
    return AlertArrived(KIOSK, LATER, name, None, retained=False)


def test_an_alert_lasts_until_it_is_over() -> None:
    up = after_alert({}, said("camera", "no picture"))
    assert up == {"camera": Raised(NOW, "no picture", NOW)}
    up = after_alert(up, said("storage"))
    assert list(after_alert(up, over("camera"))) == ["storage"]
    assert after_alert(up, over("of-tomorrow")) == up


def test_an_alert_that_is_said_again_keeps_the_time_at_which_it_was_heard_first() -> None:
    up = after_alert({}, said("camera"))
    assert after_alert(up, said("camera", "still none", LATER))["camera"] == Raised(NOW, "still none", NOW)


def test_a_hostile_kiosk_has_no_more_alerts_than_fit() -> None:
    up: dict[str, Raised] = {}
    for number in range(100):
        up = after_alert(up, said(f"made-up-{number}"))
    assert len(up) == MOST
    assert after_alert(up, said("made-up-0", "again"))["made-up-0"].detail == "again"


def test_texts_and_times_of_a_hostile_kiosk_fit_every_table() -> None:
    first_day = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    raised = after_alert({}, said("camera", "a\0b\x1b[2J", since=first_day))["camera"]
    assert (raised.since, raised.detail) == (None, "a?b?[2J")
    raised = after_alert({}, said("camera", since=NOW.astimezone(timezone(timedelta(hours=2)))))["camera"]
    assert raised.since == NOW
    assert raised.since.tzinfo is UTC


def test_the_most_urgent_stands_first_and_an_unknown_one_last() -> None:
    told = by_urgency({"fan-stuck", "outbox-old", "storage-forgetful"})
    assert [trouble.name for trouble in told] == ["storage-forgetful", "outbox-old", "fan-stuck"]
    assert by_urgency([]) == ()


def test_each_alert_of_today_has_its_urgency() -> None:
    assert {*ALERTS, LIST_KEY_ALERT, REVOKED_ALERT, ROW_ALERT} <= set(KNOWN)
