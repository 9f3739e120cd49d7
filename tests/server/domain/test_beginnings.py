"""Books in several pieces: what nobody knows the beginning of may be of another memory card, or may not."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.books import Books, Digest, EpochFacts, Place
from server.domain.completeness import Proof, prove
from server.domain.dating import EpochClock, Times
from server.domain.memory_cards import CLOCKS_DIFFER, in_pieces, memory_cards
from server.domain.readings import Readings
from server.domain.seen import Reading
from tests.server.domain.three_days import DAY, MONDAY, NOW, TUESDAY, WEDNESDAY, digest, epoch, tuesday

HOUR: Final = DAY / 24
SUNDAY: Final = MONDAY - DAY


def wrote(number: int, last: int, first_at: datetime, last_at: datetime) -> EpochFacts:
    """The first start of a card, whose times are known."""
    return replace(epoch(number, last), first_at=first_at, last_at=last_at)


def unheard(number: int, last: int, latest: datetime, earliest: datetime | None = None) -> EpochFacts:
    """The first start of a card, in a boot that never knew the time."""
    return replace(epoch(number, last), sure=False, not_before=earliest, last_at=latest)


def rescued(number: int, last: int, after: tuple[int, int], first_at: datetime) -> EpochFacts:
    """A start after a damaged journal, of which row ``after[1]`` of start ``after[0]`` was saved last."""
    told = replace(epoch(number, last, after=after), at_least=True, set_aside=True)
    return replace(told, first_at=first_at, last_at=NOW)


ONE: Final = wrote(1, 20, MONDAY, WEDNESDAY + 9 * HOUR)
TOLD: Final = (digest(1, 1, MONDAY), digest(1, 10, TUESDAY), digest(1, 15, WEDNESDAY))


def test_two_cards_that_were_set_up_alike_each_tell_their_own_day() -> None:
    other = wrote(2, 9, MONDAY + HOUR, WEDNESDAY + 8 * HOUR)
    told = (*TOLD, digest(2, 1, MONDAY + HOUR), digest(2, 4, TUESDAY + HOUR), digest(2, 8, WEDNESDAY + HOUR))
    both = Books((other, ONE), tuple(sorted(told, key=lambda one: one.at)))
    assert in_pieces(both)
    assert all(card.copied for card in memory_cards(both))
    assert tuesday(both) == Proof(here=9, expected=9, as_of=WEDNESDAY)
    missing = Books((replace(other, holes=(range(6, 7),)), ONE), both.digests)
    assert tuesday(missing) == Proof(here=8, expected=9, as_of=None, doubts=("gap",))
    silent = Books((other, ONE), tuple(one for one in both.digests if one.place != Place(2, 8)))
    assert tuesday(silent).doubts == ("copied",)


def test_a_card_in_the_place_of_one_that_is_gone_is_no_copy() -> None:
    """The days between the last word of the one and the first of the other are in doubt, and no others."""
    first = wrote(1, 12, MONDAY, TUESDAY + 9 * HOUR)
    second = wrote(2, 9, WEDNESDAY + HOUR, NOW)
    books = Books(
        (first, second), (*TOLD[:2], digest(2, 1, WEDNESDAY + HOUR), digest(2, 8, WEDNESDAY + 9 * HOUR))
    )
    assert not any(card.copied for card in memory_cards(books))
    assert prove(books, MONDAY, TUESDAY, NOW).complete
    assert tuesday(books).doubts == ("start_unknown",)
    assert prove(books, WEDNESDAY + 2 * HOUR, WEDNESDAY + 9 * HOUR, NOW).complete


def test_a_beginning_of_which_nobody_knows_when_it_was_leaves_the_days_in_doubt_that_it_may_be_of() -> None:
    books = Books((ONE, unheard(2, 3, latest=WEDNESDAY + 8 * HOUR, earliest=TUESDAY + HOUR)), TOLD)
    assert not any(card.copied for card in memory_cards(books))
    assert tuesday(books).doubts == ("start_unknown",)
    assert prove(books, MONDAY, TUESDAY, NOW).complete
    anytime = Books((ONE, unheard(2, 3, latest=TUESDAY - HOUR)), TOLD)
    assert prove(anytime, MONDAY, TUESDAY, NOW).doubts == ("start_unknown",)
    assert tuesday(anytime).complete


def test_a_start_that_came_late_and_never_knew_the_time_is_no_second_card() -> None:
    """What was before it is missing; the server got it once the first one had written on, or so it seems."""
    first = wrote(1, 12, MONDAY, TUESDAY + 9 * HOUR)
    late = replace(epoch(3, 4, after=(2, 1)), sure=False, last_at=WEDNESDAY + 8 * HOUR)
    last = replace(epoch(4, 3, after=(3, 4)), first_at=WEDNESDAY + 8 * HOUR, last_at=NOW)
    told = (*TOLD[:2], digest(1, 12, TUESDAY + 9 * HOUR), digest(4, 1, WEDNESDAY + 8 * HOUR))
    books = Books((first, late, last), told)
    assert not any(card.copied for card in memory_cards(books))
    assert tuesday(books).doubts == ("gap",)


def test_a_damaged_journal_costs_the_day_of_its_loss_alone() -> None:
    first = wrote(1, 12, MONDAY, TUESDAY + 9 * HOUR)
    second = rescued(2, 9, (1, 11), TUESDAY + 10 * HOUR)
    books = Books((first, second), (*TOLD[:2], digest(2, 4, WEDNESDAY), digest(2, 8, WEDNESDAY + 9 * HOUR)))
    assert not in_pieces(books)
    assert not any(card.copied for card in memory_cards(books))
    assert prove(books, MONDAY, TUESDAY, NOW).complete
    assert tuesday(books) == Proof(here=7, expected=7, as_of=WEDNESDAY, doubts=("set_aside",))
    assert prove(books, WEDNESDAY + HOUR, WEDNESDAY + 9 * HOUR, NOW).complete


def test_a_card_that_writes_on_beside_its_rescued_copy_is_one_of_two() -> None:
    books = Books((replace(ONE, last_at=NOW), rescued(2, 9, (1, 11), TUESDAY + 10 * HOUR)), TOLD)
    assert all(card.copied for card in memory_cards(books))
    assert "copied" in tuesday(books).doubts


class Written(NamedTuple):
    card: int
    after: tuple[int, int] | None
    at_least: bool
    dark: bool
    rows: list[tuple[datetime, bool]]
    """When, and whether it is a digest."""


class Story:
    """What memory cards of one kiosk wrote from Sunday on; some starts in boots that never knew the time."""

    def __init__(self) -> None:
        self.starts: list[Written] = []
        self.last: dict[int, tuple[int, int]] = {}
        """Of each card its last record: the start's number, and the row."""
        self.told: dict[int, datetime] = {}

    def start(self, card: int, at: datetime, *, dark: bool, lost: int = 0, rescue: bool = False) -> None:
        """``lost`` rows of the start before were not saved of a damaged journal, nor ever sent."""
        after = self.last.get(card)
        if after is not None and rescue:
            kept = max(0, after[1] - lost)
            after = after[0], kept
        self.starts.append(Written(card, after, rescue, dark, []))
        self.last[card] = (len(self.starts), -1)
        self.write(card, at)

    def write(self, card: int, at: datetime) -> None:
        number, seq = self.last[card]
        start = self.starts[number - 1]
        known = self.told.get(card, SUNDAY - DAY)
        tells = bool(start.rows) and not start.dark and known < at.replace(hour=0, minute=0)
        if tells:
            self.told[card] = at
        start.rows.append((at, tells))
        self.last[card] = (number, seq + 1)

    def copy(self, card: int, to: int) -> None:
        self.last[to] = self.last[card]
        if card in self.told:
            self.told[to] = self.told[card]


