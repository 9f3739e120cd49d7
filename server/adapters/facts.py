"""Facts into the store: each once by (kiosk, epoch, seq, digest), with its visit and its totals."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, assert_never
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, select

from agent.wire.messages import Receipt, Refused
from agent.wire.records import Stamp
from server.adapters.amendments import settle
from server.adapters.clock_pairs import Clocks, heard_in
from server.adapters.correction_order import with_several
from server.adapters.dating import redate, with_undated
from server.adapters.epochs import (
    Epoch,
    extent_after,
    followed,
    locked_epochs,
    note_opening,
    note_undated,
    save_extents,
    save_times,
)
from server.adapters.forgetting import note_forgotten
from server.adapters.forks import note_forks
from server.adapters.matching import hold_visits
from server.adapters.new_records import NewRecord, insert_records, read_again
from server.adapters.places import Place
from server.adapters.presence import was_tested
from server.adapters.registered import Known, registered
from server.adapters.tables import records
from server.adapters.years import YearKeys
from server.domain.arrivals import BatchArrived
from server.domain.bearers import NOBODY, Bearer, scanned
from server.domain.facts import (
    Content,
    Corrected,
    Digested,
    LetIn,
    Named,
    Opening,
    Refusal,
    Scanned,
    Unseal,
    name_rows,
    read,
    stamp_of,
)
from server.domain.forgetting import without_code
from server.domain.keeping import person, stranger
from server.domain.seen import Reading, Seen, digested, local_day_and_hour, reading_of, seen
from server.domain.visits import Spot, Visit, interpret, is_placed

UNTHOUGHT_OF: Final = (ArithmeticError, ValueError)
"""What a row beyond what anybody thought of may raise. The error's text may quote it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A batch with what is known of the kiosk that sent it."""

    arrived: BatchArrived
    place: Place


@dataclass(frozen=True, slots=True)
class _Stored:
    """A record that is here already; ``refused`` says why it could not be read, if it could not."""

    id: int | None
    """``None`` in the group that brought it."""
    received_at: datetime
    refused: str


