"""Which kiosks had more than one memory card, as ingest sees it at the rows that show it."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, or_, select, update

from server.adapters.books import books_of_starts
from server.adapters.record_tables import epochs
from server.adapters.tables import kiosks
from server.domain.memory_cards import in_pieces, memory_cards

_GREW: Final = epochs.alias()
_OTHER: Final = epochs.alias()
_THESE: Final[ColumnElement[bool]] = _GREW.c.id.in_(bindparam("numbers", expanding=True))
# One index each: OR would have a database read all epochs. Made once, for every batch asks them.
_FORKED: Final = tuple(
    select(_GREW.c.kiosk_id).join(_OTHER, and_(_OTHER.c.kiosk_id == _GREW.c.kiosk_id, *how)).where(_THESE)
    for how in (
        (
            _OTHER.c.previous_epoch == _GREW.c.epoch,
            _GREW.c.last_seq > _OTHER.c.previous_last,
            ~_OTHER.c.at_least,
        ),
        (
            _OTHER.c.epoch == _GREW.c.previous_epoch,
            _OTHER.c.last_seq > _GREW.c.previous_last,
            ~_GREW.c.at_least,
        ),
        (_OTHER.c.previous_epoch == _GREW.c.previous_epoch, _OTHER.c.id != _GREW.c.id),
    )
)
_IN_PIECES: Final = select(_GREW.c.kiosk_id).where(
    _THESE,
    or_(
        _GREW.c.opened.is_(False),
        and_(
            _GREW.c.previous_last.is_not(None),
            ~exists().where(_OTHER.c.kiosk_id == _GREW.c.kiosk_id, _OTHER.c.epoch == _GREW.c.previous_epoch),
        ),
        and_(
            _GREW.c.previous_epoch.is_(None),
            exists().where(
                _OTHER.c.kiosk_id == _GREW.c.kiosk_id,
                _OTHER.c.previous_epoch.is_(None),
                _OTHER.c.id != _GREW.c.id,
            ),
        ),
    ),
)
_KNOWN: Final = (
    select(kiosks.c.id)
    .join(_GREW, _GREW.c.kiosk_id == kiosks.c.id)
    .where(_THESE, kiosks.c.torn, kiosks.c.forked.is_(False))
    .distinct()
)
_AFTER_A_LOSS: Final = (
    select(_GREW.c.kiosk_id).where(_THESE, _GREW.c.at_least),
    select(_GREW.c.kiosk_id)
    .join(_OTHER, and_(_OTHER.c.kiosk_id == _GREW.c.kiosk_id, _OTHER.c.previous_epoch == _GREW.c.epoch))
    .where(_THESE, _OTHER.c.at_least),
)
"""Starts that go on after a journal was damaged or lost, and those that one of them goes on from."""


def note_forks(connection: Connection, numbers: Collection[int]) -> None:
    """Kiosks whose memory card was copied or put back, as these epochs show, which grew or were opened.

    Two go on from one start, or one went on after another had gone on from it; or what is known of a kiosk is
    in pieces, and one of them was written while another was. Once so it stays so.
    """
    given = {"numbers": list(numbers)}
    _mark(connection, {kiosk for question in _FORKED for kiosk in connection.scalars(question, given)})
    if pieces := set(connection.scalars(_IN_PIECES, given)):
        connection.execute(update(kiosks).where(kiosks.c.id.in_(pieces)).values(torn=True))
    torn = set(connection.scalars(_KNOWN, given))
    asked = torn.union(*(connection.scalars(question, given) for question in _AFTER_A_LOSS))
    known = books_of_starts(connection, asked)
    _mark(
        connection,
        {kiosk for kiosk, books in known.items() if any(card.copied for card in memory_cards(books))},
    )
    if whole := {kiosk for kiosk in torn if not in_pieces(known[kiosk])}:
        connection.execute(update(kiosks).where(kiosks.c.id.in_(whole)).values(torn=False))


def _mark(connection: Connection, forked: Collection[str]) -> None:
    if forked:
        connection.execute(update(kiosks).where(kiosks.c.id.in_(forked)).values(forked=True))
