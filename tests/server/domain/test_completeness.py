"""A day is proved by names of records alone; each way in which it is not has its own word."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.books import Books, Digest, EpochFacts, Flaw, Place
from server.domain.completeness import Proof, prove, together

DAY: Final = timedelta(days=1)
MONDAY: Final = datetime(2026, 11, 23, tzinfo=UTC)
TUESDAY: Final = MONDAY + DAY
WEDNESDAY: Final = TUESDAY + DAY
NOW: Final = WEDNESDAY + timedelta(hours=10)


def epoch(number: int, last: int, *, after: tuple[int, int] | None = None) -> EpochFacts:
    """Start ``number`` of a kiosk, after row ``after[1]`` of start ``after[0]``."""
    return EpochFacts(
        id=number,
        name=f"e{number}",
        last=last,
        last_at=NOW - timedelta(minutes=5),
        opened=True,
        previous=f"e{after[0]}" if after else None,
        previous_last=after[1] if after else None,
    )


def digest(number: int, seq: int, at: datetime) -> Digest:
    return Digest(Place(number, seq), at + timedelta(seconds=3))


BOOKS: Final = Books(
    epochs=(epoch(1, 50), epoch(2, 30, after=(1, 50)), epoch(3, 9, after=(2, 30))),
    digests=(digest(1, 10, MONDAY), digest(2, 5, TUESDAY), digest(3, 2, WEDNESDAY)),
)


def tuesday(books: Books = BOOKS) -> Proof:
    return prove(books, TUESDAY, WEDNESDAY, NOW)


def test_a_day_between_two_digests_without_a_hole_is_proved() -> None:
    assert tuesday() == Proof(here=28, expected=28, as_of=WEDNESDAY)
    assert tuesday().complete


def test_a_day_that_is_not_over_is_proved_as_far_as_it_goes() -> None:
    today = prove(BOOKS, WEDNESDAY, WEDNESDAY + DAY, NOW)
    assert today == Proof(here=7, expected=7, as_of=NOW - timedelta(minutes=5))


def test_the_first_day_of_a_kiosk_is_proved_from_its_first_start() -> None:
    assert prove(BOOKS, MONDAY - DAY, MONDAY, NOW) == Proof(here=11, expected=11, as_of=MONDAY)


def test_several_days_are_proved_at_once() -> None:
    assert prove(BOOKS, MONDAY, WEDNESDAY, NOW) == Proof(here=74, expected=74, as_of=WEDNESDAY)


def test_a_kiosk_that_was_off_all_day_proves_it_when_it_is_back() -> None:
    books = replace(BOOKS, digests=(BOOKS.digests[0], digest(3, 2, WEDNESDAY + timedelta(hours=9))))
    assert tuesday(books).complete
    assert tuesday(books).here == 74  # what its books hold from Monday on: no digest parts them


def test_until_then_the_day_is_not_proved() -> None:
    books = replace(BOOKS, digests=BOOKS.digests[:2])
    assert tuesday(books).doubts == ("no_digest",)
    assert not tuesday(books).complete


def test_a_kiosk_that_was_never_heard_proves_nothing() -> None:
    assert tuesday(Books()).doubts == ("never_heard",)


@pytest.mark.parametrize(
    ("hole", "here"), [(range(7, 9), 26), (range(30, 31), 27), (range(31), 3), (range(5, 6), 28)]
)
def test_a_hole_is_counted_where_it_is_and_doubted(hole: range, here: int) -> None:
    """The last one lies before the day's own digest: what was written between midnight and it is unproved."""
    second = replace(BOOKS.epochs[1], holes=(hole,))
    proof = tuesday(replace(BOOKS, epochs=(BOOKS.epochs[0], second, BOOKS.epochs[2])))
    assert proof == Proof(here=here, expected=28, as_of=None, doubts=("gap",))


def test_a_hole_below_the_days_is_not_theirs() -> None:
    first = replace(BOOKS.epochs[0], holes=(range(3, 6),))
    assert tuesday(replace(BOOKS, epochs=(first, *BOOKS.epochs[1:]))).complete


def test_an_epoch_that_nobody_heard_of_is_a_gap_of_known_size() -> None:
    books = replace(BOOKS, epochs=(BOOKS.epochs[0], replace(BOOKS.epochs[2], previous="lost")))
    books = replace(books, digests=(BOOKS.digests[0], BOOKS.digests[2]))
    assert tuesday(books) == Proof(here=3, expected=34, as_of=None, doubts=("gap",))


def test_rows_that_the_next_start_speaks_of_and_that_never_came_are_a_gap() -> None:
    second = replace(BOOKS.epochs[1], last=25)
    proof = tuesday(replace(BOOKS, epochs=(BOOKS.epochs[0], second, BOOKS.epochs[2])))
    assert proof == Proof(here=23, expected=28, as_of=None, doubts=("gap",))


def test_a_start_whose_opening_is_missing_is_a_gap() -> None:
    third = replace(BOOKS.epochs[2], opened=False, previous=None, previous_last=None)
    assert "gap" in tuesday(replace(BOOKS, epochs=(*BOOKS.epochs[:2], third))).doubts


def test_a_file_that_was_set_aside_ends_the_proof() -> None:
    third = replace(BOOKS.epochs[2], previous=None, previous_last=None)
    assert tuesday(replace(BOOKS, epochs=(*BOOKS.epochs[:2], third))).doubts == ("start_unknown",)


def test_two_starts_after_the_same_one_are_a_copied_card() -> None:
    twin = replace(epoch(4, 12, after=(2, 30)))
    assert tuesday(replace(BOOKS, epochs=(*BOOKS.epochs, twin))).doubts == ("copied",)