def books_of(story: Story, missing: set[int]) -> Books:
    """As of what came: all but the starts that are ``missing``."""
    known = {number: start for number, start in enumerate(story.starts, 1) if number not in missing}
    clocks = {number: _clock(number, start) for number, start in known.items()}
    readings = {
        clocks[number].boot_id: Readings({"ntp": Reading(clocks[number].boot_id, 0, start.rows[0][0])})
        for number, start in known.items()
        if not start.dark
    }
    times = Times(clocks.values(), readings)
    found = []
    for number, start in known.items():
        facts = replace(epoch(number, len(start.rows) - 1, after=start.after), at_least=start.at_least)
        bounds = times.bounds(clocks[number])
        if start.dark:
            facts = replace(facts, sure=False, not_before=bounds.first, last_at=bounds.last or NOW)
        else:
            facts = replace(facts, first_at=start.rows[0][0], last_at=start.rows[-1][0])
        found.append(facts)
    told = [
        Digest(Place(number, seq), at)
        for number, start in known.items()
        for seq, (at, tells) in enumerate(start.rows)
        if tells
    ]
    return Books(
        tuple(sorted(found, key=lambda facts: (facts.last_at or NOW, facts.name))),
        tuple(sorted(told, key=lambda one: one.at)),
    )


def _clock(number: int, start: Written) -> EpochClock:
    length_ms = round((start.rows[-1][0] - start.rows[0][0]) / timedelta(milliseconds=1))
    return EpochClock(
        id=number,
        name=f"e{number}",
        previous=f"e{start.after[0]}" if start.after else None,
        boot_id=f"boot-{number}",
        opened_ms=0,
        last_ms=length_ms,
    )


