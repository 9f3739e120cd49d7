"""An import whose cards have visits without their codes is undone only where that moves no figure."""

from dataclasses import replace
from datetime import date

import pytest

from server.adapters.card_undo import CardUndo
from server.domain.undoing import UndoRefused
from tests.server.adapters.year_of_visits import code, desk, figures, keep, lock
from tests.server.cards import NOW, card, import_cards
from tests.server.kiosk import LIST_KEY, batch, opened, scan, sealed
from tests.server.stored_fleet import Fleet


def test_an_import_is_not_undone_once_visits_of_its_cards_have_no_code(fleet: Fleet) -> None:
    first = import_cards(fleet.database, LIST_KEY, [card(1), card(2)])
    elsewhere = [card(1, distributor="Mielitiimi"), card(2)]
    moved = import_cards(fleet.database, LIST_KEY, elsewhere)
    longer = import_cards(fleet.database, LIST_KEY, [replace(elsewhere[0], valid_until=date(2027, 1, 31))])
    unused = import_cards(fleet.database, LIST_KEY, [card(3)])
    fleet.send(batch([opened(), scan(1, code_sealed=sealed(code(1)))]))
    keep(fleet)
    before = figures(fleet)
    undo = CardUndo(fleet.database, lambda: NOW).undo
    assert longer.import_id
    assert moved.import_id
    assert first.import_id
    assert unused.import_id
    assert undo(longer.import_id, "cli") == 1, "whose card it was stays as it is"
    for number in (moved.import_id, first.import_id):
        with pytest.raises(UndoRefused) as raised:
            undo(number, "cli")
        assert raised.value.name == ("forgotten" if number == moved.import_id else "differ")
    assert figures(fleet) == before
    assert undo(unused.import_id, "cli") == 1


@pytest.mark.parametrize("how", ["kept", "erased"])
def test_what_an_undone_import_had_said_of_a_visit_s_card_is_gone_once_its_code_goes(
    fleet: Fleet, how: str
) -> None:
    first = replace(card(1), issued_on=date(2025, 1, 4), valid_until=None)
    import_cards(fleet.database, LIST_KEY, [first])
    anew = replace(first, issued_on=date(2026, 1, 4), distributor="Mielitiimi")
    done = import_cards(fleet.database, LIST_KEY, [anew])
    fleet.send(batch([opened(), scan(1, code_sealed=sealed(code(1)))]))
    assert done.import_id
    CardUndo(fleet.database, lambda: NOW).undo(done.import_id, "cli")
    before = figures(fleet)
    assert (before.issued, before.issued_and_used) == (0, 0)
    if how == "kept":
        keep(fleet)
    else:
        desk(fleet).erase(code(1), "cli")
    assert figures(fleet) == before
    if how == "kept":
        lock(fleet)
        assert figures(fleet) == before


def test_nor_once_one_came_in_without_its_code_to_a_year_that_was_locked(fleet: Fleet) -> None:
    done = import_cards(fleet.database, LIST_KEY, [card(1), card(2)])
    keep(fleet)
    lock(fleet)
    fleet.send(batch([opened(), scan(1, code_sealed=sealed(code(1)))]))
    assert done.import_id
    with pytest.raises(UndoRefused, match="1 of its cards have visits whose codes had their time"):
        CardUndo(fleet.database, lambda: NOW).undo(done.import_id, "cli")
    assert fleet.agrees()
