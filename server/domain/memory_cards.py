"""The memory cards that wrote a kiosk's books: one, or several where a card was copied or put back.

Starts that name each other form a tree, and a fork of it shows two cards. Where a start is missing, what
followed it is a tree of its own, whose place in the others nobody knows; so is a card that was set up anew.
One card wrote them one after the other: they are taken for that as long as their times allow it and nothing
else shows a second card. Where nobody knows their times well enough, the days concerned are in doubt.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, NamedTuple

from server.domain.books import Books, Digest, Ending, EpochFacts, Place
from server.domain.seen import AHEAD, BEHIND

CLOCKS_DIFFER: Final = AHEAD + BEHIND
"""What is sure of times is no more exact: a card that a kiosk's clock was put right on is not two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryCard:
    """All that was written on one memory card."""

    tip: EpochFacts
    """Its latest start."""
    tops: Mapping[int, int]
    """Its epochs, each with the last row that this card has of it."""
    ages: Mapping[int, int]
    """Its epochs, each with how many starts came after it."""
    digests: tuple[Digest, ...]
    """In the order of their times."""
    copied: bool
    """Whether there is another card that went on differently from a beginning that both have in common.

    That beginning may be missing: see above.
    """
    gone: bool
    """Whether a person said so, and it wrote nothing since."""

    @property
    def root(self) -> int:
        """The first of its epochs that is known, by which cards of one tree are told."""
        return next(reversed(self.tops))

    @property
    def end(self) -> Place:
        return Place(self.tip.id, self.tip.last)

    def holds(self, place: Place) -> bool:
        return place.seq <= self.tops.get(place.epoch, -1)

    def until(self, top: Place, place: Place) -> bool:
        """Whether this card, which holds both, wrote ``place`` no later than ``top``."""
        ages = self.ages
        return (-ages[place.epoch], place.seq) <= (-ages[top.epoch], top.seq)

    def first_at(self, moment: datetime) -> Place | None:
        at = bisect_left(self.digests, moment, key=_time)
        return self.digests[at].place if at < len(self.digests) else None


def memory_cards(books: Books) -> tuple[MemoryCard, ...]:
    """In the order of their latest records. Of starts that a hostile kiosk bent into a ring there is none."""
    by_name = {epoch.name: epoch for epoch in books.epochs}
    named = _named(books, by_name)
    forks = _forks(books, named)
    cards = []
    for tip in books.epochs:
        if tip.last <= named.get(tip.name, -1):
            continue  # a card went on after it
        tops = {epoch.id: last for epoch, last in _chain(tip, by_name, len(by_name))}
        cards.append(
            MemoryCard(
                tip=tip,
                tops=tops,
                ages={number: age for age, number in enumerate(tops)},
                digests=tuple(d for d in books.digests if d.place.seq <= tops.get(d.place.epoch, -1)),
                copied=any({e.name, e.previous} & forks for e in books.epochs if forks and e.id in tops),
                gone=_is_gone(tip, books.endings),
            )
        )
    if not books.whole:
        return tuple(cards)
    beside = _at_once(trees(books, cards))
    several = bool(beside) or any(card.copied for card in cards)
    # Of what a second card is known to have written, any tree may be a part that follows what is missing.
    beside |= torn(books) if several else frozenset()
    return tuple(replace(card, copied=True) if card.root in beside else card for card in cards)


def torn(books: Books) -> frozenset[int]:
    """Epochs of which it is not known what they follow, though they follow something, or may."""
    names = {epoch.name for epoch in books.epochs}
    return frozenset(
        epoch.id
        for epoch in books.epochs
        if not epoch.opened or (epoch.previous_last is not None and epoch.previous not in names)
    )


def in_pieces(books: Books) -> bool:
    """Whether times have to tell whether one card wrote all of it."""
    roots = sum(epoch.previous is None for epoch in books.epochs)
    return roots > 1 or bool(torn(books))


def on_one_card(cards: Sequence[MemoryCard], place: Place) -> MemoryCard | None:
    """Of several that hold ``place`` any: they have all below it in common."""
    return next((card for card in cards if card.holds(place)), None)


def _goes_on_from(epoch: EpochFacts, forerunner: EpochFacts | None) -> int:
    """The row of ``forerunner`` that it goes on from: its last one, where a damaged journal did not keep all.

    Unless that was written once this start had begun, for then another card wrote it.
    """
    named = epoch.previous_last or 0
    if forerunner is None or not epoch.at_least:
        return named
    began = epoch.first_at if epoch.sure else None
    ended = forerunner.last_at if forerunner.sure else None
    if began is not None and ended is not None and ended - began > CLOCKS_DIFFER:
        return named
    return max(named, forerunner.last)


