"""Whose card somebody came in with, as far as kiosk and register know it."""

from dataclasses import dataclass
from typing import Final, Literal

from agent.wire.card_code import CardCode
from agent.wire.records import CardKind
from server.domain.issues import Issue, issue_of

Kind = Literal["personal", "community", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """What a visit keeps of its card.

    What the register said is kept as it was when the visit was matched: a card that changes hands later
    takes no past visit along.
    """

    code: CardCode | None = None
    pseudonym: bytes | None = None
    """In the code's place: see :mod:`server.domain.keeping`."""
    card: int | None = None
    """The card's number in the register; empty while the register does not have it."""
    distributor: int | None = None
    issued_year: int | None = None
    kind: Kind = "unknown"
    unlisted: bool = False
    """The kiosk did not know the card, so that its kind is the register's word, if it has one."""

    @property
    def is_matched(self) -> bool:
        """Whether the register has the card, or had it before it was erased."""
        return self.distributor is not None


NOBODY: Final = Bearer()
"""Let in by hand, without a card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What the register knows of a card, for the visits made with it."""

    card: int
    issues: tuple[Issue, ...]
    """All of the person's, the first ones first."""
    kind: CardKind
    person: int
    """The number of this person's first card."""


def kind_of(card_kind: CardKind | None) -> Kind:
    return "unknown" if card_kind is None else card_kind


def scanned(
    code: CardCode | None, card_kind: CardKind | None, found: Registered | None = None, *, year: int
) -> Bearer:
    """What the kiosk says of a card, and beside it what the register knows. What the kiosk said stays.

    A visit that comes late belongs to the issue of its own ``year``, whatever a list has made of the card.

    The test card has no code; a card that the kiosk did not know has no kind.
    """
    unlisted = code is not None and card_kind is None
    if found is None:
        return Bearer(code=code, kind=kind_of(card_kind), unlisted=unlisted)
    issue = issue_of(found.issues, year)
    return Bearer(
        code=code,
        card=found.card,
        distributor=issue.distributor,
        issued_year=issue.on.year,
        kind=found.kind if unlisted else kind_of(card_kind),
        unlisted=unlisted,
    )