class FactWriter:
    """Writes deliveries within the caller's transaction."""

    def __init__(self, unseal: Unseal, zone: ZoneInfo) -> None:
        self._unseal = unseal
        self._zone = zone

    def write(
        self, connection: Connection, generation: str, deliveries: Sequence[Delivery], unread: str = ""
    ) -> list[tuple[str, Receipt]]:
        """Store what is new. The receipts, by kiosk, are true once the transaction is committed.

        ``unread`` says why the rows are kept as they came, without a look into them.
        """
        arrivals = [delivery.arrived for delivery in deliveries]
        hold_visits(connection, alone=False)  # before the years' keys are read: one may be about to go
        group = _Group(
            connection, locked_epochs(connection, arrivals), Clocks(connection), YearKeys(connection)
        )
        named = [name_rows(arrived.batch) for arrived in arrivals]
        for delivery, rows in zip(deliveries, named, strict=True):
            self._take(group, delivery, rows, unread)
        starts = {epoch.id: start for start, epoch in group.epochs.items()}
        insert_records(connection, group.fresh, starts)
        read_again(connection, group.reread, starts)
        note_forgotten(connection, group.forgotten)
        for epoch_id, new in group.found():
            if isinstance(new.content, Scanned) and new.content.scan.test:
                was_tested(connection, starts[epoch_id][0], new.at)
        before = group.here_before()
        group.measure(arrivals)
        late = {kiosk for (kiosk, _), epoch in group.epochs.items() if epoch.id in group.opened_late(before)}
        if late:
            settle(connection, with_several(connection, late))
        told_more = group.clocks.told_more()
        group.clocks.save()
        self._redate(group, {delivery.arrived.kiosk: delivery.place for delivery in deliveries}, told_more)
        note_forks(connection, [epoch.id for epoch in group.epochs.values()])  # their clocks are known by now
        return [
            (arrived.kiosk, group.receipt(generation, arrived, rows))
            for arrived, rows in zip(arrivals, named, strict=True)
        ]

    def _take(self, group: "_Group", delivery: Delivery, rows: Sequence[Named], unread: str) -> None:
        arrived = delivery.arrived
        epoch_id = group.epoch_of(arrived).id
        group.learn(epoch_id, arrived)
        looked_into = [(row, self._look_into(group, epoch_id, row, arrived, unread)) for row in rows]
        group.look_up(content for _, content in looked_into)
        for row, content in looked_into:
            siblings = group.stored.setdefault((epoch_id, row.seq), {})
            stored = siblings.get(row.digest)
            if content is None:
                continue
            if stored is None:
                new = self._judge(group, row, content, delivery, arrived.at)
                group.fresh.append((epoch_id, new, bool(siblings)))
                group.named[epoch_id] += not siblings
                siblings[row.digest] = _Stored(None, arrived.at, new.refused)
            elif stored.id is not None:
                new = self._judge(group, row, content, delivery, stored.received_at)
                siblings[row.digest] = _Stored(stored.id, stored.received_at, new.refused)
                if new.refused != stored.refused:
                    group.reread.append((stored.id, epoch_id, new))

    def _look_into(
        self, group: "_Group", epoch_id: int, row: Named, arrived: BatchArrived, unread: str
    ) -> Content | None:
        """What is new of a row, or could not be read before: by a newer server, with its key again.

        All clocks of a batch are read before its first row is dated.
        """
        stored = group.stored.get((epoch_id, row.seq), {}).get(row.digest)
        if stored is not None and not stored.refused:
            return None
        content = Refusal(unread) if unread else read(row, self._unseal)
        if (stamp := stamp_of(content)) is not None:
            group.clocks.learn_record(arrived.kiosk, stamp, arrived.at)
        return content

    def _redate(self, group: "_Group", places: Mapping[str, Place], told_more: set[str]) -> None:
        """Visits whose bounds moved, or whose boot's time is known now.

        What a kiosk says of a boot that the server never heard is held against the starts beside it.
        """
        connection = group.connection
        note_undated(connection, group.unheard)
        waiting = with_undated(connection, set(places))
        if not waiting:
            return
        grown: dict[int, int] = {}
        for epoch_id, new in group.found():
            grown[epoch_id] = min(new.row.seq, grown.get(epoch_id, new.row.seq))
        started = {epoch_id for epoch_id, new in group.found() if isinstance(new.content, Opening)}
        moved = started | group.on_its_word | followed(connection, grown)
        kiosks = {kiosk for (kiosk, _), epoch in group.epochs.items() if epoch.id in moved} | told_more
        for kiosk in sorted(waiting & kiosks):
            redate(connection, kiosk, places[kiosk].zones, self._zone, grown)

    def _judge(
        self, group: "_Group", row: Named, content: Content, delivery: Delivery, received_at: datetime
    ) -> NewRecord:
        new = NewRecord(row=row, content=content, received_at=received_at, at=received_at)
        pair = delivery.arrived.batch.clock
        if (stamp := stamp_of(content)) is not None:
            heard, told = group.readings(delivery.arrived, stamp)
            when = seen(stamp, heard, told, received_at)
            new = replace(new, at=when.at, stamp=stamp)
            if not heard:
                epoch_id = group.epoch_of(delivery.arrived).id
                group.unheard.add(epoch_id)
                group.on_its_word |= {epoch_id} if when.quality != "bounded" else set()
        match content:
            case Refusal(why):
                return replace(new, state="refused", why=why)
            case Opening() | Corrected():
                return new
            case Digested(digest):
                until = digested(digest.clock, pair, heard, told, received_at)
                return replace(new, at=until or received_at, digested=until)
            case Scanned() | LetIn():
                visit = self._visit(group, content, delivery, when)
                new = group.without_code(replace(new, visit=visit))
                if is_placed(visit.venue, delivery.place.zones):
                    return new
                return replace(new, state="misplaced", why="the kiosk was never assigned to the venue")
            case _:
                assert_never(content)

    def _visit(self, group: "_Group", content: Scanned | LetIn, delivery: Delivery, when: Seen) -> Visit:
        arrived, zones = delivery.arrived, delivery.place.zones
        record = content.scan if isinstance(content, Scanned) else content.by_hand
        zone = zones.get(record.venue, self._zone)
        year = local_day_and_hour(when.at, zone)[0].year
        bearer = group.bearer(content, year) if isinstance(content, Scanned) else NOBODY
        spot = Spot(arrived.kiosk, zone, placed=is_placed(record.venue, zones))
        return interpret(record, bearer, when, spot)


