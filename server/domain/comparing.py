"""What a file would do to the register, card by card.

What a file leaves empty it leaves as it is: so a card that the staff blocked or renewed stays so until the
distributor's file says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from server.domain.faults import RowError
from server.domain.register import FORGOTTEN, Card, RegisterCard, StoredStatus, last_day_in

COMPARED: Final = (
    "kind",
    "distributor",
    "area",
    "issued_on",
    "valid_until",
    "max_children",
    "status",
)


@dataclass(frozen=True, slots=True)
class New:
    card: Card


@dataclass(frozen=True, slots=True)
class Changed:
    card: Card
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unchanged:
    pass


@dataclass(frozen=True, slots=True)
class Erased:
    """The card was erased on request and stays so, whatever a file says."""


Compared = New | Changed | Unchanged | Erased
UNCHANGED: Final = Unchanged()
ERASED: Final = Erased()


def compare(
    wanted: RegisterCard, known: Card | None, trials: Mapping[str, date], *, replaced: bool = False
) -> Compared:
    """Raises :class:`RowError`. ``replaced``: another card took the place of this one."""
    if known is not None and known.status in FORGOTTEN:
        return ERASED
    if known is None or known.status == "undone":
        return New(_settled(wanted, None, trials))
    card = _settled(wanted, known, trials)
    if replaced:  # lists go on naming the lost card as valid; whoever found it must not come in
        card = replace(card, status=known.status)
    columns = tuple(name for name in COMPARED if getattr(card, name) != getattr(known, name))
    return Changed(card, columns) if columns else UNCHANGED


def repeated(wanted: RegisterCard, known: Card) -> tuple[str, ...]:
    """The columns in which a row says what is known already."""
    said = ((name, getattr(wanted, name)) for name in COMPARED)
    return tuple(name for name, value in said if value is not None and value == getattr(known, name))


def ends_earlier(outcome: Compared, known: Card) -> bool:
    return isinstance(outcome, Changed) and outcome.card.valid_until < known.valid_until


def is_of_earlier_issue(outcome: Compared, known: Card) -> bool:
    """Nothing in such a row corrects what is known since; that a card is shut is news at any time."""
    return isinstance(outcome, Changed) and outcome.card.issued_on < known.issued_on


def opens(outcome: Compared, known: Card) -> bool:
    return isinstance(outcome, Changed) and outcome.card.status == "active" and known.status != "active"


def shut_alone(outcome: Changed, known: Card) -> Changed | Unchanged:
    """Of all that the row says that the card is blocked or withdrawn, if it says so."""
    shut = outcome.card.status != "active"
    return _without(outcome, replace(known, status=outcome.card.status) if shut else known, known)


def days_kept(outcome: Changed, known: Card) -> Changed | Unchanged:
    """What else the row says, with the last day as it is; and the first, which goes with it."""
    return _without(
        outcome, replace(outcome.card, issued_on=known.issued_on, valid_until=known.valid_until), known
    )


def status_kept(outcome: Changed, known: Card) -> Changed | Unchanged:
    return _without(outcome, replace(outcome.card, status=known.status), known)


def is_newer(card: Card, done_here: date | None, newest: date) -> bool:
    """Whether a list whose newest card was issued on ``newest`` may be too old to have ``card``.

    ``done_here``: the day when the desk last gave it out, renewed it or took it back into use.
    """
    return card.issued_on > newest or (done_here is not None and done_here >= newest)


def _without(outcome: Changed, card: Card, known: Card) -> Changed | Unchanged:
    columns = tuple(name for name in outcome.columns if getattr(card, name) != getattr(known, name))
    return Changed(card, columns) if columns else UNCHANGED


def _settled(wanted: RegisterCard, known: Card | None, trials: Mapping[str, date]) -> Card:
    status: StoredStatus = wanted.status or ("active" if known is None else known.status)
    most = known.max_children if wanted.max_children is None and known is not None else wanted.max_children
    return Card(
        kind=wanted.kind,
        distributor=wanted.distributor,
        area=wanted.area,
        issued_on=wanted.issued_on,
        valid_until=wanted.valid_until or _last_day(wanted, known, trials),
        max_children=most,
        status=status,
    )


def _last_day(wanted: RegisterCard, known: Card | None, trials: Mapping[str, date]) -> date:
    if known is not None and known.issued_on == wanted.issued_on:
        return known.valid_until
    trial_ends = trials.get(wanted.area)
    found = last_day_in(wanted.issued_on, trial_ends)
    if found < wanted.issued_on:
        raise RowError.of("after_trial", "issued_on", str(trial_ends))
    return found
