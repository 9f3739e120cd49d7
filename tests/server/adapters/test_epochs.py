"""What an epoch knows of itself holds, whatever comes later; two that follow the same one are copies."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from agent.wire.messages import Records
from server.adapters.record_tables import epochs
from server.domain.arrivals import BatchArrived
from server.domain.troubles import Problem
from tests.server.kiosk import KIOSK, NOW, batch, epoch, follows, opened, scan
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


def test_an_epoch_knows_which_it_follows(fleet: Fleet) -> None:
    fleet.send(batch([opened()]))
    fleet.send(batch([follows(1, 41)], number=2))
    with fleet.database.reading() as connection:
        rows = connection.execute(select(epochs.c.opened, epochs.c.previous_epoch, epochs.c.previous_last))
        assert [tuple(row) for row in rows] == [(True, None, None), (True, epoch(1), 41)]


def test_two_epochs_that_follow_the_same_one_are_a_copied_card_and_all_is_kept(fleet: Fleet) -> None:
    fleet.send(batch([opened(), scan(1)]))
    fleet.send(batch([follows(1, 1), scan(1)], number=2))
    assert not any(problem.name == "copied" for problem in fleet.figures.overview().problems)
    fleet.send(batch([follows(1, 1), scan(1), scan(2)], number=3))
    assert any(problem.name == "copied" for problem in fleet.figures.overview().problems)
    assert fleet.visits() == 4
    assert fleet.agrees()


def test_a_card_that_was_put_back_is_told_though_one_start_alone_goes_on_from_it(fleet: Fleet) -> None:
    fleet.send(batch([opened(), scan(1), scan(2)]))
    fleet.send(batch([follows(1, 2)], number=2))
    assert not any(problem.name == "copied" for problem in fleet.figures.overview().problems)
    fleet.send(batch([follows(2, 0), scan(1)], number=3))
    fleet.send(batch([scan(3), scan(4)], first=3))
    fleet.send(batch([scan(1)], number=2, first=1))
    assert Problem("copied", 1) in fleet.figures.overview().problems
    assert fleet.agrees()
