"""Whether a day's figures are all there: proved by the chain of a kiosk's starts and its digests.

A digest says "as of T I had written no further than here". Everything before T therefore lies below it,
and where the chain below it has no hole, nothing is missing. No figure is asked, only names of records.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple

from server.domain.books import Books, Digest, EpochFacts, Flaw, Place
from server.domain.memory_cards import CLOCKS_DIFFER, MemoryCard, memory_cards, on_one_card, torn, trees

Doubt = Literal[
    "never_heard",
    "silent",
    "no_digest",
    "gap",
    "start_unknown",
    "set_aside",
    "copied",
    "conflict",
    "refused",
    "misplaced",
]
"""Why a day is not proved; each is a sentence on the page."""


@dataclass(frozen=True, slots=True)
class Proof:
    """``here`` of ``expected`` records of the days are in the store, all of them as of ``as_of``."""

    here: int = 0
    expected: int = 0
    as_of: datetime | None = None
    doubts: tuple[Doubt, ...] = ()
    silent_since: datetime | None = None
    """Since when nothing was heard, where that is the doubt."""
    ended: int = 0
    """Memory cards that are taken as ended because a person said that they are gone."""

    @property
    def complete(self) -> bool:
        return not self.doubts and self.here == self.expected


NOTHING: Final = Proof()
LATE: Final = CLOCKS_DIFFER
"""After midnight by clocks that are believed. A later digest is of a kiosk that was off or had no time."""


class _Stretch(NamedTuple):
    """Rows of one epoch, both ends included; ``None`` where the epoch was never heard of but by ``name``."""

    name: str
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
        if not self.epoch.holes and self.top <= self.epoch.last:
            return self.expected
        # Above what came, the next start's opening is the witness that there was more.
        lost = (*self.epoch.holes, range(self.epoch.last + 1, self.top + 1))
        missing = (_overlap(hole, self.bottom, self.top) for hole in lost)
        return self.expected - sum(missing)

    def was_over(self, start: datetime) -> bool:
        """Whether all of it is known to have been written before ``start``."""
        if self.epoch is None or self.epoch.last_at is None:
            return False
        return self.top <= self.epoch.last and self.epoch.last_at < start


class Prover:
    """One kiosk's books, laid out once, so that each of many days costs no more than its own records."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._by_name = {epoch.name: epoch for epoch in books.epochs}
        self._by_id = {epoch.id: epoch for epoch in books.epochs}
        self._cards = memory_cards(books)
        self._alive = sum(card.copied and not card.gone for card in self._cards)
        self._trees = trees(books, [card for card in self._cards if not card.copied]) if books.whole else ()
        self._torn = torn(books) if books.whole else frozenset()
        self._flaws: dict[int, list[tuple[int, Flaw]]] = defaultdict(list)
        for place, flaw in books.flaws:
            self._flaws[place.epoch].append((place.seq, flaw))

    def prove(self, start: datetime, end: datetime, now: datetime) -> Proof:
        """Of the time from ``start`` to ``end``; as far as it goes, where it is not over by ``now``."""
        if not self._books.epochs:
            return Proof(doubts=("never_heard",))
        doubts: set[Doubt] = set()
        outstanding = self._outstanding(end) if end <= now else None
        top, as_of = self._top(end)
        if as_of is None:
            doubts |= {outstanding} if outstanding else set()
            doubts |= {"gap"} if self._lacks_what_another_follows(top, start) else set()
            as_of = self._by_id[top.epoch].last_at
        tops, ended = [top], 0
        for card in self._other_cards(top):
            if (its_own := card.first_at(end)) is not None:
                tops.append(its_own)
            elif card.gone:
                ended += 1
                # What it wrote after its last digest is of the days until then, and of none that came later.
                tops += [card.end] if card.tip.last_at is None or card.tip.last_at > start else []
            elif self._alive > 1 or outstanding is None:
                doubts.add("copied")  # it may have written more, and nobody says that it did not
            else:
                doubts.add(outstanding)
        if self._may_be_of_another(top, start, end):
            doubts.add("start_unknown")
        parts = [self._part(place, start, end, doubts) for place in tops]
        stretches = _merged(stretch for below, _ in parts for stretch in below)
        doubts |= self._flaws_in(stretches)
        if any(stretch.here < stretch.expected for stretch in stretches):
            doubts.add("gap")
        counted = _merged(stretch for _, above in parts for stretch in above)
        return Proof(
            here=sum(stretch.here for stretch in counted),
            expected=sum(stretch.expected for stretch in counted),
            as_of=None if "gap" in doubts else as_of,
            doubts=tuple(sorted(doubts)),
            silent_since=self._books.silent_since if "silent" in doubts else None,
            ended=ended,
        )

    def _outstanding(self, end: datetime) -> Doubt:
        """Why there is no digest: none can come of a kiosk that is off since before the end."""
        silent = self._books.silent_since
        return "silent" if silent is not None and silent < end else "no_digest"

    def _top(self, end: datetime) -> tuple[Place, datetime | None]:
        """The first digest after ``end``, which closes it; else the last record, and no time."""
        digests = self._books.digests
        at = bisect_left(digests, end, key=_time)
        if at < len(digests):
            return digests[at].place, end
        tip = self._tip()
        return Place(tip.id, tip.last), None

    def _tip(self) -> EpochFacts:
        """The start that no other names as its forerunner; the latest, where there are several."""
        epochs = self._books.epochs
        gone = {card.tip.id for card in self._cards if card.gone}
        named = {epoch.previous for epoch in epochs}
        tips = [epoch for epoch in epochs if epoch.name not in named]
        return next((tip for tip in reversed(tips) if tip.id not in gone), (tips or epochs)[-1])

    def _other_cards(self, top: Place) -> Iterator[MemoryCard]:
        """Where a card was copied or put back: those that did not write ``top``."""
        return (card for card in self._cards if card.copied and not card.holds(top))

    def _may_be_of_another(self, top: Place, start: datetime, end: datetime) -> bool:
        """Whether starts of which nobody knows when they were may be of these days, and of another card."""
        card = on_one_card(self._cards, top)
        own = [tree for tree in self._trees if card is not None and tree.root == card.root]
        others = [tree for tree in self._trees if tree not in own]
        return any(
            tree.may_reach(start, end) or any(tree.is_beside(one, start, end) for one in own)
            for tree in others
        )

    def _lacks_what_another_follows(self, top: Place, start: datetime) -> bool:
        """Whether a start no older than these days follows one that is missing, which may be of them.

        ``top`` is taken for the latest by its time, and of that perhaps no more is known than that it came.
        """
        card = on_one_card(self._cards, top)
        own = None if card is None else card.root
        return any(
            tree.root in self._torn and tree.root != own and tree.latest >= start for tree in self._trees
        )

    def _part(
        self, top: Place, start: datetime, end: datetime, doubts: set[Doubt]
    ) -> tuple[Sequence[_Stretch], Sequence[_Stretch]]:
        """What must be here below ``top``, and what of it counts as written between ``start`` and ``end``."""
        before, opening = self._digests_around(top, start, end)
        stretches = tuple(self._down(top, before, doubts))
        if opening is not None and opening.at - start <= LATE:
            return stretches, tuple(_above(stretches, opening.place))
        return stretches, tuple(stretch for stretch in stretches if not stretch.was_over(start))

    def _digests_around(
        self, top: Place, start: datetime, end: datetime
    ) -> tuple[Place | None, Digest | None]:
        """The last one before ``start`` and the first one since, of the card that wrote ``top``."""
        card = on_one_card(self._cards, top)
        if card is None:
            return None, None
        told = card.digests
        since = bisect_right(told, start, key=_time)
        before = next(
            (told[n].place for n in range(since - 1, -1, -1) if card.until(top, told[n].place)), None
        )
        opening = None
        for digest in told[bisect_left(told, start, key=_time) :]:
            if digest.at >= end:
                break
            if card.until(top, digest.place):
                opening = digest
                break
        return before, opening

    def _down(self, top: Place, before: Place | None, doubts: set[Doubt]) -> Iterator[_Stretch]:
        """From ``top`` along the chain down to the digest ``before``, or to the kiosk's first start."""
        epoch, last = self._by_id[top.epoch], top.seq
        for _ in self._books.epochs:  # a chain that a hostile kiosk bent into a ring ends here
            if before is not None and epoch.id == before.epoch:
                yield _Stretch(epoch.name, epoch, min(before.seq, last) + 1, last)
                return
            yield _Stretch(epoch.name, epoch, 0, last)
            if not epoch.opened:
                doubts.add("gap")
                return
            if epoch.at_least:
                doubts.add("set_aside" if epoch.set_aside else "start_unknown")
            if epoch.previous is None or epoch.previous_last is None:
                first = epoch is self._books.epochs[0] and epoch.previous_last is None
                if before is not None or not first:
                    doubts.add("set_aside" if epoch.set_aside else "start_unknown")
                return
            forerunner, last = self._by_name.get(epoch.previous), epoch.previous_last
            if forerunner is None:
                yield _Stretch(epoch.previous, None, 0, last)
                return
            if epoch.at_least:
                last = max(last, forerunner.last)
            epoch = forerunner
        doubts.add("copied")

    def _flaws_in(self, stretches: Sequence[_Stretch]) -> set[Flaw]:
        return {
            flaw
            for stretch in stretches
            if stretch.epoch is not None
            for seq, flaw in self._flaws.get(stretch.epoch.id, ())
            if stretch.bottom <= seq <= stretch.top
        }


