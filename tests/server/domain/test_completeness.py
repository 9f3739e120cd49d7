"""A day is proved by names of records alone; each way in which it is not has its own word."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.books import Books, EpochFacts, Flaw, Place
from server.domain.completeness import Doubt, Proof, prove, together
from tests.server.domain.three_days import BOOKS, DAY, MONDAY, NOW, TUESDAY, WEDNESDAY, digest, epoch, tuesday


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


@pytest.mark.parametrize(
    ("since", "doubt"),
    [
        (None, "no_digest"),
        (TUESDAY + DAY / 2, "silent"),
        (WEDNESDAY - timedelta(seconds=1), "silent"),
        (WEDNESDAY, "no_digest"),
        (NOW, "no_digest"),
    ],
)
def test_a_kiosk_that_is_off_is_told_from_one_that_owes_its_digest(
    since: datetime | None, doubt: Doubt
) -> None:
    books = replace(BOOKS, digests=BOOKS.digests[:2], silent_since=since)
    proof = tuesday(books)
    assert proof.doubts == (doubt,)
    assert proof.silent_since == (since if doubt == "silent" else None)


def test_silence_is_no_doubt_of_a_day_that_was_closed_or_goes_on() -> None:
    books = replace(BOOKS, silent_since=MONDAY)
    assert tuesday(books).complete
    assert prove(books, WEDNESDAY, WEDNESDAY + DAY, NOW).complete


def test_of_several_silent_kiosks_the_longest_silence_is_told() -> None:
    silences = [Proof(doubts=("silent",), silent_since=at) for at in (TUESDAY, MONDAY)]
    assert together([*silences, Proof(ended=1), Proof(ended=2)]) == Proof(
        doubts=("silent",), silent_since=MONDAY, ended=3
    )


def ended_at(number: int, last: int, at: datetime, *, after: tuple[int, int] | None = None) -> EpochFacts:
    return replace(epoch(number, last, after=after), last_at=at)


def test_what_was_written_before_the_time_was_known_counts_with_its_day() -> None:
    """Else a table says "13/13" beside thirty visits. A start that was over on Monday is not of it."""
    books = Books(
        epochs=(
            ended_at(1, 50, MONDAY + timedelta(hours=20)),
            ended_at(2, 30, TUESDAY + timedelta(hours=20), after=(1, 50)),
            epoch(3, 9, after=(2, 30)),
        ),
        digests=(
            digest(1, 10, MONDAY),
            digest(2, 20, TUESDAY + timedelta(hours=14)),
            digest(3, 2, WEDNESDAY),
        ),
    )
    assert tuesday(books) == Proof(here=34, expected=34, as_of=WEDNESDAY)


def test_a_day_on_which_a_kiosk_was_off_has_no_records_of_the_day_before() -> None:
    books = Books(
        epochs=(ended_at(1, 50, MONDAY + timedelta(hours=20)), epoch(2, 9, after=(1, 50))),
        digests=(digest(1, 10, MONDAY), digest(2, 1, WEDNESDAY + timedelta(hours=9))),
    )
    assert tuesday(books) == Proof(here=2, expected=2, as_of=WEDNESDAY)
