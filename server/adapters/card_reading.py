"""A checked file beside the register: what each of its rows would do, and which cards it does not have."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from itertools import islice
from typing import Final

from sqlalchemy import ColumnElement, Connection

from server.adapters.card_history import Here, done_here, keys_of_people
from server.adapters.card_spool import CardSpool, SpooledCard
from server.adapters.card_store import CHUNK_ROWS
from server.adapters.erased import erased_in
from server.adapters.places import area_names
from server.adapters.repeats import Repeats
from server.adapters.stored_cards import Distributors, StoredCard, stored_by_key, stored_cards, trials_of
from server.adapters.tables import cards
from server.domain.comparing import (
    UNCHANGED,
    Changed,
    Compared,
    New,
    Unchanged,
    compare,
    days_kept,
    ends_earlier,
    is_newer,
    is_of_earlier_issue,
    opens,
    repeated,
    shut_alone,
    status_kept,
)
from server.domain.faults import RowError
from server.domain.history import Wish
from server.domain.outcome import Missing, Outcome
from server.domain.register import RegisterCard
from server.domain.spellings import Spellings

_LIVE: Final = ("active", "blocked")

Progress = Callable[[int], object]
"""Told how many rows more are done."""


@dataclass(frozen=True, slots=True)
class Pair:
    spooled: SpooledCard
    known: StoredCard | None
    outcome: Compared


class CardReading:
    """The file beside the register, a chunk at a time, in the order of the keys."""

    def __init__(
        self,
        connection: Connection,
        names: Distributors,
        spool: CardSpool,
        checked: Outcome,
        *,
        zone: tzinfo,
        today: date,
        wish: Wish,
        nothing_known: bool = False,
    ) -> None:
        """``today`` tells which cards have expired, ``zone`` on which day something was done at the desk."""
        self._connection = connection
        self._names = names
        self._spool = spool
        self._zone = zone
        self._today = today
        self._newest = min(spool.newest() or today, today)  # a day to come is a slip of the pen
        self._wish = wish
        self._nothing_known = nothing_known
        self._trials: dict[str, date] = trials_of(connection)
        self._erased = erased_in(connection)
        self._areas = frozenset(area_names(connection))
        spellings = Spellings(area_names(connection), names.named())
        self._stands = {
            (area, name): (stands := spellings.area(area), spellings.distributor(stands, name))
            for area, name in spool.distributors()
        }
        self._new = {one for one in self._stands.values() if names.find(*one) is None}
        self.repeats = Repeats()
        self.outcome = checked.gone_on()
        self.outcome.spellings = list(spellings.found)

    def pairs(self, progress: Progress) -> Iterator[list[Pair]]:
        """What is new or changed; the rest is counted only."""
        rows = self._spool.cards()
        while chunk := list(islice(rows, CHUNK_ROWS)):
            known = self._known(chunk)
            there = [spooled for spooled in chunk if not self._is_erased(spooled, known)]
            compared = [
                pair for spooled in there if (pair := self._compared(spooled, known.get(spooled.key)))
            ]
            yield self._settled(compared)
            progress(len(chunk))

    def _is_erased(self, spooled: SpooledCard, known: Mapping[int, StoredCard]) -> bool:
        """By its mark: its key may be one of an earlier list key, and an undone card has no code to erase."""
        there = known.get(spooled.key)
        has_code = there is not None and there.card.status != "undone"
        erased = not has_code and self._erased(spooled.card.code)
        self.outcome.erased += erased
        return erased

    def gone(self) -> Iterator[list[StoredCard]]:
        """Cards that are in use, of the file's distributors, that the file does not have.

        Those that have expired, and those that it may be too old to have, are counted only.
        """
        for area, name in dict.fromkeys(self._stands.values()):
            distributor = self._names.find(area, name)
            if distributor is None:
                continue
            for chunk in self._cards_of(distributor):
                live = [found for found in chunk if found.card.status in _LIVE]
                missing = [found for found in live if not self._spool.has(found.key)]
                in_use = [found for found in missing if not self._is_over(found)]
                over = [found for found in missing if self._is_over(found)]
                self.outcome.expired += len(over)
                self.outcome.in_use[area, name] += sum(not self._is_over(one) for one in live)
                out = self._left_alone(chunk, over)
                newer = self._newer([*in_use, *(found for found, _ in out)])
                for found, column in out:
                    if found.id not in newer:
                        self.repeats.add(found.id, (column,))
                for found in in_use:
                    self.outcome.miss(_missing(found), newer=found.id in newer)
                yield [found for found in in_use if found.id not in newer]

    def _left_alone(
        self, chunk: Sequence[StoredCard], over: Sequence[StoredCard]
    ) -> list[tuple[StoredCard, str]]:
        """Those that the file would withdraw as well, and those ``over``, each with the column it means."""
        if self._wish.gone != "withdraw":
            return []
        out = (one for one in chunk if one.card.status == "withdrawn" and not self._is_over(one))
        missing = [found for found in out if not self._spool.has(found.key)]
        return [*((found, "status") for found in missing), *((found, "valid_until") for found in over)]

    def _is_over(self, found: StoredCard) -> bool:
        return found.card.valid_until < self._today

    def _newer(self, missing: Sequence[StoredCard]) -> set[int]:
        """The numbers of those that the file may be too old to have."""
        done = done_here(self._connection, [found.id for found in missing])
        days = {number: moment.astimezone(self._zone).date() for number, moment in done.items()}
        newer = {found.id for found in missing if is_newer(found.card, days.get(found.id), self._newest)}
        # A list that still has somebody's lost card knows nothing of the one in its place.
        in_place = [found for found in missing if found.holder and found.replaced_by is None]
        persons = keys_of_people(self._connection, {found.person for found in in_place})
        return newer | {
            found.id for found in in_place if any(self._spool.has(key) for key in persons[found.person])
        }

    def _known(self, chunk: list[SpooledCard]) -> dict[int, StoredCard]:
        if self._nothing_known:
            return {}
        return stored_by_key(self._connection, self._names, [spooled.key for spooled in chunk])

    def _compared(self, spooled: SpooledCard, known: StoredCard | None) -> Pair | None:
        before = known.card if known else None
        replaced = known is not None and known.replaced_by is not None
        wanted = self._spelled(spooled.card)
        try:
            outcome = compare(wanted, before, self._trials, replaced=replaced)
        except RowError as error:
            self.outcome.fault(spooled.row, *error.faults)
            return None
        if known and isinstance(outcome, Changed | Unchanged):
            self.repeats.add(known.id, repeated(wanted, known.card))
        return Pair(spooled, known, outcome)

    def _settled(self, compared: list[Pair]) -> list[Pair]:
        """Counts all; gives what is new or changed."""
        known = [(pair.known, pair.outcome) for pair in compared if pair.known]
        here = Here(
            self._connection,
            self._names,
            self._zone,
            days=[stored for stored, outcome in known if ends_earlier(outcome, stored.card)],
            statuses=[stored for stored, outcome in known if opens(outcome, stored.card)],
        )
        settled = []
        for pair in compared:
            before = pair.known.card if pair.known else None
            outcome = self._guarded(pair, here)
            if outcome is UNCHANGED and pair.outcome is not UNCHANGED:
                continue
            self.outcome.count(pair.spooled.row, before, outcome)
            if isinstance(outcome, New | Changed):
                of = outcome.card.area, outcome.card.distributor
                if of in self._new:
                    self.outcome.note_new_names(*of, self._areas)
                settled.append(replace(pair, outcome=outcome))
        return settled

    def _guarded(self, pair: Pair, here: Here) -> Compared:
        """What the row may do, where it would take back what is later or was decided here."""
        outcome, stored = pair.outcome, pair.known
        if stored is None:
            return outcome
        known, row, shorten = stored.card, pair.spooled.row, self._wish.shorten
        if isinstance(outcome, Changed) and is_of_earlier_issue(outcome, known):
            self.outcome.older.add(row, known, outcome.card, "issued_on", done=shorten)
            outcome = outcome if shorten else shut_alone(outcome, known)
        elif isinstance(outcome, Changed) and ends_earlier(outcome, known):
            # What is issued after a renewal begins its own time; a list may shorten what lists said.
            renewed_on = here.lengthened_on.get(stored.id)
            if renewed_on is not None and outcome.card.issued_on <= renewed_on:
                self.outcome.older.add(row, known, outcome.card, "valid_until", done=shorten)
                outcome = outcome if shorten else days_kept(outcome, known)
        if isinstance(outcome, Changed) and stored.id in here.shut:
            reopen = self._wish.reopen
            self.outcome.reopening.add(row, known, outcome.card, "status", done=reopen)
            outcome = outcome if reopen else status_kept(outcome, known)
        return outcome

    def _spelled(self, card: RegisterCard) -> RegisterCard:
        area, distributor = self._stands[card.area, card.distributor]
        if (area, distributor) == (card.area, card.distributor):
            return card
        return replace(card, area=area, distributor=distributor)

    def _cards_of(self, distributor: int) -> Iterator[list[StoredCard]]:
        after: tuple[ColumnElement[bool], ...] = ()
        while True:
            found = stored_cards(
                self._connection,
                self._names,
                cards.c.distributor_id == distributor,
                *after,
                limit=CHUNK_ROWS,
            )
            if not found:
                return
            after = (cards.c.key > found[-1].key,)
            yield found


def _missing(found: StoredCard) -> Missing:
    card = found.card
    masked = found.code.masked() if found.code else ""
    return Missing(card.area, card.distributor, masked, card.issued_on, card.valid_until)
