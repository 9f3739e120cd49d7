"""Where whole starts are missing: a hole of one memory card, or what hides where two of them parted."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.books import Books, Digest, Place
from server.domain.completeness import Proof, prove
from tests.server.domain.three_days import BOOKS, DAY, MONDAY, NOW, TUESDAY, WEDNESDAY, digest, epoch, tuesday


def test_a_chain_beside_another_is_of_a_copied_card_though_what_they_share_was_never_heard() -> None:
    """Start 9 goes on from 8, which is missing, while start 2 writes on: three rows of 8 are lost."""
    books = Books(
        epochs=(
            replace(epoch(1, 2), first_at=MONDAY, last_at=MONDAY + DAY / 8),
            replace(epoch(9, 2, after=(8, 2)), first_at=TUESDAY + DAY / 2, last_at=WEDNESDAY + DAY / 8),
            replace(epoch(2, 2, after=(1, 2)), first_at=TUESDAY + DAY / 4, last_at=WEDNESDAY + DAY / 4),
        ),
        digests=(digest(1, 1, MONDAY), digest(2, 2, WEDNESDAY), digest(9, 2, WEDNESDAY)),
    )
    assert tuesday(books) == Proof(here=6, expected=9, as_of=None, doubts=("gap",))
    silent = replace(books, digests=books.digests[:2])
    assert tuesday(silent).doubts == ("copied",)
    heard = replace(epoch(8, 2, after=(1, 2)), first_at=TUESDAY, last_at=TUESDAY + DAY / 4)
    assert tuesday(replace(books, epochs=(heard, *books.epochs))).complete


def test_what_came_after_a_start_that_is_missing_is_of_the_same_card_as_what_was_before() -> None:
    """One card after all, as after a server was restored: neither day before nor day after is in doubt."""
    third = replace(BOOKS.epochs[2], first_at=TUESDAY + DAY / 2)
    first = replace(BOOKS.epochs[0], last_at=TUESDAY + DAY / 8)
    later = (digest(3, 2, WEDNESDAY), digest(3, 4, WEDNESDAY + DAY / 4))
    books = Books((first, third), (BOOKS.digests[0], digest(1, 20, TUESDAY), *later))
    assert prove(books, MONDAY, TUESDAY, NOW).complete
    assert tuesday(books).doubts == ("gap",)
    assert prove(books, WEDNESDAY + DAY / 8, WEDNESDAY + DAY / 4, NOW).complete


def test_starts_that_are_missing_on_two_cards_are_counted_each() -> None:
    tops = {2: WEDNESDAY + DAY / 8, 3: WEDNESDAY + DAY / 4}
    chains = [
        replace(epoch(n, 3, after=(n + 5, 4)), first_at=TUESDAY + DAY / 4, last_at=at)
        for n, at in tops.items()
    ]
    books = Books(tuple(chains), tuple(digest(n, 2, WEDNESDAY) for n in tops))
    assert tuesday(books) == Proof(here=6, expected=16, as_of=None, doubts=("gap",))


def test_where_two_cards_are_known_what_follows_a_missing_start_may_be_of_any() -> None:
    """Start 8 is missing, and may have been written on Tuesday, by a card that is neither's."""
    ends = {2: WEDNESDAY + DAY / 8, 3: WEDNESDAY + DAY / 8}
    forked = [replace(epoch(n, 4, after=(1, 4)), first_at=TUESDAY, last_at=at) for n, at in ends.items()]
    first = replace(epoch(1, 4), first_at=MONDAY, last_at=MONDAY)
    last = replace(epoch(9, 2, after=(8, 1)), first_at=WEDNESDAY + DAY / 4, last_at=NOW)
    closing = (*(digest(n, 3, WEDNESDAY) for n in ends), digest(9, 1, WEDNESDAY + DAY / 4))
    assert tuesday(Books((first, *forked), closing[:2])).complete
    proof = tuesday(Books((first, *forked, last), closing))
    assert proof.doubts == ("gap",)
    assert proof.expected - proof.here == 2


def test_books_that_begin_at_a_digest_miss_nothing_below_it() -> None:
    """Start 2 follows one that was not read; what hangs loose there is asked of whole books only."""
    second = replace(epoch(2, 4, after=(1, 4)), first_at=MONDAY, last_at=WEDNESDAY + DAY / 8)
    rescued = replace(epoch(3, 4), previous_last=-1, first_at=TUESDAY, last_at=TUESDAY)
    books = Books((rescued, second), (digest(2, 1, MONDAY), digest(2, 3, WEDNESDAY)))
    assert tuesday(replace(books, whole=False)).complete
    assert tuesday(books).doubts == ("copied",)