def prove(books: Books, start: datetime, end: datetime, now: datetime) -> Proof:
    return Prover(books).prove(start, end, now)


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
        silent_since=min((p.silent_since for p in all_of if p.silent_since is not None), default=None),
        ended=sum(proof.ended for proof in all_of),
    )


def _merged(stretches: Iterable[_Stretch]) -> Sequence[_Stretch]:
    """What two cards have in common is there once."""
    found: dict[str, _Stretch] = {}
    for stretch in stretches:
        known = found.get(stretch.name, stretch)
        bottom, top = min(known.bottom, stretch.bottom), max(known.top, stretch.top)
        found[stretch.name] = stretch._replace(bottom=bottom, top=top)
    return tuple(found.values())


def _above(stretches: Sequence[_Stretch], opening: Place) -> Iterator[_Stretch]:
    """What was written after the digest ``opening``."""
    for stretch in stretches:
        if stretch.epoch is not None and stretch.epoch.id == opening.epoch:
            yield stretch._replace(bottom=max(stretch.bottom, opening.seq + 1))
            return
        yield stretch


def _overlap(hole: range, bottom: int, top: int) -> int:
    return max(0, min(hole.stop, top + 1) - max(hole.start, bottom))


def _time(digest: Digest) -> datetime:
    return digest.at
