"""The alerts that are up, a row each; one that is cleared is gone."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, delete, select, tuple_

from server.adapters.database import insert
from server.adapters.tables import alerts
from server.domain.alerts import ROW_ALERT, Raised, after_alert
from server.domain.arrivals import AlertArrived

Up = Mapping[str, Mapping[str, Raised]]
"""By kiosk and name."""


def note_alerts(connection: Connection, arrivals: Sequence[AlertArrived]) -> None:
    """Bring the rows of all kiosks in ``arrivals`` up to date."""
    if not arrivals:
        return
    known = alerts_up(connection, {arrived.kiosk for arrived in arrivals})
    latest = dict(known)
    for arrived in arrivals:
        latest[arrived.kiosk] = after_alert(latest.get(arrived.kiosk, {}), arrived)
    before, after = _flat(known), _flat(latest)
    _clear(connection, before.keys() - after.keys())
    _save(connection, {key: raised for key, raised in after.items() if raised != before.get(key)})


def row_is_kept(connection: Connection, kiosks: Collection[str]) -> None:
    """Rows of these were stored. Each kiosk sends them in their order, so none of theirs waits any more."""
    if kiosks:
        connection.execute(delete(alerts).where(alerts.c.kiosk_id.in_(kiosks), alerts.c.name == ROW_ALERT))


def alerts_up(connection: Connection, kiosks: set[str] | None) -> Up:
    """Of these kiosks, or of all."""
    query = select(alerts)
    if kiosks is not None:
        query = query.where(alerts.c.kiosk_id.in_(sorted(kiosks)))
    up: defaultdict[str, dict[str, Raised]] = defaultdict(dict)
    for row in connection.execute(query).mappings():
        up[row["kiosk_id"]][row["name"]] = Raised(row["since"], row["detail"], row["told_at"])
    return dict(up)


def _flat(up: Up) -> dict[tuple[str, str], Raised]:
    return {(kiosk, name): raised for kiosk, named in up.items() for name, raised in named.items()}


def _clear(connection: Connection, gone: set[tuple[str, str]]) -> None:
    if gone:
        connection.execute(delete(alerts).where(tuple_(alerts.c.kiosk_id, alerts.c.name).in_(sorted(gone))))


def _save(connection: Connection, changed: Mapping[tuple[str, str], Raised]) -> None:
    if not changed:
        return
    new = insert(connection, alerts)
    columns = ("since", "detail", "told_at")
    connection.execute(
        new.on_conflict_do_update(
            index_elements=["kiosk_id", "name"], set_={name: new.excluded[name] for name in columns}
        ),
        [
            {"kiosk_id": kiosk, "name": name} | {column: getattr(raised, column) for column in columns}
            for (kiosk, name), raised in sorted(changed.items(), key=lambda item: item[0])
        ],
    )
