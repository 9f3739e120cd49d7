"""The year's figures about cards, by the example that Rovaniemi published for 2023."""

from datetime import UTC, datetime
from itertools import chain, repeat
from typing import Final

import pytest

from server.domain.statistics import Frequency, Places, Statistics, Totals, Used, statistics

ISSUED: Final = 1_416
USED_OF_THEM: Final = 715
FREQUENCY: Final = Frequency(once=369, twice=202, three_to_five=333, over_five=463)
HERE, THERE = 1, 2
PLACES: Final = {HERE: Places("Rovaniemi", "Seurakunta"), THERE: Places("Kemi", "Mielitiimi")}


def of(used: list[Used], issued: dict[int, int], area: str | None = None) -> Statistics:
    as_of = datetime(2024, 1, 15, tzinfo=UTC)
    return statistics(used, issued, PLACES, year=2023, area=area, as_of=as_of, count_assistants=False)


def card(number: int, visits: int, *, issued: bool = True, distributor: int | None = HERE) -> Used:
    totals = Totals(visits=visits, adults=visits, children=number % 3, assistants=1)
    return Used(number.to_bytes(4, "big"), distributor, "personal", issued, totals)


def test_the_usage_rate_is_of_the_cards_issued_and_the_frequency_of_the_cards_used() -> None:
    """Published together, and no contradiction: a card issued in 2022 is used in 2023."""
    visits = chain(repeat(1, 369), repeat(2, 202), repeat(4, 333), repeat(9, 463))
    used = [card(number, count, issued=number < USED_OF_THEM) for number, count in enumerate(visits)]
    found = of(used, {HERE: ISSUED})
    assert (found.issued, found.issued_and_used) == (ISSUED, USED_OF_THEM)
    assert found.usage_rate == pytest.approx(0.505, abs=0.0005)
    assert (found.frequency, found.frequency.used) == (FREQUENCY, 1_367)
    assert found.visits == 369 + 2 * 202 + 4 * 333 + 9 * 463


@pytest.mark.parametrize(
    ("visits", "expected"),
    [
        (1, Frequency(once=1)),
        (2, Frequency(twice=1)),
        (3, Frequency(three_to_five=1)),
        (5, Frequency(three_to_five=1)),
        (6, Frequency(over_five=1)),
    ],
)
def test_each_number_of_visits_has_its_class(visits: int, expected: Frequency) -> None:
    assert of([card(1, visits)], {HERE: 1}).frequency == expected


def test_one_person_in_several_rows_is_one_card_and_nobody_is_none() -> None:
    by_code, by_hand = (
        card(1, 1),
        Used(None, None, "unknown", issued=False, totals=Totals(visits=4, adults=4)),
    )
    found = of([by_code, card(1, 1, distributor=THERE), by_hand], {HERE: 1})
    assert (found.frequency, found.visits) == (Frequency(twice=1), 6)


def test_an_area_has_the_cards_of_its_distributors_alone() -> None:
    rows = [card(1, 1), card(2, 2, distributor=THERE), card(3, 3, distributor=None)]
    found = of(rows, {HERE: 5, THERE: 7}, "Kemi")
    assert (found.issued, found.issued_and_used, found.visits) == (7, 1, 2)
    assert [one.distributor for one in found.by_distributor] == ["Mielitiimi"]


def test_uses_are_adults_and_children_and_assistants_only_where_they_are_counted() -> None:
    assert of([card(2, 3)], {HERE: 1}).uses == 3 + 2
    assert Totals(visits=1, adults=1, children=2, assistants=1).uses(count_assistants=True) == 4
