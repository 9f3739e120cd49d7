"""What the register knows of the cards of visits that come in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Known:
    """``cards`` by code: those that the register has, or had until they were erased."""

    cards: Mapping[str, Registered] = field(default_factory=dict)
    erased: frozenset[str] = frozenset()
    """Codes that nobody may keep any more; the register may never have had their cards."""

    def joined(self, other: "Known") -> "Known":
        return Known({**self.cards, **other.cards}, self.erased | other.erased)


def registered(connection: Connection, codes: Collection[str]) -> Known:
    """What is known of ``codes``."""
    asked = sorted(codes)
    there: dict[str, _Found] = {}
    for some in (asked[at : at + _CHUNK] for at in range(0, len(asked), _CHUNK)):
        rows = connection.execute(select(cards.c.code, *_READ).where(cards.c.code.in_(some)))
        there |= {code: _Found(*card) for code, *card in rows}
    marked = erased_among(connection, set(codes) - there.keys())
    gone = _cards(connection, {code: number for code, number in marked.items() if number is not None})
    issues = issues_of(connection, {found.person for found in (*there.values(), *gone.values())})
    found = {
        code: Registered(card=one.card, issues=issues[one.person], kind=one.kind, person=one.person)
        for code, one in (there | gone).items()
    }
    return Known(found, frozenset(marked))


def _cards(connection: Connection, numbers: dict[str, int]) -> dict[str, _Found]:
    wanted = sorted(set(numbers.values()))
    found: dict[int, _Found] = {}
    for some in (wanted[at : at + _CHUNK] for at in range(0, len(wanted), _CHUNK)):
        rows = connection.execute(select(*_READ).where(cards.c.id.in_(some)))
        found |= {card[0]: _Found(*card) for card in rows}
    return {code: found[number] for code, number in numbers.items() if number in found}
