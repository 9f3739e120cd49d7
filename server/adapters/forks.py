"""Which kiosks had more than one memory card, as ingest sees it at the rows that show it."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, or_, select, update

from server.adapters.books import books_of_starts
from server.adapters.tables import epochs, kiosks
from server.domain.memory_cards import memory_cards, torn

_GREW: Final = epochs.alias()
_OTHER: Final = epochs.alias()
_THESE: Final[ColumnElement[bool]] = _GREW.c.id.in_(bindparam("numbers", expanding=True))
# One index each: OR would have a database read all epochs. Made once, for every batch asks them.
_FORKED: Final = tuple(
    select(_GREW.c.kiosk_id).join(_OTHER, and_(_OTHER.c.kiosk_id == _GREW.c.kiosk_id, *how)).where(_THESE)
    for how in (
        (_OTHER.c.previous_epoch == _GREW.c.epoch, _GREW.c.last_seq > _OTHER.c.previous_last),
        (_OTHER.c.epoch == _GREW.c.previous_epoch, _OTHER.c.last_seq > _GREW.c.previous_last),
        (_OTHER.c.previous_epoch == _GREW.c.previous_epoch, _OTHER.c.id != _GREW.c.id),
    )
)
_TORN: Final = select(_GREW.c.kiosk_id).where(
    _THESE,
    or_(
        _GREW.c.opened.is_(False),
        and_(
            _GREW.c.previous_epoch.is_not(None),
            ~exists().where(_OTHER.c.kiosk_id == _GREW.c.kiosk_id, _OTHER.c.epoch == _GREW.c.previous_epoch),
        ),
    ),
)
_KNOWN_TORN: Final = (
    select(kiosks.c.id)
    .join(_GREW, _GREW.c.kiosk_id == kiosks.c.id)
    .where(_THESE, kiosks.c.torn, kiosks.c.forked.is_(False))
    .distinct()
)


def note_forks(connection: Connection, numbers: Collection[int]) -> None:
    """Kiosks whose memory card was copied or put back, as these epochs show, which grew or were opened.

    Two go on from one start, or one went on after another had gone on from it; or a start is missing, and
    what followed it was written beside the others. Once so it stays so.
    """
    given = {"numbers": list(numbers)}
    _mark(connection, {kiosk for question in _FORKED for kiosk in connection.scalars(question, given)})
    if missing := set(connection.scalars(_TORN, given)):
        connection.execute(update(kiosks).where(kiosks.c.id.in_(missing)).values(torn=True))
    known = books_of_starts(connection, connection.scalars(_KNOWN_TORN, given).all())
    _mark(
        connection,
        {kiosk for kiosk, books in known.items() if any(card.copied for card in memory_cards(books))},
    )
    if mended := {kiosk for kiosk, books in known.items() if not torn(books)}:
        connection.execute(update(kiosks).where(kiosks.c.id.in_(mended)).values(torn=False))


def _mark(connection: Connection, forked: Collection[str]) -> None:
    if forked:
        connection.execute(update(kiosks).where(kiosks.c.id.in_(forked)).values(forked=True))
