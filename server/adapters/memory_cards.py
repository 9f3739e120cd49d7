"""Kiosks whose memory card was copied or put back, and a person's word that one of the cards is gone."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from server.adapters.books import books_of_forked
from server.adapters.database import Database
from server.adapters.record_tables import endings
from server.adapters.tables import assignments, kiosks, venues
from server.domain.endings import EndingRefused, to_end, to_take_back
from server.domain.figures import CardOfKiosk, CopiedKiosk
from server.domain.history import Way
from server.domain.memory_cards import MemoryCard, memory_cards


class StoredMemoryCards:
    """``changed`` is called after each commit."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], changed: Callable[[], None] = lambda: None
    ) -> None:
        self._database = database
        self._now = now
        self._changed = changed

    def copied(self) -> tuple[CopiedKiosk, ...]:
        with self._database.reading() as connection:
            return copied_kiosks(connection)

    def end(self, kiosk: str, epoch: str, way: Way) -> None:
        with self._database.writing() as connection:
            card = to_end(_cards(connection, kiosk), epoch)
            connection.execute(
                endings.insert().values(
                    kiosk_id=kiosk,
                    epoch_id=card.tip.id,
                    last_seq=card.tip.last,
                    row_count=card.tip.rows,
                    said_at=self._now(),
                    way=way,
                )
            )
        self._changed()

    def take_back(self, kiosk: str, epoch: str) -> None:
        with self._database.writing() as connection:
            card = to_take_back(_cards(connection, kiosk), epoch)
            connection.execute(
                update(endings)
                .where(endings.c.epoch_id == card.tip.id, endings.c.taken_back_at.is_(None))
                .values(taken_back_at=self._now())
            )
        self._changed()


def copied_kiosks(connection: Connection) -> tuple[CopiedKiosk, ...]:
    """With their cards, the one that wrote last first; also where all but one are gone."""
    books = books_of_forked(connection)
    if not books:
        return ()
    rows = connection.execute(
        select(kiosks.c.id, kiosks.c.name, venues.c.name)
        .outerjoin(assignments, (assignments.c.kiosk_id == kiosks.c.id) & assignments.c.valid_to.is_(None))
        .outerjoin(venues, venues.c.id == assignments.c.venue_id)
        .where(kiosks.c.id.in_(books))
        .order_by(venues.c.name, kiosks.c.name, kiosks.c.id)
    )
    kept = (
        CopiedKiosk(
            kiosk=kiosk,
            name=name,
            venue_name=venue or "",
            cards=tuple(_shown(card) for card in reversed(memory_cards(books[kiosk])) if card.copied),
        )
        for kiosk, name, venue in rows
    )
    # Once what was missing came, there may have been but one card after all.
    return tuple(kiosk for kiosk in kept if kiosk.cards)


def _cards(connection: Connection, kiosk: str) -> Sequence[MemoryCard]:
    books = books_of_forked(connection)
    if kiosk not in books:
        raise EndingRefused("unknown")
    return memory_cards(books[kiosk])


def _shown(card: MemoryCard) -> CardOfKiosk:
    return CardOfKiosk(epoch=card.tip.name, last_seq=card.tip.last, last_at=card.tip.last_at, gone=card.gone)
