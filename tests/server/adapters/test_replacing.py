"""A lost card and one that a list brought already: one person's from then on, on both databases."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from server.adapters.card_undo import CardUndo
from server.domain.desk import CardRefused
from server.domain.statistics import Frequency
from server.domain.undoing import UndoRefused
from tests.server.adapters.year_of_visits import code, desk, keep, told
from tests.server.cards import NOW, card, import_cards
from tests.server.kiosk import LIST_KEY, batch, opened, scan, sealed
from tests.server.list_client import ListClient
from tests.server.stored_fleet import Fleet

NEW = replace(card(7), issued_on=date(2026, 11, 20), valid_until=date(2027, 11, 19), distributor="B")


def refused(fleet: Fleet, old: int, new: int) -> str:
    with pytest.raises(CardRefused) as raised:
        desk(fleet).replace(code(old), code(new), "web")
    return raised.value.name


def test_a_new_card_that_a_list_brought_first_takes_the_place_and_stays_as_the_list_says(
    fleet: Fleet,
) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1)])
    done = import_cards(fleet.database, LIST_KEY, [NEW])
    early = NOW - timedelta(days=9)
    rows = [scan(1, code_sealed=sealed(code(1)), at=early), scan(2, code_sealed=sealed(code(7)))]
    fleet.send(batch([opened(), *rows]))
    assert (told(fleet).issued, told(fleet).frequency) == (2, Frequency(once=2))
    view = desk(fleet).replace(code(1), code(7), "web")
    assert (view.card.distributor, view.card.valid_until) == ("B", date(2027, 11, 19))
    assert view.holder_cards == 2
    assert sorted(entry.what for entry in view.history) == ["imported"] * 2 + ["replaced", "replacement"]
    assert desk(fleet).find(code(1)).is_replaced
    client = ListClient(fleet.database)
    client.follow()
    assert (client.row(code(1)).status, client.row(code(7)).status) == ("blocked", "active")
    for _ in range(2):
        found = told(fleet)
        assert (found.issued, found.issued_and_used) == (1, 1)
        assert found.frequency == Frequency(twice=1)
        assert [(one.distributor, one.issued, one.visits) for one in found.by_distributor] == [
            ("Seurakunta", 1, 2)
        ]
        keep(fleet)
    assert done.import_id is not None
    with pytest.raises(UndoRefused):
        CardUndo(fleet.database, lambda: NOW).undo(done.import_id, "cli")
    assert fleet.agrees()


def test_visits_whose_codes_went_before_the_join_are_the_same_person_s(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1), NEW])
    early = NOW - timedelta(days=9)
    rows = [scan(seq, code_sealed=sealed(code(1)), at=early) for seq in (1, 2)]
    fleet.send(batch([opened(), *rows]))
    keep(fleet)
    desk(fleet).replace(code(1), code(7), "web")
    fleet.send(batch([scan(3, code_sealed=sealed(code(7)))]))
    assert (told(fleet).issued, told(fleet).frequency) == (1, Frequency(three_to_five=1))


def test_a_card_that_came_in_so_long_ago_that_its_visits_have_no_code_is_nobody_s_new_one(
    fleet: Fleet,
) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1), NEW])
    fleet.send(batch([opened(), scan(1, code_sealed=sealed(code(7)))]))
    keep(fleet)
    assert refused(fleet, 1, 7) == "new_in_use"


def test_a_card_with_a_past_of_its_own_is_not_taken(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1), card(2), NEW])
    desk(fleet).replace(code(2), code(3), "web")
    assert refused(fleet, 1, 3) == "new_has_past"
    rows = [scan(1, code_sealed=sealed(code(7)), at=NOW - timedelta(days=2))]
    fleet.send(batch([opened(), *rows, scan(2, code_sealed=sealed(code(1)))]))
    assert refused(fleet, 1, 7) == "new_in_use"
    desk(fleet).block(code(7), "web")
    assert refused(fleet, 1, 7) == "new_not_active"
    assert desk(fleet).find(code(1)).card.status == "active"
    assert desk(fleet).find(code(7)).holder_cards == 1