@dataclass(slots=True)
class _Group:
    """What one transaction knows and finds out of its epochs."""

    connection: Connection
    epochs: dict[tuple[str, str], Epoch]
    clocks: Clocks
    keys: YearKeys
    stored: dict[tuple[int, int], dict[bytes, _Stored]] = field(default_factory=dict)
    """(epoch, seq) → digest → what goes by this name."""
    fresh: list[tuple[int, NewRecord, bool]] = field(default_factory=list)
    """Epoch, record, and whether another has the same name."""
    reread: list[tuple[int, int, NewRecord]] = field(default_factory=list)
    """Record's id, epoch and what it is now: readable, or refused for another reason."""
    unheard: set[int] = field(default_factory=set)
    """Epochs with records of a boot whose clock was never compared with the server's."""
    on_its_word: set[int] = field(default_factory=set)
    """Those of them that were dated by what the kiosk says, which is to be held against what is beside it."""
    by_health: dict[int, Reading] = field(default_factory=dict)
    """Of epochs whose boot was heard by its health alone, what that said."""
    forgotten: set[int] = field(default_factory=set)
    """Cards whose visits come without their code."""
    named: Counter[int] = field(default_factory=Counter)
    """How many names each epoch got."""
    known: Known = field(default_factory=Known)
    """What the register knows of the cards of this transaction's scans."""

    def epoch_of(self, arrived: BatchArrived) -> Epoch:
        return self.epochs[arrived.kiosk, arrived.batch.epoch]

    def learn(self, epoch_id: int, arrived: BatchArrived) -> None:
        """What is stored under the batch's names."""
        self.clocks.learn_batch(arrived)
        first, last = arrived.batch.first, arrived.batch.first + len(arrived.batch.rows) - 1
        columns = (records.c.seq, records.c.digest, records.c.id, records.c.received_at)
        rows = self.connection.execute(
            select(*columns, records.c.state, records.c.why).where(
                records.c.epoch_id == epoch_id, records.c.seq.between(first, last)
            )
        )
        for seq, digest, number, received_at, state, why in rows:
            refused = why if state == "refused" else ""
            self.stored.setdefault((epoch_id, seq), {}).setdefault(
                digest, _Stored(number, received_at, refused)
            )

    def look_up(self, contents: Iterable[Content | None]) -> None:
        """The cards of all scans of a batch at once."""
        scans = (content for content in contents if isinstance(content, Scanned))
        codes = {scan.code.reveal() for scan in scans if scan.code}
        self.known = self.known.joined(registered(self.connection, codes))

    def bearer(self, scan: Scanned, year: int) -> Bearer:
        found = self.known.cards.get(scan.code.reveal()) if scan.code else None
        return scanned(scan.code, scan.scan.card_kind, found, year=year)

    def without_code(self, new: NewRecord) -> NewRecord:
        """Of an erased card, or of a year that is locked, the code is not even written down."""
        visit = new.visit
        if visit is None or visit.bearer.code is None:
            return new
        code, year = visit.bearer.code, visit.day.year
        found = self.known.cards.get(code.reveal())
        if code.reveal() not in self.known.erased and not self.keys.is_locked(year):
            return new
        who = person(found.person) if found else stranger(code)
        self.forgotten |= {found.card} if found else set()
        bearer = self.keys.without_code(visit.bearer, year, who)
        row = replace(new.row, body=without_code(new.row.body))
        return replace(new, visit=replace(visit, bearer=bearer), row=row)

    def readings(self, arrived: BatchArrived, stamp: Stamp) -> tuple[Sequence[Reading], Sequence[Reading]]:
        """Of the batch that brought it, where that is of the same boot; else all that is known of it."""
        own = arrived.batch.clock
        if own.boot_id == stamp.boot_id:
            return [reading_of(own, arrived.at)], ()
        known = self.clocks.of_boot(arrived.kiosk, stamp.boot_id)
        if (reading := known.by_health_alone) is not None:
            self.by_health[self.epoch_of(arrived).id] = reading
        return known.heard, known.told

    def here_before(self) -> set[int]:
        """Epochs of which some was here before."""
        return {epoch.id for epoch in self.epochs.values() if epoch.extent.last >= 0}

    def opened_late(self, before: Collection[int]) -> set[int]:
        """Epochs whose opening came after what they wrote, or after the start that follows them."""
        opened = {of for of, new in self.found() if isinstance(new.content, Opening)}
        return opened & set(before) | followed(self.connection, opened)

    def found(self) -> Iterator[tuple[int, NewRecord]]:
        """What this transaction adds or understands, by epoch."""
        yield from ((of, new) for of, new, _ in self.fresh)
        yield from ((of, new) for _, of, new in self.reread)

    def measure(self, arrivals: Sequence[BatchArrived]) -> None:
        """How far each epoch goes now; the rows are in the table."""
        for arrived in arrivals:
            epoch = self.epoch_of(arrived)
            extent = extent_after(self.connection, epoch, arrived, self.named.pop(epoch.id, 0))
            self.epochs[arrived.kiosk, arrived.batch.epoch] = Epoch(epoch.id, extent)
        extents = {epoch.id: epoch.extent for epoch in self.epochs.values()}
        save_extents(self.connection, extents)
        newest = {
            epoch: (new.at, new.stamp) for epoch, new in self.found() if new.row.seq == extents[epoch].last
        }
        save_times(self.connection, newest)
        for epoch_id, new, other in [*self.fresh, *((of, new, False) for _, of, new in self.reread)]:
            if isinstance(new.content, Opening) and not other:
                note_opening(self.connection, epoch_id, new.content.opened)

    def receipt(self, generation: str, arrived: BatchArrived, rows: Sequence[Named]) -> Receipt:
        epoch = self.epoch_of(arrived)
        refused = ((row.seq, self.stored[epoch.id, row.seq][row.digest].refused) for row in rows)
        return Receipt(
            generation=generation,
            epoch=arrived.batch.epoch,
            upto=epoch.extent.upto,
            refused=tuple(Refused(seq=seq, why=why) for seq, why in refused if why),
            heard=heard_in(arrived, self.by_health.get(epoch.id)) or msgspec.UNSET,
        )
