"""Whether a day's figures are all there: proved by the chain of a kiosk's starts and its digests.

A digest says "as of T I had written no further than here". Everything before T therefore lies below it,
and where the chain below it has no hole, nothing is missing. No figure is asked, only names of records.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple

Doubt = Literal[
    "never_heard",
    "no_digest",
    "gap",
    "start_unknown",
    "copied",
    "conflict",
    "refused",
    "misplaced",
]
"""Why a day is not proved; each is a sentence on the page."""

Flaw = Literal["conflict", "refused", "misplaced"]


class Place(NamedTuple):
    """A record's place in its kiosk's books: the epoch's number in the store, and the record's own."""

    epoch: int
    seq: int


class Digest(NamedTuple):
    place: Place
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochFacts:
    """What the store knows of one epoch; ``holes`` are the rows between 0 and ``last`` that are missing."""

    id: int
    name: str
    last: int
    last_at: datetime | None
    opened: bool
    previous: str | None
    previous_last: int | None
    holes: tuple[range, ...] = ()


@dataclass(frozen=True, slots=True)
class Books:
    """One kiosk's books: epochs and digests in the order of their times."""

    epochs: tuple[EpochFacts, ...] = ()
    digests: tuple[Digest, ...] = ()
    flaws: tuple[tuple[Place, Flaw], ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """``here`` of ``expected`` records of the days are in the store, all of them as of ``as_of``."""

    here: int = 0
    expected: int = 0
    as_of: datetime | None = None
    doubts: tuple[Doubt, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.doubts and self.here == self.expected


NOTHING: Final = Proof()


class _Stretch(NamedTuple):
    """Rows of one epoch, both ends included; ``None`` where the epoch was never heard of."""

    epoch: EpochFacts | None
    bottom: int
    top: int

    @property
    def expected(self) -> int:
        return self.top - self.bottom + 1

    @property
    def here(self) -> int:
        if self.epoch is None:
            return 0
        # Above what came, the next start's opening is the witness that there was more.
        lost = (*self.epoch.holes, range(self.epoch.last + 1, self.top + 1))
        missing = (_overlap(hole, self.bottom, self.top) for hole in lost)
        return self.expected - sum(missing)


def prove(books: Books, start: datetime, end: datetime, now: datetime) -> Proof:
    """Of the time from ``start`` to ``end``; as far as it goes, where it is not over by ``now``."""
    if not books.epochs:
        return Proof(doubts=("never_heard",))
    closing = next((digest for digest in books.digests if digest.at >= end), None)
    doubts: set[Doubt] = set()
    as_of: datetime | None
    if closing is not None:
        top, as_of = closing.place, end
    else:
        tip = _tip(books)
        top, as_of = Place(tip.id, tip.last), tip.last_at
        if end <= now:
            doubts.add("no_digest")
    tops = [top]
    for card in _other_cards(books, top):
        its_own = next((digest.place for digest in _on(card, books) if digest.at >= end), None)
        if its_own is None:
            doubts.add("copied")  # it may have written more, and nobody says that it did not
        else:
            tops.append(its_own)
    parts = [_part(books, place, start, end, doubts) for place in tops]
    stretches = _merged(stretch for below, _ in parts for stretch in below)
    doubts |= _flaws(books, stretches)
    if any(stretch.here < stretch.expected for stretch in stretches):
        doubts.add("gap")
    counted = _merged(stretch for _, above in parts for stretch in above)
    return Proof(
        here=sum(stretch.here for stretch in counted),
        expected=sum(stretch.expected for stretch in counted),
        as_of=None if "gap" in doubts else as_of,
        doubts=tuple(sorted(doubts)),
    )


def together(proofs: Iterable[Proof]) -> Proof:
    """Of several kiosks: as good as the worst of them."""
    all_of = tuple(proofs)
    times = [proof.as_of for proof in all_of]
    known = [time for time in times if time is not None]
    return Proof(
        here=sum(proof.here for proof in all_of),
        expected=sum(proof.expected for proof in all_of),
        as_of=min(known) if known and len(known) == len(times) else None,
        doubts=tuple(sorted({doubt for proof in all_of for doubt in proof.doubts})),
    )


def _tip(books: Books) -> EpochFacts:
    """The start that no other names as its forerunner; the latest, where there are several."""
    named = {epoch.previous for epoch in books.epochs}
    return next((epoch for epoch in reversed(books.epochs) if epoch.name not in named), books.epochs[-1])


def _part(
    books: Books, top: Place, start: datetime, end: datetime, doubts: set[Doubt]
) -> tuple[Sequence[_Stretch], Sequence[_Stretch]]:
    """What must be here below ``top``, and what of it was written between ``start`` and ``end``."""
    told = _on(_card(books, top), books)
    before = _last(digest.place for digest in told if digest.at <= start)
    opening = next((digest.place for digest in told if start <= digest.at < end), None)
    stretches = tuple(_down(books, top, before, doubts))
    return stretches, tuple(_above(stretches, opening))


def _card(books: Books, top: Place) -> Sequence[_Stretch]:
    """All that was written on the memory card that wrote ``top``, until then."""
    return tuple(_down(books, top, None, set()))


def _on(card: Sequence[_Stretch], books: Books) -> Sequence[Digest]:
    return [digest for digest in books.digests if _holds(card, digest.place)]


def _holds(card: Sequence[_Stretch], place: Place) -> bool:
    return any(
        stretch.epoch is not None and stretch.epoch.id == place.epoch and place.seq <= stretch.top
        for stretch in card
    )


def _other_cards(books: Books, top: Place) -> Iterator[Sequence[_Stretch]]:
    """Where a card was copied or put back: what each wrote that did not write ``top``."""
    followers = _followers(books)
    named = {epoch.previous: -1 for epoch in books.epochs}
    for epoch in books.epochs:
        named[epoch.previous] = max(named[epoch.previous], epoch.previous_last or 0)
    forks = {name for name, count in followers.items() if count > 1}
    forks |= {epoch.name for epoch in books.epochs if epoch.last > named.get(epoch.name, epoch.last)}
    if not forks:
        return
    for epoch in books.epochs:
        if epoch.last <= named.get(epoch.name, -1):
            continue  # the card went on after it
        card = _card(books, Place(epoch.id, epoch.last))
        copied = any(
            step.epoch is not None and {step.epoch.name, step.epoch.previous} & forks for step in card
        )
        if copied and not _holds(card, top):
            yield card


def _merged(stretches: Iterable[_Stretch]) -> Sequence[_Stretch]:
    """What two cards have in common is there once."""
    found: dict[tuple[int, int], _Stretch] = {}
    for stretch in stretches:
        key = (stretch.epoch.id, 0) if stretch.epoch is not None else (0, stretch.top)
        known = found.get(key, stretch)
        bottom, top = min(known.bottom, stretch.bottom), max(known.top, stretch.top)
        found[key] = _Stretch(stretch.epoch, bottom, top)
    return tuple(found.values())


def _down(books: Books, top: Place, before: Place | None, doubts: set[Doubt]) -> Iterator[_Stretch]:
    """From ``top`` along the chain down to the digest ``before``, or to the kiosk's first start."""
    by_name = {epoch.name: epoch for epoch in books.epochs}
    by_id = {epoch.id: epoch for epoch in books.epochs}
    followers = _followers(books)
    epoch, last = by_id[top.epoch], top.seq
    for _ in books.epochs:  # a chain that a hostile kiosk bent into a ring ends here
        if before is not None and epoch.id == before.epoch:
            yield _Stretch(epoch, min(before.seq, last) + 1, last)
            return
        yield _Stretch(epoch, 0, last)
        if not epoch.opened:
            doubts.add("gap")
            return
        if epoch.previous is None or epoch.previous_last is None:
            if before is not None or epoch is not books.epochs[0]:
                doubts.add("start_unknown")
            return
        if followers[epoch.previous] > 1:
            doubts.add("copied")
        forerunner, last = by_name.get(epoch.previous), epoch.previous_last
        if forerunner is None:
            yield _Stretch(None, 0, last)
            return
        if forerunner.last > last:
            doubts.add("copied")
        epoch = forerunner
    doubts.add("copied")


def _followers(books: Books) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for epoch in books.epochs:
        if epoch.previous is not None:
            counts[epoch.previous] = counts.get(epoch.previous, 0) + 1
    return counts


def _above(stretches: Sequence[_Stretch], opening: Place | None) -> Iterator[_Stretch]:
    """What was written after the digest ``opening``; all where there is none."""
    for stretch in stretches:
        if opening is not None and stretch.epoch is not None and stretch.epoch.id == opening.epoch:
            yield stretch._replace(bottom=max(stretch.bottom, opening.seq + 1))
            return
        yield stretch


def _flaws(books: Books, stretches: Sequence[_Stretch]) -> set[Flaw]:
    return {
        flaw
        for place, flaw in books.flaws
        for stretch in stretches
        if stretch.epoch is not None
        and stretch.epoch.id == place.epoch
        and stretch.bottom <= place.seq <= stretch.top
    }


def _overlap(hole: range, bottom: int, top: int) -> int:
    return max(0, min(hole.stop, top + 1) - max(hole.start, bottom))


def _last(places: Iterable[Place]) -> Place | None:
    found = None
    for place in places:
        found = place
    return found
