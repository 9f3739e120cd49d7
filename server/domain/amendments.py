"""What later records make of earlier ones: a scan that the staff adopted, a party corrected, a visit void.

Facts are never changed. What they mean together is worked out from all of them, whatever order they came in.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from agent.wire.records import ByHand, Correction, Party, RecordName, Scan
from server.domain.bearers import NOBODY, Bearer
from server.domain.visits import is_counted


class Name(NamedTuple):
    """A record's name among all kiosks'; where a memory card was copied, two records may have it."""

    kiosk: str
    epoch: str
    seq: int


class Order(NamedTuple):
    """When a kiosk wrote a correction, as against others of one record.

    ``steps`` is how many starts came after that record's: see :mod:`server.adapters.correction_order`. Where
    nobody can tell, the rest has every server say the same.
    """

    steps: int
    epoch: str
    seq: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Fact:
    """A scan or a letting in by hand, as it was stored. ``bearer`` is the scan's own."""

    id: int
    name: Name
    digest: bytes
    record: Scan | ByHand
    placed: bool
    bearer: Bearer = NOBODY


@dataclass(frozen=True, slots=True)
class Standing:
    """What a fact counts as, all told."""

    party: Party
    bearer: Bearer
    counted: bool


Corrections = Mapping[Name, Sequence[tuple[Order, Correction]]]


def target(kiosk: str, name: RecordName) -> Name:
    return Name(kiosk, name.epoch, name.seq)


def adopted_name(fact: Fact) -> Name | None:
    record = fact.record
    return target(fact.name.kiosk, record.adopts) if isinstance(record, ByHand) and record.adopts else None


def standings(facts: Iterable[Fact], corrections: Corrections) -> dict[int, Standing]:
    """By the facts' ids. ``facts`` hold all that go by the names they adopt, and all that adopt them.

    A scan that showed green let its visitor in by itself: nobody can adopt it. One that was adopted counts no
    more by itself, also where the letting in is void: the staff saw that its visitor did not come in. Of two
    records with one name the one with the smaller digest is meant: nobody can tell, but every server must say
    the same.
    """
    known = sorted(facts, key=lambda fact: (fact.name, fact.digest))
    by_name: dict[Name, list[Fact]] = defaultdict(list)
    for fact in known:
        by_name[fact.name].append(fact)
    said = {
        group[0].id: correction.party
        for name, group in by_name.items()
        if (correction := _last(corrections.get(name, ()))) is not None
    }
    scans = {
        name: next((fact for fact in group if _can_be_adopted(fact)), None) for name, group in by_name.items()
    }
    cards: dict[int, Fact] = {}
    """By the letting in, the scan that it adopted."""
    for fact in known:
        name = adopted_name(fact)
        scan = scans.get(name) if name is not None else None
        if scan is not None:
            cards[fact.id] = scan
    adopted = {scan.id for scan in cards.values()}
    return {
        fact.id: _standing(fact, said.get(fact.id), cards.get(fact.id), adopted=fact.id in adopted)
        for fact in known
    }


def _standing(fact: Fact, said: Party | str | None, card: Fact | None, *, adopted: bool) -> Standing:
    record = fact.record
    party = said if isinstance(said, Party) else record.party
    stands = said != "void" and not adopted
    if isinstance(record, Scan):
        counted = stands and is_counted(record, placed=fact.placed)
        return Standing(party, fact.bearer, counted)
    return Standing(party, card.bearer if card else NOBODY, counted=stands and fact.placed)


def _can_be_adopted(fact: Fact) -> bool:
    return isinstance(fact.record, Scan) and fact.record.shown != "green"


def _last(corrections: Sequence[tuple[Order, Correction]]) -> Correction | None:
    return max(corrections, key=lambda item: item[0])[1] if corrections else None
