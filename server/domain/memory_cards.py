"""The memory cards that wrote a kiosk's books: one, or several where a card was copied or put back.

Starts that name each other form a tree, and a fork of it shows two cards. Where a start is missing, what
followed it is a tree of its own, whose place in the others nobody knows. One card wrote them one after the
other: they are taken for that as long as their times allow it and nothing else shows a second card.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

from server.domain.books import Books, Digest, Ending, EpochFacts, Place


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
        """The first of its epochs that is known."""
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
    named = _named(books)
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
    if _loose_beside_others(books, cards):
        return tuple(replace(card, copied=True) for card in cards)
    return tuple(cards)


def torn(books: Books) -> frozenset[int]:
    """Epochs of which it is not known what they follow, though they follow something, or may."""
    names = {epoch.name for epoch in books.epochs}
    return frozenset(
        epoch.id
        for epoch in books.epochs
        if not epoch.opened or (epoch.previous is not None and epoch.previous not in names)
    )


def on_one_card(cards: Sequence[MemoryCard], place: Place) -> MemoryCard | None:
    """Of several that hold ``place`` any: they have all below it in common."""
    return next((card for card in cards if card.holds(place)), None)


def _named(books: Books) -> Mapping[str, int]:
    """The highest row of each start that a later one goes on from."""
    named: dict[str, int] = {}
    for epoch in books.epochs:
        if epoch.previous is not None:
            named[epoch.previous] = max(named.get(epoch.previous, 0), epoch.previous_last or 0)
    return named


def _forks(books: Books, named: Mapping[str, int]) -> set[str]:
    """Starts that two go on from, or that went on themselves."""
    followers = Counter(epoch.previous for epoch in books.epochs if epoch.previous is not None)
    went_on = {epoch.name for epoch in books.epochs if epoch.last > named.get(epoch.name, epoch.last)}
    return went_on | {name for name, count in followers.items() if count > 1}


class _Tree(NamedTuple):
    """All that is known to go back to one start."""

    root: int
    first_at: datetime
    last_at: datetime


def _loose_beside_others(books: Books, cards: Sequence[MemoryCard]) -> bool:
    """Whether a tree hangs loose that cannot be taken for what one card wrote before or after the others.

    Of what a second card is known to have written by other signs, any such tree may be a part.
    """
    loose = {card.root for card in cards} & torn(books)
    if not loose or not books.whole:
        return False
    if any(card.copied for card in cards):
        return True
    any_until = loose_until = datetime.min.replace(tzinfo=UTC)
    for tree in sorted(_trees(books, cards), key=lambda tree: (tree.first_at, tree.last_at)):
        if tree.first_at < (any_until if tree.root in loose else loose_until):
            return True
        any_until = max(any_until, tree.last_at)
        if tree.root in loose:
            loose_until = max(loose_until, tree.last_at)
    return False


def _trees(books: Books, cards: Sequence[MemoryCard]) -> Iterable[_Tree]:
    by_id = {epoch.id: epoch for epoch in books.epochs}
    found: dict[int, _Tree] = {}
    for card in cards:
        root = card.root
        for epoch in (by_id[number] for number in card.tops):
            if epoch.last_at is None:
                continue
            first_at, last_at = epoch.first_at or epoch.last_at, epoch.last_at
            known = found.get(root, _Tree(root, first_at, last_at))
            found[root] = _Tree(root, min(known.first_at, first_at), max(known.last_at, last_at))
    return found.values()


def _chain(tip: EpochFacts, by_name: Mapping[str, EpochFacts], most: int) -> Iterator[tuple[EpochFacts, int]]:
    epoch, last = tip, tip.last
    for _ in range(most):
        yield epoch, last
        forerunner = by_name.get(epoch.previous or "") if epoch.opened else None
        if forerunner is None or (named := epoch.previous_last) is None:
            return
        epoch, last = forerunner, named


def _is_gone(tip: EpochFacts, endings: Sequence[Ending]) -> bool:
    """A card that has written since is not gone: the word holds for what was known then."""
    return Ending(Place(tip.id, tip.last), tip.rows) in endings


def _time(digest: Digest) -> datetime:
    return digest.at
