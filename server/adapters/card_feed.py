"""The card list as kiosks ask for it, read in one transaction with its end and its key."""

from msgspec import UNSET, UnsetType
from sqlalchemy import Connection, select

from agent.wire.key_box import seal_list_key
from agent.wire.messages import CardsGet, CardsPage
from agent.wire.sealing import SealBroken
from agent.wire.signed import unsigned
from server.adapters.fleet_state import list_state_of
from server.adapters.tables import cards
from server.domain.feed import KeyNotTaken, ListState, page, rows_wanted, start_of
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
    """Raises :class:`KeyNotTaken`."""
    state = list_state_of(connection)
    sealed_key = _sealed_key(state, request)
    since, limit = start_of(request, state.list_generation), rows_wanted(request)
    rows = connection.execute(
        select(*_COLUMNS).where(cards.c.revision > since).order_by(cards.c.revision).limit(limit)
    )
    found = [(revision, wire_row(unsigned(key), *rest)) for revision, key, *rest in rows]
    return page(state, since, found, limit, sealed_key)


def _sealed_key(state: ListState, request: CardsGet) -> bytes | UnsetType:
    """The list's key for a kiosk that holds another one."""
    if state.key is None or request.key_id == state.key.id:
        return UNSET
    if request.key_id is UNSET and state.rekeyed is None:
        return UNSET  # of a version without key ids: it holds the first key
    if request.key_id is UNSET or request.seal_to is UNSET:
        raise KeyNotTaken("its software knows of no change of the list key; update it")
    try:
        return seal_list_key(state.key, request.seal_to)
    except SealBroken as error:
        raise KeyNotTaken(str(error)) from error
