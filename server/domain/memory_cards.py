"""The memory cards that wrote a kiosk's books: one, or several where a card was copied or put back."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

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
    """Whether another card has a beginning in common with it, and went on differently."""
    gone: bool
    """Whether a person said so, and it wrote nothing since."""

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
    return tuple(cards)


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