class Story:
    """What up to three memory cards of one kiosk wrote from Monday on, an hour each step."""

    def __init__(self) -> None:
        self.starts: list[list[tuple[datetime, bool]]] = []
        """Of each start its rows: when, and whether it is a digest."""
        self.after: list[tuple[int, int] | None] = []
        self.cards: list[tuple[int, int] | None] = [None]
        """Of each card its last record."""
        self._told: list[datetime] = [MONDAY - DAY]

    def start(self, card: int, at: datetime) -> None:
        self.after.append(self.cards[card])
        self.starts.append([])
        self.cards[card] = (len(self.starts), -1)
        self.write(card, at)

    def write(self, card: int, at: datetime) -> None:
        last = self.cards[card]
        assert last is not None
        rows = self.starts[last[0] - 1]
        told = self._told[card] < at.replace(hour=0, minute=0) and bool(rows)
        if told:
            self._told[card] = at
        rows.append((at, told))
        self.cards[card] = (last[0], len(rows) - 1)

    def copy(self, card: int) -> None:
        self.cards.append(self.cards[card])
        self._told.append(self._told[card])

    def books(self, missing: set[int]) -> Books:
        """As of what came: all but the starts that are ``missing``."""
        known = [n for n in range(1, len(self.starts) + 1) if n not in missing]
        found = [
            replace(
                epoch(n, len(self.starts[n - 1]) - 1, after=self.after[n - 1]),
                first_at=self.starts[n - 1][0][0],
                last_at=self.starts[n - 1][-1][0],
            )
            for n in known
        ]
        told = [
            Digest(Place(n, seq), at)
            for n in known
            for seq, (at, is_digest) in enumerate(self.starts[n - 1])
            if is_digest
        ]
        return Books(
            tuple(sorted(found, key=lambda known: (known.last_at or NOW, known.name))),
            tuple(sorted(told, key=lambda known: known.at)),
        )


@st.composite
def stories(draw: st.DrawFn) -> tuple[Story, set[int]]:
    """With starts that are missing. Of each card the last one came: who is silent owes its digests anyway."""
    story, minutes = Story(), timedelta(minutes=1)
    story.start(0, MONDAY)
    for step in range(1, draw(st.integers(6, 22))):
        for card in range(len(story.cards)):
            at = MONDAY + step * DAY / 8 + card * minutes
            what = draw(st.sampled_from(("write", "write", "start", "rest", "copy")))
            if what == "copy" and len(story.cards) < 3:
                story.copy(card)
                story.start(len(story.cards) - 1, at + 5 * minutes)
            elif what == "start":
                story.start(card, at)
            elif what != "rest":
                story.write(card, at)
    for card in range(len(story.cards)):
        story.write(card, NOW + card * minutes)
    tips = {last[0] for last in story.cards if last is not None}
    others = [n for n in range(1, len(story.starts) + 1) if n not in tips]
    return story, draw(st.sets(st.sampled_from(others))) if others else set()


@settings(max_examples=400)
@given(stories())
def test_whatever_start_of_a_copied_card_is_missing_is_noticed(told: tuple[Story, set[int]]) -> None:
    story, missing = told
    books = story.books(missing)
    for day in (MONDAY, TUESDAY):
        lost = [at for n in missing for at, _ in story.starts[n - 1] if day <= at < day + DAY]
        assert not (lost and prove(books, day, day + DAY, NOW).complete)


def test_what_is_missing_before_a_start_that_is_surely_of_these_days_may_be_of_them() -> None:
    """Though another start is taken for the latest: nobody knows its time, but that it came only now.

    So it is while a restored server gets back what it lost, which begins with the newest start.
    """
    first = replace(epoch(1, 4), first_at=MONDAY, last_at=MONDAY + DAY / 8)
    dark = replace(epoch(2, 4, after=(1, 4)), sure=False, not_before=MONDAY + DAY / 8, last_at=NOW)
    newest = replace(epoch(9, 0, after=(8, 29)), first_at=NOW - DAY / 24, last_at=NOW - DAY / 24)
    told = (digest(1, 1, MONDAY),)
    assert prove(Books((first, newest, dark), told), WEDNESDAY, NOW + DAY, NOW).doubts == ("gap",)
    between = replace(epoch(8, 29, after=(2, 4)), first_at=TUESDAY, last_at=NOW - DAY / 12)
    whole = Books((first, between, newest, dark), told)
    assert prove(whole, WEDNESDAY, NOW + DAY, NOW).complete
