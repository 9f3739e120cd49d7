"""What a kiosk wrote and who came in, noted beside its journal."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from agent.core.actions import Ref
from agent.wire.canonical import canonical_record, digest
from agent.wire.records import ByHand, Party, Record, Scan, Shown


@dataclass
class Book:
    """What a kiosk wrote, noted beside its journal; who came in, by card, and who without one."""

    records: dict[Ref, Record] = field(default_factory=dict)
    visitors: dict[Ref, str] = field(default_factory=dict)
    """By the record that counts: the card's code, or nothing."""
    parties: dict[Ref, Party] = field(default_factory=dict)
    """As they were corrected."""

    def write(self, ref: Ref, record: Record) -> None:
        self.records[ref] = msgspec.structs.replace(record, seq=ref.seq)

    def settle(self, ref: Ref, shown: Shown | None, children: int | None) -> None:
        scan = self.records[ref]
        assert isinstance(scan, Scan)
        party = scan.party if children is None else msgspec.structs.replace(scan.party, children=children)
        self.records[ref] = msgspec.structs.replace(scan, shown=shown, party=party)

    def correct(self, of: Ref, party: Party | Literal["void"]) -> None:
        if party == "void":
            del self.visitors[of]
        else:
            self.parties[of] = party

    def digests(self) -> dict[tuple[str, int], bytes]:
        return {(ref.epoch, ref.seq): digest(canonical_record(one)) for ref, one in self.records.items()}

    def counted(self) -> Counter[str]:
        return Counter(self.visitors.values())

    def people(self) -> tuple[int, int]:
        """Adults and children of all who came in."""
        parties = [self._party(ref) for ref in self.visitors]
        return sum(one.adults for one in parties), sum(one.children or 0 for one in parties)

    def _party(self, ref: Ref) -> Party:
        record = self.records[ref]
        assert isinstance(record, Scan | ByHand)
        return self.parties.get(ref, record.party)
