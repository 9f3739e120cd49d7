"""A fleet server made of the wire's own functions: it answers for cards as the real one must."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from msgspec import UNSET, UnsetType

from agent.wire.card_key import ListKey
from agent.wire.card_page import CardRow, Packed, add_hashes, checksum_text, pack, row_hash
from agent.wire.key_box import seal_list_key
from agent.wire.messages import CardsGet, CardsPage, CardsState, PageEnd, ServerState
from tests.agent.examples import GENERATION, LIST_KEY


@dataclass
class FakeFleet:
    """``page_rows`` cards a page; ``spoil`` is put into the next page in place of its rows."""

    generation: str = GENERATION
    page_rows: int = 3
    revision: int = 0
    asked: list[CardsGet] = field(default_factory=list)
    spoil: bytes | None = None
    since: datetime = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    key: ListKey = LIST_KEY
    names_keys: bool = True
    """A server of before key ids does not."""
    _rows: dict[int, tuple[int, Packed]] = field(default_factory=dict)

    def register(self, row: CardRow) -> None:
        self.revision += 1
        self._rows[row.key] = (self.revision, row.packed())

    def rotate(self, key: ListKey, generation: str, rows: Iterable[CardRow]) -> None:
        """The same list under another key: ``rows`` are those of before, by the new hashes."""
        self.key, self.generation, self.revision = key, generation, 0
        self._rows.clear()
        for row in rows:
            self.register(row)

    @property
    def state(self) -> ServerState:
        cards = CardsState(revision=self.revision)
        return ServerState(generation=self.generation, since=self.since, cards=cards)

    def answer(self, get: CardsGet) -> CardsPage:
        self.asked.append(get)
        since = get.since if get.generation == self.generation else 0
        changed = sorted(entry for entry in self._rows.values() if entry[0] > since)
        rows = changed[: self.page_rows]
        whole = len(rows) == len(changed)
        spoil, self.spoil = self.spoil, None
        return CardsPage(
            generation=self.generation,
            since=since,
            upto=self.revision if whole else rows[-1][0],
            rows=spoil if spoil is not None else pack(row for _, row in rows),
            end=self._end() if whole else None,
            key_id=self.key.id if self.names_keys else UNSET,
            sealed_key=self._sealed(get),
        )

    def _sealed(self, get: CardsGet) -> bytes | UnsetType:
        if not self.names_keys or get.key_id == self.key.id:
            return UNSET
        assert isinstance(get.seal_to, bytes)
        return seal_list_key(self.key, get.seal_to)

    def _end(self) -> PageEnd:
        total = add_hashes(*(row_hash(row) for _, row in self._rows.values()))
        return PageEnd(revision=self.revision, count=len(self._rows), checksum=checksum_text(total))
