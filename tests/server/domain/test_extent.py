"""What a receipt may claim of an epoch."""

from hypothesis import given
from hypothesis import strategies as st

from server.domain.extent import Extent, followed_by, grown, has_more


def test_rows_in_their_turn_are_claimed_to_the_last() -> None:
    first = grown(Extent(), 0, 9, new=10, kept_from=0)
    assert first == Extent(upto=9, last=9, rows=10)
    assert grown(first, 10, 12, new=3, kept_from=0) == Extent(upto=12, last=12, rows=13)


def test_a_gap_is_never_claimed() -> None:
    gap = grown(Extent(upto=3, last=3, rows=4), 6, 9, new=4, kept_from=0)
    assert gap == Extent(upto=3, last=9, rows=8)
    assert has_more(gap)


def test_what_the_kiosk_has_no_more_is_not_waited_for_but_missing_all_the_same() -> None:
    late = grown(Extent(), 50, 59, new=10, kept_from=50)
    assert late == Extent(upto=59, last=59, rows=10)
    assert late.rows < late.last + 1


def test_a_resend_of_older_rows_takes_nothing_back() -> None:
    known = Extent(upto=20, last=20, rows=21)
    assert grown(known, 5, 9, new=0, kept_from=5) == known


@given(st.permutations([(0, 4), (5, 9), (10, 14), (15, 19)]), st.integers(1, 4))
def test_in_whatever_order_the_batches_come_the_claim_is_the_run_without_a_gap(
    order: list[tuple[int, int]], count: int
) -> None:
    extent, there = Extent(), set[int]()
    for first, last in order[:count]:
        new = set(range(first, last + 1))
        there |= new
        extent = grown(extent, first, last, len(new), kept_from=0)
        for seq in sorted(seq for seq in there if seq > extent.upto):
            further = followed_by(extent, seq)
            if further is None:
                break
            extent = further
    run = next(seq for seq in range(21) if seq not in there) - 1
    assert (extent.upto, extent.rows) == (run, len(there))
