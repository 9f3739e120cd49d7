"""What kiosks say of themselves: their state, their birth, their alerts, and that they were tested."""

from datetime import datetime, timedelta

import msgspec

from agent.wire.messages import Alert, OutboxEntry, Status
from agent.wire.records import Scan
from server.adapters.alerts import alerts_up
from server.domain.alerts import ROW_ALERT
from server.domain.arrivals import AlertArrived, InfoArrived, StatusArrived
from server.domain.troubles import Trouble
from tests.agent.examples import BIRTH
from tests.server.kiosk import BOOT, KIOSK, NOW, batch, epoch, opened, scan
from tests.server.stored_fleet import OTHER, Fleet


def test_the_test_card_is_no_visit_and_says_when_the_kiosk_was_tested(fleet: Fleet) -> None:
    """Its code is none: nothing of it is opened, so no key is missed."""
    early, late = NOW - timedelta(hours=2), NOW - timedelta(hours=1)

    def held_up(seq: int, at: datetime) -> Scan:
        return msgspec.structs.replace(scan(seq, at=at), test=True, reason="test", code_sealed="bm9uZQ==")

    assert fleet.kiosk().tested_at is None
    kept = fleet.send(batch([opened(), held_up(1, early), held_up(2, late)]))
    assert kept.receipts[0][1].refused == ()
    assert (fleet.visits(), fleet.kiosk().tested_at) == (0, late)
    fleet.send(batch([held_up(3, early)], first=3))
    assert fleet.kiosk().tested_at == late, "records may come in any order"
    assert fleet.figures.overview().latest == ()
    assert fleet.agrees()


def test_a_stale_will_does_not_take_a_kiosk_off(fleet: Fleet) -> None:
    def says(state: str, connection: int, at: datetime, *, retained: bool = False) -> None:
        status = Status(state=state, boot_id=BOOT, connection=connection)  # type: ignore[arg-type]  # literals
        fleet.store.write([StatusArrived(KIOSK, at, status, retained)])

    assert fleet.kiosk().state == "never"
    says("online", 7, NOW)
    says("lost", 6, NOW + timedelta(seconds=1))
    assert (fleet.kiosk().state, fleet.kiosk().since) == ("working", NOW)
    says("lost", 7, NOW + timedelta(seconds=2))
    assert (fleet.kiosk().state, fleet.kiosk().last_seen) == ("lost", NOW)
    says("online", 8, NOW + timedelta(seconds=3), retained=True)
    assert (fleet.kiosk().state, fleet.kiosk().last_seen) == ("working", NOW)


def test_a_birth_tells_what_waits_and_hostile_numbers_fit(fleet: Fleet) -> None:
    info = msgspec.structs.replace(
        BIRTH,
        software="0.1\x00",
        cards_count=10**30,
        outbox=(OutboxEntry(epoch=epoch(1), rows=10**30), OutboxEntry(epoch=epoch(2), rows=3)),
    )
    status = Status(state="online", boot_id="\x00", connection=10**30)
    fleet.store.write([InfoArrived(KIOSK, NOW, info, False), StatusArrived(KIOSK, NOW, status, False)])
    row = fleet.kiosk()
    assert (row.camera, row.software, row.waiting, row.list_behind) == ("picamera", "0.1?", 2**53, 0)


def test_alerts_are_kept_by_kiosk_and_name_until_they_are_over(fleet: Fleet) -> None:
    alert = Alert(since=None, detail="no picture comes from the camera")

    def say(*said: tuple[str, str, Alert | None]) -> None:
        fleet.store.write([AlertArrived(kiosk, NOW, name, one, retained=False) for kiosk, name, one in said])

    online = Status(state="online", boot_id=BOOT, connection=1)
    fleet.store.write([StatusArrived(one, NOW, online, retained=False) for one in (KIOSK, OTHER)])
    say(
        (KIOSK, "camera", alert), (KIOSK, "storage", alert), (OTHER, "camera", alert), (OTHER, "camera", None)
    )
    assert (fleet.kiosk().state, fleet.kiosk(OTHER).state) == ("attention", "working")
    assert [trouble.name for trouble in fleet.kiosk().troubles] == ["storage", "camera"]
    say((KIOSK, "storage", None), (KIOSK, "camera", alert))
    assert fleet.kiosk().troubles == (Trouble("camera"),)
    say((KIOSK, "camera", None))
    assert fleet.kiosk().state == "working"
    say(("k-cccccccccc", "camera", alert))  # a stranger's word is ignored


def test_a_row_that_cannot_be_stored_is_told_until_a_row_of_that_kiosk_is(fleet: Fleet) -> None:
    told = Alert(since=None, detail="it waits on its kiosk")
    for kiosk, name in ((KIOSK, ROW_ALERT), (OTHER, ROW_ALERT), (KIOSK, "camera")):
        fleet.store.write([AlertArrived(kiosk, NOW, name, told, retained=False)])
    with fleet.database.reading() as connection:
        assert alerts_up(connection, {KIOSK})[KIOSK].keys() == {ROW_ALERT, "camera"}
    fleet.send(batch([opened()]))
    with fleet.database.reading() as connection:
        left = alerts_up(connection, None)
    assert {(kiosk, name) for kiosk, names in left.items() for name in names} == {
        (KIOSK, "camera"),
        (OTHER, ROW_ALERT),
    }
