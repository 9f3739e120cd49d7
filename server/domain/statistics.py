"""The year's figures about cards: usage rate, use frequency, visits and uses by distributor and by kind."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from agent.told import ToldError
from server.domain.bearers import Kind
from server.domain.completeness import NOTHING, Proof


class AreaUnknown(ToldError):  # noqa: N818  (what happened)
    def __init__(self) -> None:
        super().__init__("There is no such area. See them with: kaiku-server areas list")


class Totals(NamedTuple):
    """What visits add up to."""

    visits: int = 0
    adults: int = 0
    children: int = 0
    assistants: int = 0

    def plus(self, other: "Totals") -> "Totals":
        return Totals(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    def uses(self, *, count_assistants: bool) -> int:
        return self.adults + self.children + (self.assistants if count_assistants else 0)


@dataclass(frozen=True, slots=True)
class Used:
    """Counted visits of one card in the year."""

    who: bytes | None
    """The same for all cards of a person; ``None`` where nobody can tell: let in by hand without a card, or
    come after the year was locked.
    """
    distributor: int | None
    """``None`` where the register never had the card."""
    kind: Kind
    issued: bool
    """Issued in the year of the visits."""
    totals: Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequency:
    """Of the cards used in the year, whenever issued, how many had so many visits."""

    once: int = 0
    twice: int = 0
    three_to_five: int = 0
    over_five: int = 0

    @property
    def used(self) -> int:
        return self.once + self.twice + self.three_to_five + self.over_five


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributorFigures:
    """``distributor`` is empty for cards that are not in the register, and for visits without a card."""

    area: str
    distributor: str
    issued: int
    issued_and_used: int
    used: int
    visits: int
    uses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KindFigures:
    kind: Kind
    used: int
    visits: int
    uses: int
    adults: int
    children: int
    assistants: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """A card here is a person's: one that took the place of a lost one is the same card.

    With an ``area``: the cards of its distributors, wherever they were used; else all cards.
    """

    year: int
    area: str | None
    as_of: datetime
    issued: int
    """Cards issued in the year: the base of the usage rate."""
    issued_and_used: int
    """Those of them that were used in the year at least once."""
    frequency: Frequency
    by_distributor: tuple[DistributorFigures, ...]
    by_kind: tuple[KindFigures, ...]
    visits: int
    uses: int
    records: Proof = NOTHING
    """Whether all that the kiosks wrote in the year is here, of all venues."""
    locked_at: datetime | None = None

    @property
    def usage_rate(self) -> float | None:
        """``None`` where no card was issued."""
        return self.issued_and_used / self.issued if self.issued else None


class Places(NamedTuple):
    """Area and name of a distributor."""

    area: str
    name: str


NOWHERE = Places("", "")


def statistics(
    used: Iterable[Used],
    issued: Mapping[int, int],
    places: Mapping[int, Places],
    *,
    year: int,
    area: str | None,
    as_of: datetime,
    locked_at: datetime | None = None,
    count_assistants: bool,
) -> Statistics:
    """``issued`` are cards by their distributor."""
    ours = {number for number, place in places.items() if area in (None, place.area)}
    rows = [row for row in used if (row.distributor in ours if row.distributor else area is None)]
    total = _sum(rows)
    return Statistics(
        year=year,
        area=area,
        as_of=as_of,
        issued=sum(count for number, count in issued.items() if number in ours),
        issued_and_used=len(_people(row for row in rows if row.issued)),
        frequency=_frequency(rows),
        by_distributor=_by_distributor(rows, issued, places, ours, count_assistants=count_assistants),
        by_kind=_by_kind(rows, count_assistants=count_assistants),
        visits=total.visits,
        uses=total.uses(count_assistants=count_assistants),
        locked_at=locked_at,
    )


def _frequency(rows: Iterable[Used]) -> Frequency:
    visits: Counter[bytes] = Counter()
    for row in rows:
        if row.who is not None:
            visits[row.who] += row.totals.visits
    found = Counter(_class_of(count) for count in visits.values())
    return Frequency(once=found[1], twice=found[2], three_to_five=found[3], over_five=found[6])


def _class_of(visits: int) -> int:
    """The lowest number of its class: 1, 2, 3 to 5, over 5."""
    return visits if visits < 3 else 3 if visits <= 5 else 6  # noqa: PLR2004  (the classes of the report)


def _by_distributor(
    rows: Iterable[Used],
    issued: Mapping[int, int],
    places: Mapping[int, Places],
    ours: set[int],
    *,
    count_assistants: bool,
) -> tuple[DistributorFigures, ...]:
    groups: dict[int, list[Used]] = defaultdict(list)
    for row in rows:
        groups[row.distributor or 0].append(row)
    numbers = groups.keys() | {number for number, count in issued.items() if count and number in ours}
    found = [
        DistributorFigures(
            area=place.area,
            distributor=place.name,
            issued=issued.get(number, 0),
            issued_and_used=len(_people(row for row in groups[number] if row.issued)),
            used=len(_people(groups[number])),
            visits=(sums := _sum(groups[number])).visits,
            uses=sums.uses(count_assistants=count_assistants),
        )
        for number, place in ((number, places.get(number, NOWHERE)) for number in numbers)
    ]
    return tuple(sorted(found, key=lambda one: (not one.distributor, -one.uses, one.area, one.distributor)))


def _by_kind(rows: Iterable[Used], *, count_assistants: bool) -> tuple[KindFigures, ...]:
    groups: dict[Kind, list[Used]] = defaultdict(list)
    for row in rows:
        groups[row.kind].append(row)
    return tuple(
        KindFigures(
            kind=kind,
            used=len(_people(groups[kind])),
            visits=(sums := _sum(groups[kind])).visits,
            uses=sums.uses(count_assistants=count_assistants),
            adults=sums.adults,
            children=sums.children,
            assistants=sums.assistants,
        )
        for kind in sorted(groups)
    )


def _people(rows: Iterable[Used]) -> set[bytes]:
    return {row.who for row in rows if row.who is not None}


def _sum(rows: Iterable[Used]) -> Totals:
    total = Totals()
    for row in rows:
        total = total.plus(row.totals)
    return total
