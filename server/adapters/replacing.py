"""A new card in the place of a lost one: one that nobody has seen yet, or one that a list brought already."""

from sqlalchemy import Connection, func, select

from agent.wire.card_code import CardCode
from server.adapters.card_store import CardWriter
from server.adapters.erased import erased_in
from server.adapters.forgetting import has_forgotten_visits
from server.adapters.record_tables import visits
from server.adapters.stored_cards import Change, StoredCard, stored_by_key
from server.domain import desk
from server.domain.desk import CardRefused
from server.domain.register import FORGOTTEN, Card


def take_its_place(
    connection: Connection, writer: CardWriter, lost: StoredCard, code: CardCode, key: int
) -> None:
    """``key`` is the new card's, signed. Raises CardRefused."""
    blocked, fresh = desk.replaced(lost.card, is_replaced=lost.replaced_by is not None)
    known = stored_by_key(connection, writer.names, [key]).get(key)
    if (known is None or known.card.status == "undone") and erased_in(connection)(code):
        raise CardRefused("new_code_taken")
    if known is None:
        taken = _brought(connection, writer, code, key, (fresh, lost.person))
    elif known.card.status in FORGOTTEN:
        raise CardRefused("new_code_taken")
    else:
        undone = known.card.status == "undone"
        card = fresh if undone else _joined(connection, lost, known)
        writer.change([Change(stored=known, card=card, code=code, what="replacement", holder=lost.person)])
        taken = known.id
    writer.change(
        [
            Change(
                stored=lost,
                card=blocked,
                code=lost.code,
                what="replaced",
                holder=lost.person,
                replaced_by=taken,
            )
        ]
    )


def _brought(
    connection: Connection, writer: CardWriter, code: CardCode, key: int, new: tuple[Card, int]
) -> int:
    card, holder = new
    writer.add([(code, key, card)], holder)
    taken = stored_by_key(connection, writer.names, [key])[key].id
    writer.remember_birth(taken, "replacement")
    return taken


def _joined(connection: Connection, lost: StoredCard, new: StoredCard) -> Card:
    return desk.joined(
        lost.card,
        new.card,
        has_past=new.holder is not None or new.replaced_by is not None,
        used_beside=_used_beside(connection, lost, new),
    )


def _used_beside(connection: Connection, lost: StoredCard, new: StoredCard) -> bool:
    """As far as their visits still have their cards; one that had visits so long ago is nobody's new card."""
    if has_forgotten_visits(connection, new.id):
        return True
    of_lost = select(func.max(visits.c.seen_at)).where(visits.c.card_id == lost.id, visits.c.counted)
    of_new = select(func.min(visits.c.seen_at)).where(visits.c.card_id == new.id, visits.c.counted)
    last, first = connection.scalar(of_lost), connection.scalar(of_new)
    return last is not None and first is not None and first < last
