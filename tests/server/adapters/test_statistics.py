"""The year's figures about cards: who is counted once, and in which year a card was issued."""

from dataclasses import replace
from datetime import date

import pytest

from server.adapters.card_undo import CardUndo
from server.domain.statistics import AreaUnknown, Frequency
from tests.server.adapters.year_of_visits import a_year, code, told
from tests.server.cards import NOW, card, import_cards
from tests.server.kiosk import LIST_KEY, batch, opened, scan, sealed
from tests.server.stored_fleet import Fleet


def test_the_year_s_figures_use_the_words_of_the_scheme(fleet: Fleet) -> None:
    a_year(fleet)
    found = told(fleet)
    assert (found.issued, found.issued_and_used) == (5, 5), "a replaced card is one card, of one person"
    assert found.usage_rate == 1.0
    # 1 and 6 are one person with three visits; 2 twice; 3 six times; 4 twice; 5 once; the stranger twice
    assert found.frequency == Frequency(once=1, twice=3, three_to_five=1, over_five=1)
    assert found.frequency.used == 6
    assert [(one.distributor, one.issued, one.used, one.visits) for one in found.by_distributor] == [
        ("Seurakunta", 3, 3, 11),
        ("Mielitiimi", 2, 2, 3),
        ("", 0, 1, 3),
    ]
    assert (found.visits, found.uses) == (17, sum(one.uses for one in found.by_distributor))
    assert sum(one.visits for one in found.by_kind) == 17
    assert told(fleet, 2025).frequency.used == 0
    assert told(fleet, 2025).usage_rate is None
    ours = told(fleet, area="Rovaniemi")
    assert (ours.visits, ours.frequency.used) == (14, 5), "the stranger is of no area"
    with pytest.raises(AreaUnknown):
        told(fleet, area="Oulu")


def test_a_card_that_a_later_list_issues_anew_was_issued_in_both_years(fleet: Fleet) -> None:
    def issued(year: int) -> int:
        return told(fleet, year).issued

    import_cards(fleet.database, LIST_KEY, [card(1)])
    later = import_cards(
        fleet.database, LIST_KEY, [replace(card(1), issued_on=date(2027, 1, 5), valid_until=None)]
    )
    assert (issued(2026), issued(2027)) == (1, 1)
    assert later.import_id is not None
    CardUndo(fleet.database, lambda: NOW).undo(later.import_id, "cli")
    assert (issued(2026), issued(2027)) == (1, 0)


def test_a_visit_before_the_list_that_issues_its_card_anew_is_a_use_of_that_year(fleet: Fleet) -> None:
    def rate() -> tuple[int, int]:
        found = told(fleet)
        return found.issued, found.issued_and_used

    import_cards(fleet.database, LIST_KEY, [card(1, distributor="A"), card(9, distributor="A")])
    last_year = replace(card(2), issued_on=date(2025, 11, 20), valid_until=None)
    moves = replace(card(3), issued_on=date(2025, 11, 20), valid_until=None)
    import_cards(fleet.database, LIST_KEY, [last_year, moves])
    fleet.send(batch([opened(), *(scan(n, code_sealed=sealed(code(n))) for n in (1, 2, 3))]))
    assert rate() == (2, 1)
    anew = [
        replace(last_year, issued_on=date(2026, 11, 20)),
        replace(moves, issued_on=date(2026, 11, 20), distributor="B"),
    ]
    later = import_cards(fleet.database, LIST_KEY, anew)
    assert rate() == (4, 3), "also where it changed hands with the list"
    assert all(one.issued_and_used <= one.issued for one in told(fleet).by_distributor)
    fleet.send(batch([scan(4, code_sealed=sealed(code(3)))]))
    assert rate() == (4, 3)
    assert told(fleet, 2025).issued == 2
    assert later.import_id is not None
    CardUndo(fleet.database, lambda: NOW).undo(later.import_id, "cli")
    assert fleet.agrees()
    assert (rate(), told(fleet, 2025).issued) == ((2, 1), 2)
