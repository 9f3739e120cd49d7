"""What a kiosk's states mean for the page."""

from datetime import timedelta

import pytest

from agent.wire.messages import Status
from server.domain.arrivals import StatusArrived
from server.domain.figures import KioskState
from server.domain.presence import Presence, after_status, kiosk_state
from tests.server.kiosk import BOOT, KIOSK, NOW

ONLINE = Presence(state="online", connection=5, since=NOW, cards_revision=3, clock_source="ntp")


@pytest.mark.parametrize(
    ("known", "state", "says"),
    [
        (Presence(), "never", ""),
        (ONLINE, "working", ""),
        (Presence(state="stopped"), "stopped", ""),
        (Presence(state="lost"), "lost", "Ei yhteyttä"),
        (Presence(state="online", clock_source="none", cards_revision=3), "attention", "kellonaikaa"),
        (Presence(state="online", clock_source="ntp", cards_revision=0), "attention", "Korttilista"),
    ],
)
def test_a_state_asks_for_attention_with_a_sentence(known: Presence, state: KioskState, says: str) -> None:
    found, reason = kiosk_state(known, revision=3)
    assert found == state
    assert says in reason
    assert bool(reason) == bool(says)


def test_the_same_state_again_keeps_its_beginning() -> None:
    later = NOW + timedelta(hours=1)
    again = StatusArrived(KIOSK, later, Status(state="online", boot_id=BOOT, connection=5), retained=False)
    assert (after_status(ONLINE, again).since, after_status(ONLINE, again).last_seen) == (NOW, later)


def test_a_kiosk_that_starts_its_count_anew_is_believed() -> None:
    anew = StatusArrived(KIOSK, NOW, Status(state="online", boot_id=BOOT, connection=1), retained=False)
    assert after_status(ONLINE, anew).connection == 1