@st.composite
def stories(draw: st.DrawFn, cards: int) -> tuple[Story, set[int]]:
    """Of up to so many cards, set up alike or copied, with starts that are missing. The last ones came."""
    story, minute, dark = Story(), timedelta(minutes=1), st.integers(0, 9).map(lambda chance: chance == 9)
    story.start(0, SUNDAY, dark=draw(dark))
    for step in range(1, draw(st.integers(12, 27))):
        for card in sorted(story.last):
            at = SUNDAY + step * DAY / 8 + card * minute
            what = draw(
                st.sampled_from(("write",) * 5 + ("start",) * 3 + ("rest", "dark", "rescue", "another"))
            )
            if (what == "another" or step == 1) and len(story.last) < cards:
                new = len(story.last)
                if draw(st.booleans()):
                    story.copy(card, new)
                story.start(new, at + 5 * minute, dark=draw(dark))
            elif what in ("start", "dark"):
                story.start(card, at, dark=what == "dark")
            elif what == "rescue":
                story.start(card, at, dark=draw(dark), rescue=True, lost=draw(st.integers(0, 2)))
            elif what != "rest":
                story.write(card, at)
    for card in sorted(story.last):
        story.start(card, NOW + card * minute, dark=False)
        story.write(card, NOW + 10 * minute + card * minute)
    tips = {number for number, _ in story.last.values()}
    others = [number for number in range(1, len(story.starts) + 1) if number not in tips]
    return story, draw(st.sets(st.sampled_from(others), max_size=2)) if others else set()


@settings(max_examples=300, deadline=None)
@given(stories(cards=3))
def test_no_day_is_complete_while_a_row_of_it_is_missing(told: tuple[Story, set[int]]) -> None:
    story, missing = told
    books = books_of(story, missing)
    for day in (MONDAY, TUESDAY):
        lost = [at for number in missing for at, _ in story.starts[number - 1].rows if day <= at < day + DAY]
        assert not (lost and prove(books, day, day + DAY, NOW + HOUR).complete)


@settings(max_examples=300, deadline=None)
@given(stories(cards=1))
def test_one_card_is_never_taken_for_two(told: tuple[Story, set[int]]) -> None:
    story, missing = told
    books = books_of(story, missing)
    assert not any(card.copied for card in memory_cards(books))
    if missing:
        return
    ends = [one.at for one in books.digests]
    lost = [start.rows[0][0] for start in story.starts if start.at_least]
    for day in (SUNDAY, MONDAY, TUESDAY):
        since = max((at for at in ends if at <= day), default=SUNDAY)
        until = min(at for at in ends if at >= day + DAY)
        proof = prove(books, day, day + DAY, NOW + HOUR)
        assert proof.complete is not any(since < at <= until for at in lost)


def just_after(offset: timedelta) -> tuple[Books, ...]:
    """A card whose journal was damaged at noon on Tuesday, and one in the place of another, at that time.

    By their clocks the second start began by so much after the end of the first.
    """
    first = wrote(1, 12, MONDAY, TUESDAY + 12 * HOUR)
    begins = first.last_at + offset if first.last_at else NOW
    told = (*TOLD[:2], digest(2, 2, WEDNESDAY), digest(2, 4, WEDNESDAY + HOUR))
    return tuple(
        Books((first, second), told) for second in (rescued(2, 9, (1, 11), begins), wrote(2, 9, begins, NOW))
    )


@pytest.mark.parametrize("offset", [HOUR / 60, -HOUR / 60, -CLOCKS_DIFFER])
def test_a_clock_that_was_put_right_between_two_starts_makes_no_second_card(offset: timedelta) -> None:
    """One may be five minutes ahead and the other an hour behind, and both are believed."""
    for books in just_after(offset):
        assert not any(card.copied for card in memory_cards(books))
        assert not tuesday(books).complete
        assert prove(books, WEDNESDAY + HOUR / 2, WEDNESDAY + HOUR, NOW).complete


def test_two_that_wrote_at_once_for_longer_are_two_cards() -> None:
    for books in just_after(-CLOCKS_DIFFER - HOUR / 60):
        assert all(card.copied for card in memory_cards(books))


def test_a_short_card_within_what_another_wrote_is_a_second_one_but_at_its_very_begin() -> None:
    for begins, copied in ((MONDAY, False), (MONDAY + 2 * HOUR, True)):
        books = Books((wrote(2, 3, begins, begins + HOUR / 4), ONE), TOLD)
        assert all(card.copied for card in memory_cards(books)) is copied


def test_a_day_over_whose_end_two_cards_may_have_written_is_in_doubt() -> None:
    """By their clocks they wrote at once for forty minutes, too short to be two cards for sure."""
    first = wrote(1, 12, MONDAY, WEDNESDAY + HOUR / 3)
    second = wrote(2, 9, WEDNESDAY - HOUR / 3, NOW)
    books = Books((first, second), (*TOLD[:2], digest(1, 11, WEDNESDAY), digest(2, 8, WEDNESDAY + HOUR)))
    assert tuesday(books).doubts == ("start_unknown",)
