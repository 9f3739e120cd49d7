"""What one kiosk's staff see at the fleet's page, read from its records; and the commands they make."""

import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select

from agent.wire.commands import CommandName
from agent.wire.messages import WireError, decode_record
from agent.wire.records import ByHand, Correction, Record, RecordName, Scan
from server.adapters.alerts import alerts_up
from server.adapters.commands import add_command, latest_commands
from server.adapters.database import Database
from server.adapters.fleet_state import list_state_of
from server.adapters.presence import presences
from server.adapters.record_tables import amendments, epochs, records, visits
from server.adapters.tables import assignments, kiosks, venues
from server.domain.figures import VisitRow
from server.domain.presence import Presence, kiosk_state
from server.domain.staff import (
    VALID_FOR,
    CodeNotSent,
    KioskStaff,
    NoSuchKiosk,
    OpenCommand,
    StaffRow,
    refuse_words,
    type_args,
    typed_code,
)

LATEST: Final = 12
LATELY: Final = timedelta(days=1)


class StoredKioskStaff:
    """``made`` is called after each command's commit, ``now`` is UTC."""

    def __init__(
        self,
        database: Database,
        zone: ZoneInfo,
        now: Callable[[], datetime],
        made: Callable[[], None],
        *,
        pattern: re.Pattern[str],
    ) -> None:
        """``pattern`` is that of the fleet's codes."""
        self._database = database
        self._zone = zone
        self._now = now
        self._made = made
        self._pattern = pattern

    def of(self, kiosk: str) -> KioskStaff:
        now = self._now()
        with self._database.reading() as connection:
            place = connection.execute(
                select(kiosks.c.name, venues.c.name.label("venue"))
                .outerjoin(
                    assignments, (assignments.c.kiosk_id == kiosks.c.id) & assignments.c.valid_to.is_(None)
                )
                .outerjoin(venues, venues.c.id == assignments.c.venue_id)
                .where(kiosks.c.id == kiosk)
            ).first()
            if place is None:
                raise NoSuchKiosk
            known = presences(connection, {kiosk}).get(kiosk, Presence())
            up = alerts_up(connection, None).get(kiosk, ())
            state, _ = kiosk_state(known, list_state_of(connection).revision, up)
            return KioskStaff(
                kiosk=kiosk,
                name=place.name,
                venue_name=place.venue or "",
                state=state,
                paused=known.paused,
                types=known.seal_to is not None,
                as_of=now.astimezone(self._zone),
                rows=self._rows(connection, kiosk, now),
                commands=latest_commands(connection, kiosk, now),
            )

    def command(self, kiosk: str, name: CommandName, args: bytes) -> None:
        refuse_words(name, args, self._pattern)
        now = self._now()
        with self._database.writing() as connection:
            if connection.execute(select(kiosks.c.id).where(kiosks.c.id == kiosk)).first() is None:
                raise NoSuchKiosk
            command = OpenCommand(
                id=secrets.token_hex(16), kiosk=kiosk, name=name, args=args, not_after=now + VALID_FOR[name]
            )
            add_command(connection, command, now)
        self._made()

    def type(self, kiosk: str, code: str) -> None:
        typed = typed_code(code, self._pattern)
        with self._database.reading() as connection:
            known = presences(connection, {kiosk}).get(kiosk, Presence())
        if known.seal_to is None:
            raise CodeNotSent("no_seal")
        self.command(kiosk, "type", type_args(typed, known.seal_to))

    def _rows(self, connection: Connection, kiosk: str, now: datetime) -> tuple[StaffRow, ...]:
        found = connection.execute(
            select(visits, epochs.c.epoch, records.c.seq, records.c.body)
            .join(records, records.c.id == visits.c.record_id)
            .join(epochs, epochs.c.id == records.c.epoch_id)
            .where(visits.c.kiosk_id == kiosk, visits.c.seen_at > now - LATELY)
            .order_by(visits.c.seen_at.desc(), visits.c.record_id.desc())
            .limit(LATEST)
        ).all()
        said = _said_of(connection, kiosk, {row.epoch for row in found})
        return tuple(_staff_row(row, said) for row in found)


_Said = dict[tuple[str, int], list[Record]]


def _said_of(connection: Connection, kiosk: str, starts: set[str]) -> _Said:
    """What later records say of those of these starts, oldest first."""
    said: _Said = {}
    rows = connection.execute(
        select(amendments.c.of_epoch, amendments.c.of_seq, records.c.body)
        .join(records, records.c.id == amendments.c.record_id)
        .where(amendments.c.kiosk_id == kiosk, amendments.c.of_epoch.in_(sorted(starts)))
        .order_by(records.c.id)
    )
    for epoch, seq, body in rows:
        if (record := _record(body)) is not None:
            said.setdefault((epoch, seq), []).append(record)
    return said


def _staff_row(row: "Row[Any]", said: _Said) -> StaffRow:
    record = _record(row.body)
    about = said.get((row.epoch, row.seq), [])
    corrections = [one for one in about if isinstance(one, Correction)]
    return StaffRow(
        name=RecordName(epoch=row.epoch, seq=row.seq),
        visit=VisitRow(
            seen_at=row.seen_at,
            venue_name="",
            verdict=row.verdict,
            quality=row.quality,
            reason=row.reason,
            shown=row.shown,
            adults=row.adults,
            children=row.children,
            assistants=row.assistants,
            masked_code="",
            counted=row.counted,
            matched=row.distributor_id is not None,
        ),
        marks=record.marks if isinstance(record, Scan) else (),
        adopted=any(isinstance(one, ByHand) for one in about),
        void=bool(corrections) and corrections[-1].party == "void",
    )


def _record(body: bytes) -> Record | None:
    try:
        return decode_record(body)
    except WireError:
        return None
