"""What one transaction knows and finds out of the epochs that it takes records of."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from agent.wire.messages import Receipt, Refused
from agent.wire.records import Stamp
from server.adapters.clock_pairs import Clocks, heard_in
from server.adapters.epochs import (
    Epoch,
    extent_after,
    followed,
    note_opening,
    save_extents,
    save_times,
)
from server.adapters.new_records import NewRecord
from server.adapters.record_tables import records
from server.adapters.registered import Known, registered
from server.adapters.years import YearKeys
from server.domain.arrivals import BatchArrived
from server.domain.bearers import Bearer, scanned
from server.domain.facts import (
    Content,
    Named,
    Opening,
    Scanned,
)
from server.domain.forgetting import without_code
from server.domain.keeping import person, stranger
from server.domain.seen import Reading, reading_of


@dataclass(frozen=True, slots=True)
class Stored:
    """A record that is here already; ``refused`` says why it could not be read, if it could not."""

    id: int | None
    """``None`` in the group that brought it."""
    received_at: datetime
    refused: str


@dataclass(slots=True)
class Group:
    """What one transaction knows and finds out of its epochs."""

    connection: Connection
    epochs: dict[tuple[str, str], Epoch]
    clocks: Clocks
    keys: YearKeys
    stored: dict[tuple[int, int], dict[bytes, Stored]] = field(default_factory=dict)
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
                digest, Stored(number, received_at, refused)
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
