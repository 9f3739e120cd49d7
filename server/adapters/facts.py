"""Facts into the store: each once by (kiosk, epoch, seq, digest), with its visit and its totals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from agent.wire.messages import Receipt
from server.adapters.amendments import settle
from server.adapters.clock_pairs import Clocks
from server.adapters.correction_order import with_several
from server.adapters.dating import redate, with_undated
from server.adapters.epochs import (
    followed,
    locked_epochs,
    note_undated,
)
from server.adapters.fact_group import Group, Stored
from server.adapters.forgetting import note_forgotten
from server.adapters.forks import note_forks
from server.adapters.matching import hold_visits
from server.adapters.new_records import NewRecord, insert_records, read_again
from server.adapters.places import Place
from server.adapters.presence import was_tested
from server.adapters.years import YearKeys
from server.domain.arrivals import BatchArrived
from server.domain.bearers import NOBODY
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
from server.domain.seen import Seen, digested, local_day_and_hour, seen
from server.domain.visits import Spot, Visit, interpret, is_placed

UNTHOUGHT_OF: Final = (ArithmeticError, ValueError)
"""What a row beyond what anybody thought of may raise. The error's text may quote it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A batch with what is known of the kiosk that sent it."""

    arrived: BatchArrived
    place: Place


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
        group = Group(
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

    def _take(self, group: Group, delivery: Delivery, rows: Sequence[Named], unread: str) -> None:
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
                siblings[row.digest] = Stored(None, arrived.at, new.refused)
            elif stored.id is not None:
                new = self._judge(group, row, content, delivery, stored.received_at)
                siblings[row.digest] = Stored(stored.id, stored.received_at, new.refused)
                if new.refused != stored.refused:
                    group.reread.append((stored.id, epoch_id, new))

    def _look_into(
        self, group: Group, epoch_id: int, row: Named, arrived: BatchArrived, unread: str
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

    def _redate(self, group: Group, places: Mapping[str, Place], told_more: set[str]) -> None:
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
        self, group: Group, row: Named, content: Content, delivery: Delivery, received_at: datetime
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
                if not heard:
                    return new  # what came after it may contradict it: see server.adapters.dating
                until = digested(digest.clock, pair, heard, told, received_at, delivery.arrived.at)
                return replace(new, at=until or received_at, digested=until)
            case Scanned() | LetIn():
                visit = self._visit(group, content, delivery, when)
                new = group.without_code(replace(new, visit=visit))
                if is_placed(visit.venue, delivery.place.zones):
                    return new
                return replace(new, state="misplaced", why="the kiosk was never assigned to the venue")
            case _:
                assert_never(content)

    def _visit(self, group: Group, content: Scanned | LetIn, delivery: Delivery, when: Seen) -> Visit:
        arrived, zones = delivery.arrived, delivery.place.zones
        record = content.scan if isinstance(content, Scanned) else content.by_hand
        zone = zones.get(record.venue, self._zone)
        year = local_day_and_hour(when.at, zone)[0].year
        bearer = group.bearer(content, year) if isinstance(content, Scanned) else NOBODY
        spot = Spot(arrived.kiosk, zone, placed=is_placed(record.venue, zones))
        return interpret(record, bearer, when, spot)
