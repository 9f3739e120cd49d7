"""The marks of erased codes: how a card that was erased is known again without its code being kept."""

import secrets
from collections.abc import Callable, Collection, Iterable

from sqlalchemy import Connection, func, select

from agent.wire.card_code import CardCode
from server.adapters.database import insert
from server.adapters.keeping_tables import erased_codes, erasure
from server.domain.keeping import KEY_BYTES, pseudonym, stranger

_CHUNK = 1_000


def mark_erased(connection: Connection, gone: Iterable[tuple[CardCode, int | None]]) -> None:
    """Codes, each with its card's number in the register, if it had the card."""
    new = insert(connection, erasure).values(id=1, key=secrets.token_bytes(KEY_BYTES))
    connection.execute(new.on_conflict_do_nothing())
    key = _key(connection)
    rows = [{"mark": pseudonym(key, stranger(code)), "card_id": card} for code, card in gone if key]
    if rows:
        connection.execute(insert(connection, erased_codes).on_conflict_do_nothing(), rows)


def erased_among(connection: Connection, codes: Collection[str]) -> dict[str, int | None]:
    """Those of ``codes`` that were erased, each with its card's number in the register, if it had it."""
    key = _key(connection) if codes else None
    if key is None:
        return {}
    by_mark = {pseudonym(key, stranger(CardCode(code))): code for code in sorted(codes)}
    marks = list(by_mark)
    found: dict[str, int | None] = {}
    for some in (marks[at : at + _CHUNK] for at in range(0, len(marks), _CHUNK)):
        rows = connection.execute(
            select(erased_codes.c.mark, erased_codes.c.card_id).where(erased_codes.c.mark.in_(some))
        )
        found |= {by_mark[mark]: card for mark, card in rows}
    return found


def erased_in(connection: Connection) -> Callable[[CardCode], bool]:
    """Whether a code was erased, for many: it costs nothing while nobody has asked for it."""
    key = _key(connection)
    if key is None:
        return lambda _: False
    marks = set(connection.scalars(select(erased_codes.c.mark)))
    return lambda code: pseudonym(key, stranger(code)) in marks


def erased_count(connection: Connection) -> int:
    """How many marks there are: they only come, and never go."""
    return int(connection.scalar(select(func.count()).select_from(erased_codes)) or 0)


def _key(connection: Connection) -> bytes | None:
    found: bytes | None = connection.scalar(select(erasure.c.key))
    return found
