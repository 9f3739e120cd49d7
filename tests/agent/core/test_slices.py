"""Pages cut into slices by key: every row is in one, the later page's where two have the same card."""

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.slices import SLICE_ROWS, slice_of, slices_of
from agent.wire.card_page import Packed

keys = st.integers(0, 2**64 - 1)


def page_of(cards: dict[int, int]) -> list[Packed]:
    return sorted((key, 0, day, 0, 0) for key, day in cards.items())


@given(
    st.lists(st.dictionaries(keys | st.integers(0, 20), st.integers(0, 9), max_size=30)), st.integers(1, 9)
)
def test_the_slices_together_are_the_pages_in_order_with_the_later_row_of_each_card(
    cards: list[dict[int, int]], count: int
) -> None:
    pages = [page_of(one) for one in cards]
    rows = [row for number in range(count) for row in slice_of(pages, number, count)]
    wanted: dict[int, int] = {}
    for one in cards:
        wanted |= one
    assert rows == page_of(wanted)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 40))
def test_keys_of_chance_make_slices_of_about_the_same_size(pages: int) -> None:
    some = [
        page_of({(page * 997 + row) * 0x9E3779B97F4A7C15 % 2**64: 1 for row in range(997)})
        for page in range(pages)
    ]
    sizes = [len(slice_of(some, number, slices_of(some))) for number in range(slices_of(some))]
    assert sum(sizes) == 997 * pages
    assert max(sizes) < 1.5 * SLICE_ROWS


def test_a_page_without_rows_is_one_slice() -> None:
    assert slices_of([[]]) == 1
    assert slice_of([[]], 0, 1) == []
