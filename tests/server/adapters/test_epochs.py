"""What an epoch knows of itself holds, whatever comes later under the same name."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from agent.wire.messages import Records
from server.adapters.tables import epochs
from server.domain.arrivals import BatchArrived
from tests.server.kiosk import KIOSK, NOW, batch, epoch, follows
from tests.server.stored_fleet import Fleet

FIRST: Final = batch([follows(1, 41)], number=3)
OTHER: Final = batch([follows(2, 7)], number=3)


def previous(fleet: Fleet) -> tuple[str | None, int | None]:
    with fleet.database.reading() as connection:
        row = connection.execute(
            select(epochs.c.previous_epoch, epochs.c.previous_last).where(epochs.c.epoch == epoch(3))
        ).one()
    return row.previous_epoch, row.previous_last


def not_read(fleet: Fleet, rows: Records) -> None:
    fleet.store.write([BatchArrived(KIOSK, NOW, rows)], unread="no")


def test_another_opening_under_the_same_name_does_not_change_what_the_epoch_follows(fleet: Fleet) -> None:
    fleet.send(FIRST)
    fleet.send(OTHER)
    assert previous(fleet) == (epoch(1), 41)


def test_nor_does_one_that_is_understood_later(fleet: Fleet) -> None:
    fleet.send(FIRST)
    not_read(fleet, OTHER)
    fleet.send(OTHER, at=NOW + timedelta(days=1))
    assert previous(fleet) == (epoch(1), 41)


def test_an_opening_that_was_not_understood_at_first_says_it_once_it_is(fleet: Fleet) -> None:
    not_read(fleet, FIRST)
    assert previous(fleet) == (None, None)
    fleet.send(FIRST)
    assert previous(fleet) == (epoch(1), 41)
