"""A card is erased and its visits stay in the figures; very many go in pieces, and others are let in."""

from dataclasses import replace
from datetime import date, timedelta

import msgspec
import pytest
from sqlalchemy import Connection, func, select

from agent.core.judge import Policy, judge
from agent.wire.card_code import CardCode
from agent.wire.card_key import ListKey
from server.adapters.erasing import PIECE, forget_ahead
from server.adapters.keeping_tables import erased_codes
from server.adapters.record_tables import visits
from server.adapters.stored_cards import Distributors, StoredCard, stored_cards
from server.adapters.tables import cards
from server.domain.desk import CardRefused
from server.domain.statistics import Frequency
from tests.server.adapters.all_bytes import all_bytes
from tests.server.adapters.test_matching import unknown
from tests.server.adapters.year_of_visits import a_year, code, desk, figures, kept, told
from tests.server.cards import card, import_cards
from tests.server.kiosk import LIST_KEY, NOW, batch, opened, scan, sealed
from tests.server.list_client import ListClient
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


def test_an_erased_card_leaves_its_visits_in_the_figures_and_no_trace_of_its_code(fleet: Fleet) -> None:
    a_year(fleet)
    fleet.send(batch([msgspec.structs.replace(scan(50, code_sealed=sealed(code(6))), venue="a\x07b")]))
    before = figures(fleet)
    register = [one.issued for one in before.by_distributor]
    erased = desk(fleet).erase(code(6), "cli")
    assert (erased.cards, erased.visits, erased.letters) == (2, 3, 1), "the lost card of the same person, too"
    assert figures(fleet) == before
    assert [one.issued for one in told(fleet).by_distributor] == register
    assert fleet.agrees()
    with pytest.raises(CardRefused, match="no such card"):
        desk(fleet).find(code(1))
    with pytest.raises(CardRefused, match="no such card"):
        desk(fleet).erase(code(6), "cli")
    with all_bytes(fleet) as found:
        for number in (1, 6):
            assert code(number).encode() not in found
    again = import_cards(fleet.database, LIST_KEY, [card(1), card(6), card(2)])
    assert (again.erased, again.new) == (2, 0)
    with fleet.database.reading() as connection:
        gone = connection.execute(
            select(cards.c.status, cards.c.code, cards.c.issued_on, cards.c.valid_until, cards.c.max_children)
            .where(cards.c.code.is_(None))
            .distinct()
        ).all()
    day = date(2026, 1, 1)
    assert sorted(tuple(row) for row in gone) == [
        ("barred", None, day, day, None),
        ("gone", None, day, day, None),
    ]


def test_an_erased_card_that_was_stopped_is_refused_by_the_kiosks_as_before(fleet: Fleet) -> None:
    """Lost, blocked, withdrawn or over: forgetting it must not turn a red light green."""
    stopped = {2: "blocked", 3: "withdrawn", 4: "expired", 5: "lost"}
    import_cards(fleet.database, LIST_KEY, [card(n) for n in (1, 2, 3, 5)])
    import_cards(fleet.database, LIST_KEY, [card(4, valid_until=date(2026, 1, 31))])
    desk(fleet).block(code(2), "cli")
    desk(fleet).withdraw(code(3), "cli")
    desk(fleet).replace(code(5), code(6), "cli")
    kiosk = ListClient(fleet.database)

    def lets_in(number: int) -> bool:
        return judge(kiosk.row(code(number)), NOW.date(), Policy()).lets_in

    before = {number: lets_in(number) for number in range(1, 7)}
    assert before == {1: True, 6: True} | dict.fromkeys(stopped, False)
    for number in (1, 2, 3, 4, 6):
        desk(fleet).erase(code(number), "cli")
    assert {number: lets_in(number) for number in range(1, 7)} == before
    assert {kiosk.row(code(number)).status for number in stopped} == {"withdrawn"}, "no more than that"
    with pytest.raises(CardRefused, match="no such card"):
        desk(fleet).unblock(code(2), "cli")
    import_cards(fleet.database, LIST_KEY, [card(7)])
    with pytest.raises(CardRefused, match="belongs to another card"):
        desk(fleet).replace(code(7), code(2), "cli")
    again = import_cards(fleet.database, LIST_KEY, [card(n) for n in range(1, 7)])
    assert (again.erased, again.new, again.changed) == (6, 0, 0)


def test_who_comes_in_with_an_erased_card_is_the_same_pseudonym_also_under_another_list_key(
    fleet: Fleet,
) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1)])
    fleet.send(batch([opened(), scan(1, code_sealed=sealed(code(1)))]))
    desk(fleet).erase(code(1), "cli")
    rows = batch([scan(2, code_sealed=sealed(code(1))), unknown(3, 1)], first=2)
    fleet.send(rows)
    fleet.send(rows)
    found = kept(fleet)
    assert found == [found[0]] * 3
    assert found[0][:2] == (None, None)
    assert told(fleet).frequency == Frequency(three_to_five=1)
    assert (told(fleet).issued, told(fleet).issued_and_used) == (1, 1)
    assert fleet.agrees()
    with fleet.database.writing() as connection:  # as when the list's key is changed
        connection.execute(cards.update().values(key=5))
    other = ListKey(bytes(range(32)))
    assert import_cards(fleet.database, other, [card(1), card(2)]).erased == 1
    with pytest.raises(CardRefused, match="belongs to another"):
        desk(fleet, other).replace(code(2), code(1), "cli")


def test_a_card_that_the_register_never_had_is_erased_from_its_visits(fleet: Fleet) -> None:
    fleet.send(batch([opened(), unknown(1, 9), unknown(2, 9), unknown(3, 8)]))
    before = figures(fleet)
    erased = desk(fleet).erase(code(9), "cli")
    assert (erased.cards, erased.visits) == (0, 2)
    assert figures(fleet) == before
    assert [held for held, *_ in kept(fleet)] == [None, None, code(8)]
    with fleet.database.reading() as connection:
        assert connection.execute(select(erased_codes.c.card_id)).all() == [(None,)]
    fleet.send(batch([unknown(4, 9), scan(5, code_sealed=sealed(code(9)))], first=4))
    found = kept(fleet)
    assert found[3] == found[4] == found[0], "it is known again at a door"
    assert told(fleet).frequency == Frequency(once=1, three_to_five=1)
    again = import_cards(fleet.database, LIST_KEY, [card(9), card(7)])
    assert (again.new, again.erased) == (1, 1), "and in a file"
    assert fleet.agrees()
    with pytest.raises(CardRefused, match="no such card"):
        desk(fleet).erase(code(5), "cli")
