"""The card list as kiosks ask for it, read in one transaction with its end."""

from sqlalchemy import Connection, select

from agent.wire.messages import CardsGet, CardsPage
from server.adapters.fleet_state import list_state_of, unsigned
from server.adapters.tables import cards
from server.domain.feed import page, rows_wanted, start_of
from server.domain.register import wire_row

_COLUMNS = (
    cards.c.revision,
    cards.c.key,
    cards.c.kind,
    cards.c.status,
    cards.c.issued_on,
    cards.c.valid_until,
    cards.c.max_children,
)


def read_page(connection: Connection, request: CardsGet) -> CardsPage:
    state = list_state_of(connection)
    since, limit = start_of(request, state.generation), rows_wanted(request)
    rows = connection.execute(
        select(*_COLUMNS).where(cards.c.revision > since).order_by(cards.c.revision).limit(limit)
    )
    found = [(revision, wire_row(unsigned(key), *rest)) for revision, key, *rest in rows]
    return page(state, since, found, limit)
