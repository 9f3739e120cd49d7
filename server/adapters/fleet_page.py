"""What the fleet's page shows beside the totals: kiosks, the latest scans, and what asks for a person."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, get_args

from sqlalchemy import Connection, func, select, text

from agent.wire.card_code import CardCode
from server.adapters.alerts import alerts_up
from server.adapters.fleet_state import list_state_of
from server.adapters.presence import presences
from server.adapters.proofs import Proofs
from server.adapters.record_tables import UNSETTLED, records, rollups, visits
from server.adapters.tables import areas, assignments, kiosks, venues
from server.domain.figures import CopiedKiosk, KioskRow, Unproved, VisitRow
from server.domain.presence import Presence, kiosk_state
from server.domain.troubles import Problem, ProblemName
from server.domain.visits import Tally, uses

LATEST: Final = 20
TEST: Final = "test"
"""The reason of the test card's records: nobody came."""
WEEK: Final = 7
_WHERE_THEY_STAND: Final = (
    select(kiosks.c.id, kiosks.c.name, venues.c.name, areas.c.name)
    .outerjoin(assignments, (assignments.c.kiosk_id == kiosks.c.id) & assignments.c.valid_to.is_(None))
    .outerjoin(venues, venues.c.id == assignments.c.venue_id)
    .outerjoin(areas, areas.c.id == venues.c.area_id)
    .order_by(venues.c.name, kiosks.c.name, kiosks.c.id)
)


def kiosk_rows(connection: Connection, proofs: Proofs, *, count_assistants: bool) -> tuple[KioskRow, ...]:
    """With the figures of the first day of ``proofs``."""
    today = proofs.first
    revision = list_state_of(connection).revision
    heard = presences(connection, None)
    up = alerts_up(connection, None)
    totals = _today_by_kiosk(connection, today)
    rows = []
    for kiosk, name, venue_name, area in connection.execute(_WHERE_THEY_STAND):
        known = heard.get(kiosk, Presence())
        total = totals.get(kiosk, Tally())
        state, troubles = kiosk_state(known, revision, up.get(kiosk, ()))
        rows.append(
            KioskRow(
                kiosk=kiosk,
                name=name,
                venue_name=venue_name or "",
                area=area or "",
                state=state,
                troubles=troubles,
                since=known.since,
                last_seen=known.last_seen,
                visits_today=total.visits,
                uses_today=uses(total, count_assistants=count_assistants),
                waiting=known.waiting,
                list_behind=None if known.cards_revision is None else max(0, revision - known.cards_revision),
                list_confirmed_at=known.list_confirmed_at,
                camera=known.camera,
                software=known.software,
                tested_at=known.tested_at,
                records=proofs.of_kiosk(kiosk, today),
            )
        )
    return tuple(rows)


def _today_by_kiosk(connection: Connection, today: date) -> dict[str, Tally]:
    sums = (func.sum(rollups.c[name]) for name in Tally._fields)
    rows = connection.execute(
        select(rollups.c.kiosk_id, *sums).where(rollups.c.day == today).group_by(rollups.c.kiosk_id)
    )
    return {kiosk: Tally(*map(int, total)) for kiosk, *total in rows}


def latest_visits(connection: Connection) -> tuple[VisitRow, ...]:
    rows = connection.execute(
        select(visits, func.coalesce(venues.c.name, visits.c.venue_id).label("venue_name"))
        .outerjoin(venues, venues.c.id == visits.c.venue_id)
        .where(visits.c.reason != TEST)
        .order_by(visits.c.seen_at.desc(), visits.c.record_id.desc())
        .limit(LATEST)
    ).mappings()
    return tuple(
        VisitRow(
            seen_at=row["seen_at"],
            venue_name=row["venue_name"],
            verdict=row["verdict"],
            quality=row["quality"],
            reason=row["reason"],
            shown=row["shown"],
            adults=row["adults"],
            children=row["children"],
            assistants=row["assistants"],
            masked_code=CardCode(row["code"]).masked() if row["code"] else "",
            counted=row["counted"],
            matched=row["distributor_id"] is not None,
        )
        for row in rows
    )


def unproved(connection: Connection, as_of: datetime) -> tuple[Unproved, ...]:
    """The days of the past week, kiosk by kiosk, that are not proved to be whole."""
    days = [as_of.date() - timedelta(days=back) for back in range(WEEK, 0, -1)]
    proofs = Proofs(connection, days[0], days[-1], as_of)
    return tuple(
        Unproved(kiosk=kiosk, name=name, venue_name=venue or "", day=day, records=proof)
        for kiosk, name, venue, _ in connection.execute(_WHERE_THEY_STAND)
        for day in days
        if not (proof := proofs.of_kiosk(kiosk, day)).complete
    )


def problems(connection: Connection, copied: Sequence[CopiedKiosk]) -> tuple[Problem, ...]:
    """From the index of what is not simply stored, so it costs the problems and not the records."""
    groups = connection.execute(
        select(records.c.state, records.c.conflict, func.count())
        .where(text(UNSETTLED))
        .group_by(records.c.state, records.c.conflict)
    )
    counts: Counter[str] = Counter()
    for state, conflict, count in groups:
        counts.update({"conflict": count if conflict else 0, state: count})
    counts["copied"] = sum(not kiosk.settled for kiosk in copied)
    return tuple(Problem(name, counts[name]) for name in get_args(ProblemName) if counts[name])
