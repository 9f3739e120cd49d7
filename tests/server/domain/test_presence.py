"""What a kiosk's states mean for the page."""

from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
import pytest

from agent.wire.messages import ClockPair, Health, Status
from server.domain.arrivals import BatchArrived, HealthArrived, StatusArrived
from server.domain.figures import KioskState
from server.domain.presence import Presence, after_batch, after_health, after_status, kiosk_state
from server.domain.troubles import Trouble
from tests.server.kiosk import BOOT, KIOSK, NOW, batch, opened, pair

ONLINE = Presence(state="online", connection=5, since=NOW, cards_revision=3, clock_source="ntp")


@pytest.mark.parametrize(
    ("known", "state", "troubles"),
    [
        (Presence(), "never", ()),
        (ONLINE, "working", ()),
        (Presence(state="stopped"), "stopped", ()),
        (Presence(state="lost"), "lost", ()),
        (
            Presence(state="online", clock_source="none", cards_revision=3),
            "attention",
            (Trouble("clock_unknown"),),
        ),
        (Presence(state="online", clock_source="ntp", cards_revision=0), "attention", (Trouble("no_list"),)),
        (replace(ONLINE, clock_off_s=-30), "working", ()),
        (replace(ONLINE, clock_off_s=31), "attention", (Trouble("clock_off", 31),)),
        (replace(ONLINE, clock_off_s=-86_400), "attention", (Trouble("clock_off", -86_400),)),
    ],
)
def test_a_state_asks_for_attention_by_a_trouble(
    known: Presence, state: KioskState, troubles: tuple[Trouble, ...]
) -> None:
    assert kiosk_state(known, revision=3) == (state, troubles)


def test_alerts_come_before_what_the_server_found_itself_and_hide_it_not() -> None:
    slow = replace(ONLINE, clock_off_s=99)
    assert kiosk_state(slow, 3, {"camera"}) == ("attention", (Trouble("camera"), Trouble("clock_off", 99)))
    assert kiosk_state(Presence(state="lost"), 3, {"storage"}) == ("lost", (Trouble("storage"),))
    assert kiosk_state(Presence(state="stopped"), 3, {"storage"}) == ("stopped", ())


def test_the_same_state_again_keeps_its_beginning() -> None:
    later = NOW + timedelta(hours=1)
    again = StatusArrived(KIOSK, later, Status(state="online", boot_id=BOOT, connection=5), retained=False)
    assert (after_status(ONLINE, again).since, after_status(ONLINE, again).last_seen) == (NOW, later)


def test_a_kiosk_that_starts_its_count_anew_is_believed() -> None:
    anew = StatusArrived(KIOSK, NOW, Status(state="online", boot_id=BOOT, connection=1), retained=False)
    assert after_status(ONLINE, anew).connection == 1


def test_a_batch_tells_by_how_much_the_calendars_differ() -> None:
    def after(clock: ClockPair) -> int:
        sent = msgspec.structs.replace(batch([opened()]), clock=clock)
        return after_batch(ONLINE, BatchArrived(KIOSK, NOW, sent)).clock_off_s

    assert after(pair(NOW + timedelta(seconds=40))) == 40
    assert after(pair(NOW - timedelta(days=1))) == -86_400
    assert after(pair(NOW - timedelta(days=1), synced=False)) == 0


def test_a_clock_that_runs_away_is_noticed_of_a_kiosk_that_has_nothing_to_send() -> None:
    clock = pair(NOW + timedelta(seconds=31))
    health = Health(clock=clock, waiting=2**60, oldest_s=None, list_age_s=None)
    known = after_health(
        replace(ONLINE, last_seen=NOW - timedelta(days=1)), HealthArrived(KIOSK, NOW, health)
    )
    assert (known.last_seen, known.clock_off_s, known.waiting) == (NOW, 31, 2**53)
    assert kiosk_state(known, revision=3) == ("attention", (Trouble("clock_off", 31),))
    unset = msgspec.structs.replace(health, clock=msgspec.structs.replace(clock, source="none"))
    known = after_health(known, HealthArrived(KIOSK, NOW, unset))
    assert (known.clock_off_s, known.clock_source) == (0, "none")


@pytest.mark.parametrize(
    ("age_s", "confirmed"),
    [(90, NOW - timedelta(seconds=90)), (None, None), (2**53, NOW - timedelta(days=3660))],
)
def test_the_age_of_the_list_is_counted_back_from_when_it_was_told(
    age_s: int | None, confirmed: datetime | None
) -> None:
    told = Health(clock=pair(NOW), waiting=0, oldest_s=None, list_age_s=age_s)
    before = replace(ONLINE, list_confirmed_at=NOW - timedelta(days=1))
    assert after_health(before, HealthArrived(KIOSK, NOW, told)).list_confirmed_at == confirmed