def test_a_start_that_went_on_after_it_was_named_is_a_copied_card() -> None:
    second = replace(BOOKS.epochs[1], last=44)
    assert tuesday(replace(BOOKS, epochs=(BOOKS.epochs[0], second, BOOKS.epochs[2]))).doubts == ("copied",)


FORKED: Final = Books(
    epochs=(epoch(1, 4), epoch(2, 9, after=(1, 4)), epoch(3, 9, after=(1, 4))),
    digests=(
        digest(1, 4, MONDAY - DAY),
        digest(2, 3, MONDAY),
        digest(2, 5, TUESDAY),
        digest(2, 7, WEDNESDAY),
    ),
)
TWIN: Final = (digest(3, 2, MONDAY), digest(3, 4, TUESDAY), digest(3, 6, WEDNESDAY))


def with_digests(books: Books, *more: Digest) -> Books:
    return replace(books, digests=tuple(sorted((*books.digests, *more), key=lambda digest: digest.at)))


def test_each_day_after_a_fork_is_in_doubt_until_the_other_card_tells_its_end_too() -> None:
    assert tuesday(FORKED).doubts == ("copied",)
    assert tuesday(with_digests(FORKED, *TWIN[:2])).doubts == ("copied",)
    assert tuesday(with_digests(FORKED, *TWIN)) == Proof(here=4, expected=4, as_of=WEDNESDAY)


def test_a_day_before_the_fork_is_proved_as_ever() -> None:
    assert prove(FORKED, MONDAY - 2 * DAY, MONDAY - DAY, NOW).complete


def test_a_day_that_goes_on_is_in_doubt_while_two_cards_write() -> None:
    assert prove(with_digests(FORKED, *TWIN), WEDNESDAY, WEDNESDAY + DAY, NOW).doubts == ("copied",)


def test_a_hole_of_the_other_card_is_a_gap() -> None:
    holed = replace(FORKED.epochs[2], holes=(range(5, 6),))
    books = with_digests(replace(FORKED, epochs=(*FORKED.epochs[:2], holed)), *TWIN)
    assert tuesday(books) == Proof(here=3, expected=4, as_of=None, doubts=("gap",))


def test_a_card_that_was_put_back_leaves_the_days_after_it_in_doubt() -> None:
    books = replace(FORKED, epochs=(epoch(1, 6), FORKED.epochs[1]))
    assert tuesday(books).doubts == ("copied",)
    assert prove(books, MONDAY - 2 * DAY, MONDAY - DAY, NOW).complete


def test_a_ring_of_starts_ends() -> None:
    ring = (epoch(1, 5, after=(2, 5)), epoch(2, 5, after=(1, 5)))
    assert "copied" in prove(Books(epochs=ring), TUESDAY, WEDNESDAY, NOW).doubts


@pytest.mark.parametrize("flaw", get_args(Flaw))
def test_a_record_that_is_not_in_the_figures_is_told(flaw: Flaw) -> None:
    assert tuesday(replace(BOOKS, flaws=((Place(2, 17), flaw),))).doubts == (flaw,)


def test_a_flaw_of_another_day_is_not_this_one_s() -> None:
    assert tuesday(replace(BOOKS, flaws=((Place(1, 3), "refused"), (Place(3, 8), "refused")))).complete


def test_several_kiosks_are_as_good_as_the_worst() -> None:
    good, poor = Proof(5, 5, WEDNESDAY), Proof(3, 4, None, ("gap",))
    assert together([good, Proof(1, 1, TUESDAY)]) == Proof(6, 6, TUESDAY)
    assert together([good, poor]) == Proof(8, 9, None, ("gap",))
    assert together([]) == Proof()


@given(st.data())
def test_whatever_is_lost_below_a_digest_is_noticed(data: st.DataObject) -> None:
    lasts = data.draw(st.lists(st.integers(0, 6), min_size=1, max_size=5))
    chain: list[EpochFacts] = []
    for number, last in enumerate(lasts, start=1):
        chain.append(epoch(number, last, after=(number - 1, lasts[number - 2]) if number > 1 else None))
    close = digest(len(lasts), lasts[-1], WEDNESDAY)
    whole = Books(epochs=tuple(chain), digests=(close,))
    assert prove(whole, TUESDAY, WEDNESDAY, NOW).complete
    lost = data.draw(st.sampled_from([(e.id, seq) for e in chain for seq in range(e.last + 1)]))
    holed = [replace(e, holes=(range(lost[1], lost[1] + 1),)) if e.id == lost[0] else e for e in chain]
    proof = prove(replace(whole, epochs=tuple(holed)), TUESDAY, WEDNESDAY, NOW)
    assert not proof.complete
    assert proof.here == proof.expected - 1


@given(st.lists(st.integers(1, 6), min_size=2, max_size=5), st.data())
def test_whatever_is_lost_of_the_end_of_a_start_is_noticed(lasts: list[int], data: st.DataObject) -> None:
    chain = [
        epoch(number, last, after=(number - 1, lasts[number - 2]) if number > 1 else None)
        for number, last in enumerate(lasts, start=1)
    ]
    at = data.draw(st.integers(0, len(lasts) - 2))
    kept = data.draw(st.integers(0, lasts[at] - 1))
    chain[at] = replace(chain[at], last=kept)
    books = Books(epochs=tuple(chain), digests=(digest(len(lasts), lasts[-1], WEDNESDAY),))
    proof = prove(books, TUESDAY, WEDNESDAY, NOW)
    assert proof.doubts == ("gap",)
    assert proof.expected - proof.here == lasts[at] - kept
