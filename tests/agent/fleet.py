"""A fleet server made of the wire's own functions: it answers for cards as the real one must."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from agent.wire.card_page import CardRow, Packed, add_hashes, checksum_text, pack, row_hash
from agent.wire.messages import CardsGet, CardsPage, CardsState, PageEnd, ServerState
from tests.agent.examples import GENERATION


@dataclass
class FakeFleet:
    """``page_rows`` cards a page; ``spoil`` is put into the next page in place of its rows."""

    generation: str = GENERATION
    page_rows: int = 3
    revision: int = 0
    asked: list[CardsGet] = field(default_factory=list)
    spoil: bytes | None = None
    since: datetime = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    _rows: dict[int, tuple[int, Packed]] = field(default_factory=dict)

    def register(self, row: CardRow) -> None:
        self.revision += 1
        self._rows[row.key] = (self.revision, row.packed())

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
        )

    def _end(self) -> PageEnd:
        total = add_hashes(*(row_hash(row) for _, row in self._rows.values()))
        return PageEnd(revision=self.revision, count=len(self._rows), checksum=checksum_text(total))
