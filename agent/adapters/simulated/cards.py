"""CardList in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from agent.ports.card_list import CardListError, ListHead, Table
from agent.wire.card_key import ListKey
from agent.wire.card_page import CardRow, Packed, add_hashes, row_hash


@dataclass
class _Held:
    generation: str
    revision: int = 0
    rows: dict[int, Packed] = field(default_factory=dict)
    confirmed: datetime | None = None
    key: ListKey | None = None

    def head(self) -> ListHead:
        checksum = add_hashes(*(row_hash(row) for row in self.rows.values()))
        return ListHead(self.generation, self.revision, len(self.rows), checksum, self.confirmed, self.key)


class MemoryCards:
    def __init__(self) -> None:
        self._held: dict[Table, _Held] = {}
        self.broken = False
        """Every call fails while this is set."""
        self.lost = False

    def find(self, key: int) -> CardRow | None:
        self._check()
        live = self._held.get("live")
        row = live.rows.get(key) if live else None
        return CardRow.unpacked(*row) if row else None

    def head(self, table: Table) -> ListHead | None:
        self._check()
        held = self._held.get(table)
        return held.head() if held else None

    def answering_key(self) -> ListKey | None:
        self._check()
        live = self._held.get("live")
        return live.key if live else None

    def begin_fill(self, generation: str, key: ListKey | None = None) -> None:
        self._check()
        self._held["fill"] = _Held(generation, key=key)

    def apply(self, table: Table, rows: Sequence[Packed], upto: int) -> ListHead:
        self._check()
        held = self._held.get(table)
        if held is None:
            raise CardListError(f"there is no list {table} to put rows into")
        held.rows.update((row[0], row) for row in rows)
        held.revision = upto
        return held.head()

    def swap(self) -> None:
        self._check()
        self._held["live"] = self._held.pop("fill")
        self.lost = False

    def confirm(self, at: datetime) -> None:
        self._check()
        if live := self._held.get("live"):
            live.confirmed = at.replace(microsecond=0)

    def check(self, rows: int) -> bool:
        del rows  # memory does not wear out
        self._check()
        return True

    def renew(self) -> None:
        self._held.clear()
        self.broken, self.lost = False, True

    def close(self) -> None:
        pass

    def _check(self) -> None:
        if self.broken:
            raise CardListError("the simulated card list is broken")
