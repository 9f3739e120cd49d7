"""One row of a distributor's table of cards, made a card or a fault without its code."""

import re
from collections.abc import Mapping
from typing import Final

from agent.wire.card_code import CardCode
from agent.wire.records import MAX_PARTY
from server.domain.faults import RowError
from server.domain.register import RegisterCard
from server.domain.words_in_files import (
    CARD_COLUMNS,
    KINDS,
    STATUSES,
    day_in,
    is_rounded,
    name,
    one_of,
    with_values,
)

COLUMNS: Final = tuple(column.name for column in CARD_COLUMNS)


def card_of(cell: Mapping[str, str], pattern: re.Pattern[str]) -> RegisterCard:
    """Take one row. Raises :class:`RowError`. What the row leaves empty, the card leaves open."""
    with_values(cell)
    for column in CARD_COLUMNS:
        if column.needed and not cell[column.name]:
            raise RowError("missing", column.name)
    code = CardCode.parse(cell["code"], pattern)
    if code is None:
        raise RowError("code_rounded" if is_rounded(cell["code"]) else "code_shape", "code")
    issued_on = day_in("issued_on", cell["issued_on"])
    valid_until = day_in("valid_until", cell["valid_until"]) if cell["valid_until"] else None
    if valid_until is not None and valid_until < issued_on:
        raise RowError("until_before_issue", "valid_until")
    return RegisterCard(
        code=code,
        kind=one_of("kind", cell["kind"], KINDS),
        distributor=name("distributor", cell["distributor"], pattern),
        area=name("area", cell["area"], pattern),
        issued_on=issued_on,
        valid_until=valid_until,
        max_children=_children(cell["max_children"]),
        status=one_of("status", cell["status"], STATUSES) if cell["status"] else None,
    )


def _children(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 2 or int(text) > MAX_PARTY:  # noqa: PLR2004
        raise RowError("not_children", "max_children", str(MAX_PARTY))
    return int(text)
