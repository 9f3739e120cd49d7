"""What an undone import leaves of a card, and why an import cannot be undone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from agent.told import ToldError
from server.domain.history import Places, entry_columns
from server.domain.register import Card

UndoFault = Literal["unknown", "already", "differ", "forgotten", "trial"]
SHOWN: Final = 20
_SAID: Final = 3


@dataclass(frozen=True, slots=True)
class Since:
    """What was done to a card after the import, and not undone: the names of what it changed."""

    columns: frozenset[str]
    by_import: bool
    by_trial: bool = False
    """Its area's trial was given another end."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """What a later import, not undone, said of a card that was so already."""

    import_id: int
    columns: frozenset[str]
    card: Card
    """As that import found it."""


@dataclass(frozen=True, slots=True)
class InTheWay:
    """A card that is no longer as the import left it."""

    masked_code: str
    columns: tuple[tuple[str, str, str], ...]
    """What differs: as the import left it, and as it is."""
    was_replaced: bool
    """It took another card's place since, or lost its own."""
    was_decided: bool = False
    """It is as the import left it, but because somebody has decided so since."""
    repeated_by: int | None = None
    """The newest import that says what the undo would take back: that there is the card, or what it is."""


class UndoRefused(ToldError):  # noqa: N818  (what happened)
    """``examples`` are the first ones of so many ``cards``, of which ``erased`` have nothing to tell."""

    def __init__(
        self,
        name: UndoFault,
        import_id: int,
        cards: int = 0,
        examples: tuple[InTheWay, ...] = (),
        *,
        erased: int = 0,
    ) -> None:
        self.name, self.cards, self.examples, self.erased = name, cards, examples, erased
        why = "; ".join([*map(_words, examples[:_SAID]), *[f"erased on request: {erased}"] * bool(erased)])
        then = _NEVER if erased else _FIRST
        super().__init__(_ENGLISH[name].format(number=import_id, cards=cards, why=why, then=then))


def undone(now: Card, before: Card | None) -> Card:
    """``before`` is ``None`` where the import brought the card."""
    return replace(now, status="undone") if before is None else before


def in_the_way(
    masked_code: str,
    before: Card | None,
    made: Card,
    now: Card,
    since: Sequence[Since],
    repeats: Iterable[Repeat],
    *,
    was_replaced: bool,
) -> InTheWay | None:
    """Whether the card is another than the import made of it, or is so by a later word than the import's.

    What was done and taken back is no matter, unless the undo would take it back once more: a card that was
    opened and shut again is shut because somebody wants it so. A card that is no longer so is no matter
    either, unless a later import that stands has said so: of what was done since, any may be undone. The
    newest of ``repeats`` is first.
    """
    at_stake = _at_stake(before, made)
    by = next((one.import_id for one in repeats if _says_so(one, made, at_stake)), None)
    decided = [one for one in since if _decides(one, now, at_stake)]
    # Nobody knows what the trial's other end would have made of the day that the card had before.
    was_moved = any(one.by_trial for one in decided)
    if now == before and not (was_replaced or was_moved) and by is None:
        return None  # it is already what the undo would make of it
    columns = entry_columns(made, now)
    if not (columns or was_replaced or decided or by is not None):
        return None
    return InTheWay(masked_code, columns, was_replaced, bool(decided) and not columns, by)


def _decides(one: Since, now: Card, at_stake: set[str] | None) -> bool:
    if at_stake is None:
        # Undone, it would be as if it had never been: open where unknown cards are let in.
        return one.by_import or now.status != "active"
    return bool(at_stake & one.columns)


def _says_so(one: Repeat, made: Card, at_stake: set[str] | None) -> bool:
    return at_stake is None or any(
        getattr(one.card, name) == getattr(made, name) for name in at_stake & one.columns
    )


def _at_stake(before: Card | None, made: Card) -> set[str] | None:
    """The names of what an undo would take back; ``None`` where that is the card itself."""
    if before is None or before.status == "undone":
        return None
    return {name for name, _, _ in entry_columns(before, made)}


def _words(one: InTheWay) -> str:
    changes = [f"{name} {made or '-'} → {now or '-'}" for name, made, now in one.columns]
    why = [*changes, *["replaced"] * one.was_replaced, *["decided anew"] * one.was_decided]
    why += [f"import {one.repeated_by} says the same"] * (one.repeated_by is not None)
    return f"{one.masked_code or 'a card'}: {', '.join(why)}"


PlaceUndoFault = Literal["unknown", "already", "too_old", "used", "named", "later"]
_OF_PLACES: Final[dict[PlaceUndoFault, str]] = {
    "unknown": "There is no import {number} of {what}. See them with: kaiku-server {what} imports",
    "already": "Import {number} was undone already.",
    "too_old": "Import {number} is of before imports of {what} could be undone. Import a corrected file.",
    "used": "Import {number} cannot be undone: {name}, which it brought, is in use by now. Import a corrected"
    " file.",
    "named": "Import {number} cannot be undone: cards that were undone still name {name}, which it brought."
    " It has no other cards and may stay.",
    "later": "Import {number} cannot be undone: a later import has {name}, too. Undo that one first.",
}


class PlaceUndoRefused(ToldError):  # noqa: N818  (what happened)
    def __init__(self, fault: PlaceUndoFault, what: Places, import_id: int, name: str = "") -> None:
        self.fault = fault
        super().__init__(_OF_PLACES[fault].format(number=import_id, what=what, name=name))


_ENGLISH: dict[UndoFault, str] = {
    "unknown": "There is no import {number}. See them with: kaiku-server cards imports",
    "already": "Import {number} was undone already.",
    "forgotten": "Import {number} cannot be undone: {cards} of its cards have visits whose codes had their"
    " time, so nobody can tell any more which visits would go with them. Withdraw those cards instead.",
    "trial": "Import {number} cannot be undone: {cards} of its cards would get back a last day in an"
    " area whose trial was given another end since, and nobody knows which were the trial's. Import a"
    " list.",
    "differ": "Import {number} cannot be undone: {cards} of its cards are no longer as it left them, or so"
    " by a later word ({why}). {then}",
}
_FIRST: Final = "Undo later imports first, or change those cards by hand."
_NEVER: Final = "What was erased does not come back, so import a corrected list instead."
