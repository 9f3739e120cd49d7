"""A card with very many visits is erased in pieces, so that others are let in meanwhile."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, select

from agent.wire.card_code import CardCode
from server.adapters.erasing import PIECE, forget_ahead
from server.adapters.keeping_tables import erased_codes
from server.adapters.stored_cards import Distributors, StoredCard, stored_cards
from server.adapters.tables import visits
from server.domain.desk import CardRefused
from tests.server.adapters.test_keeping import code, desk, figures
from tests.server.cards import card, import_cards
from tests.server.kiosk import LIST_KEY, NOW, batch, opened, scan, sealed
from tests.server.stored_fleet import Fleet


def visited(fleet: Fleet, number: int, times: int) -> None:
    seal = sealed(code(number))
    rows = [
        scan(seq, code_sealed=seal, at=NOW - timedelta(seconds=times - seq)) for seq in range(1, times + 1)
    ]
    batches = [batch(rows[at : at + 100], first=at + 1) for at in range(0, times, 100)]
    fleet.send(batch([opened()]), *batches)


def cards_of(connection: Connection) -> list[StoredCard]:
    return stored_cards(connection, Distributors(connection))


def with_code(fleet: Fleet) -> int:
    with fleet.database.reading() as connection:
        return connection.scalar(select(func.count(visits.c.code))) or 0


@pytest.mark.parametrize("number", [1, 9])
def test_visits_of_more_than_one_piece_lose_their_code_and_the_figures_stay(
    fleet: Fleet, number: int
) -> None:
    """Number 9 is in no list: its code is marked as erased though nothing is left to forget at the end."""
    import_cards(fleet.database, LIST_KEY, [replace(card(1), kind="community")])
    visited(fleet, number, PIECE + 2)
    before = figures(fleet)
    erased = desk(fleet).erase(code(number), "cli")
    assert (erased.cards, erased.visits, with_code(fleet)) == (int(number == 1), PIECE + 2, 0)
    with fleet.database.reading() as connection:
        assert len(connection.scalars(select(erased_codes.c.mark)).all()) == 1
    assert figures(fleet) == before
    assert fleet.agrees()


def test_an_erasure_that_was_cut_short_is_done_over(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1)])
    visited(fleet, 1, 3)
    before = figures(fleet)
    forget_ahead(fleet.database, CardCode(code(1)), cards_of)
    assert (with_code(fleet), figures(fleet)) == (0, before)
    assert desk(fleet).find(code(1)).card.status == "active"
    visited_again = batch([scan(4, code_sealed=sealed(code(1)))], first=4)
    fleet.send(visited_again)
    assert desk(fleet).erase(code(1), "cli").visits == 1
    assert with_code(fleet) == 0
    with pytest.raises(CardRefused):
        desk(fleet).erase(code(1), "cli")