def _named(books: Books, by_name: Mapping[str, EpochFacts]) -> Mapping[str, int]:
    """The highest row of each start that a later one goes on from."""
    named: dict[str, int] = {}
    for epoch in books.epochs:
        if epoch.previous is not None:
            row = _goes_on_from(epoch, by_name.get(epoch.previous))
            named[epoch.previous] = max(named.get(epoch.previous, 0), row)
    return named


def _forks(books: Books, named: Mapping[str, int]) -> set[str]:
    """Starts that two go on from, or that went on themselves."""
    followers = Counter(epoch.previous for epoch in books.epochs if epoch.previous is not None)
    went_on = {epoch.name for epoch in books.epochs if epoch.last > named.get(epoch.name, epoch.last)}
    return went_on | {name for name, count in followers.items() if count > 1}


class Tree(NamedTuple):
    """All that goes back to one start, which surely was written from ``first_at`` to ``last_at``.

    What is here of it is no older than ``earliest``, where that is known, and no newer than ``latest``.
    """

    root: int
    first_at: datetime | None
    last_at: datetime | None
    earliest: datetime | None
    latest: datetime

    def may_reach(self, start: datetime, end: datetime) -> bool:
        """Whether some of it may be between, beyond the time in which it surely was written."""
        if self.first_at is None or self.last_at is None:
            return _meet(self.earliest, self.latest, start, end)
        before = _meet(self.earliest, self.first_at, start, end)
        return before or _meet(self.last_at, self.latest, start, end)

    def is_beside(self, other: "Tree", start: datetime, end: datetime) -> bool:
        """Whether both were written between by their clocks, and at once, if too short to be sure of it."""
        if self.first_at is None or self.last_at is None or other.first_at is None or other.last_at is None:
            return False
        return _meet(max(self.first_at, other.first_at), min(self.last_at, other.last_at), start, end)


def _meet(since: datetime | None, until: datetime, start: datetime, end: datetime) -> bool:
    """Whether the time from ``since`` to ``until`` has any in common with that from ``start`` to ``end``."""
    first = start if since is None else max(since, start)
    return first < min(until, end)


def trees(books: Books, cards: Sequence[MemoryCard]) -> Sequence[Tree]:
    by_id = {epoch.id: epoch for epoch in books.epochs}
    of: dict[int, set[int]] = defaultdict(set)
    for card in cards:
        of[card.root] |= card.tops.keys()
    return [_tree(root, [by_id[number] for number in numbers]) for root, numbers in of.items()]


def _tree(root: int, epochs: Sequence[EpochFacts]) -> Tree:
    tree = Tree(root, None, None, datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC))
    for epoch in epochs:
        if epoch.last_at is None:
            continue  # nothing of it is here
        first_at = (epoch.first_at or epoch.last_at) if epoch.sure else epoch.not_before
        tree = tree._replace(
            earliest=None if first_at is None or tree.earliest is None else min(tree.earliest, first_at),
            latest=max(tree.latest, epoch.last_at),
        )
        if epoch.sure and first_at is not None:
            tree = tree._replace(
                first_at=min(tree.first_at or first_at, first_at),
                last_at=max(tree.last_at or epoch.last_at, epoch.last_at),
            )
    return tree


def _at_once(found: Iterable[Tree]) -> set[int]:
    """The roots of trees that were surely written while another one was."""
    spans = sorted(
        (tree.first_at, tree.last_at, tree.root)
        for tree in found
        if tree.first_at is not None and tree.last_at is not None
    )
    at_once: set[int] = set()
    for number, (since, until, root) in enumerate(spans):
        for first_at, last_at, other in spans[number + 1 :]:
            if until - first_at <= CLOCKS_DIFFER:
                break
            at_once |= {root, other} if last_at - since > CLOCKS_DIFFER else set()
    return at_once


def _chain(tip: EpochFacts, by_name: Mapping[str, EpochFacts], most: int) -> Iterator[tuple[EpochFacts, int]]:
    epoch, last = tip, tip.last
    for _ in range(most):
        yield epoch, last
        forerunner = by_name.get(epoch.previous or "") if epoch.opened else None
        if forerunner is None or epoch.previous_last is None:
            return
        epoch, last = forerunner, _goes_on_from(epoch, forerunner)


def _is_gone(tip: EpochFacts, endings: Sequence[Ending]) -> bool:
    """A card that has written since is not gone: the word holds for what was known then."""
    return Ending(Place(tip.id, tip.last), tip.rows) in endings


def _time(digest: Digest) -> datetime:
    return digest.at
