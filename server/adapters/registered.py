"""What the register knows of the cards of visits that come in."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from agent.wire.records import CardKind
from server.adapters.erased import erased_among
from server.adapters.issues import issues_of
from server.adapters.stored_cards import PERSON
from server.adapters.tables import cards
from server.domain.bearers import Registered

_CHUNK: Final = 1_000
_READ: Final = (cards.c.id, cards.c.kind, PERSON)


@dataclass(frozen=True, slots=True)
class _Found:
    card: int
    kind: CardKind
    person: int


def registered(connection: Connection, codes: Collection[str]) -> dict[str, Registered]:
    """By code, the cards that the register has, or had until they were erased."""
    asked = sorted(codes)
    there: dict[str, _Found] = {}
    for some in (asked[at : at + _CHUNK] for at in range(0, len(asked), _CHUNK)):
        rows = connection.execute(select(cards.c.code, *_READ).where(cards.c.code.in_(some)))
        there |= {code: _Found(*card) for code, *card in rows}
    gone = _cards(connection, erased_among(connection, set(codes) - there.keys()))
    issues = issues_of(connection, {found.person for found in (*there.values(), *gone.values())})
    return {
        code: Registered(
            card=found.card,
            issues=issues[found.person],
            kind=found.kind,
            person=found.person,
            is_erased=code in gone,
        )
        for code, found in (there | gone).items()
    }


def _cards(connection: Connection, numbers: dict[str, int]) -> dict[str, _Found]:
    wanted = sorted(set(numbers.values()))
    found: dict[int, _Found] = {}
    for some in (wanted[at : at + _CHUNK] for at in range(0, len(wanted), _CHUNK)):
        rows = connection.execute(select(*_READ).where(cards.c.id.in_(some)))
        found |= {card[0]: _Found(*card) for card in rows}
    return {code: found[number] for code, number in numbers.items() if number in found}
