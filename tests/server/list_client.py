"""A kiosk's list in memory: follows the feed page by page, as WIRE says."""

from agent.wire.card_code import CardCode
from agent.wire.card_key import ListKey
from agent.wire.card_page import CardRow, add_hashes, checksum_text, row_hash, unpack
from agent.wire.key_box import KeyBox
from agent.wire.messages import CardsGet, CardsPage
from server.adapters.card_feed import read_page
from server.adapters.database import Database
from tests.server.kiosk import LIST_KEY


class ListClient:
    """``key`` is the one of its enrolment; ``fills`` counts how often it began at the beginning."""

    def __init__(self, database: Database, limit: int = 7, key: ListKey = LIST_KEY) -> None:
        self._database = database
        self._limit = limit
        self._generation: str | None = None
        self._box = KeyBox()
        self.key = key
        self.since = 0
        self.fills = 0
        self.transferred = 0
        """Rows that came, over all pages."""
        self.rows: dict[int, tuple[int, int, int, int, int]] = {}

    def ask(self) -> CardsPage:
        request = CardsGet(
            generation=self._generation,
            since=self.since,
            limit=self._limit,
            key_id=self.key.id,
            seal_to=self._box.public,
        )
        with self._database.reading() as connection:
            page = read_page(connection, request)
        self._take(page)
        return page

    def follow(self) -> CardsPage:
        while (page := self.ask()).end is None:
            pass
        return page

    def is_whole(self, page: CardsPage) -> bool:
        assert page.end is not None
        total = add_hashes(*(row_hash(row) for row in self.rows.values()))
        return (page.end.count, page.end.checksum) == (len(self.rows), checksum_text(total))

    def row(self, code: str) -> CardRow:
        """What the kiosk knows of the card, now."""
        assert self.is_whole(self.follow())
        return CardRow.unpacked(*self.rows[self.key.card_key(CardCode(code))])

    def _take(self, page: CardsPage) -> None:
        if page.generation != self._generation:
            assert page.since == 0
            self.rows.clear()
            self.fills += 1
        else:
            assert page.since == self.since
        if isinstance(page.sealed_key, bytes):
            self.key = self._box.open(page.sealed_key)
            assert self.key.id == page.key_id
        self._generation, self.since = page.generation, page.upto
        rows = unpack(page.rows)
        self.transferred += len(rows)
        self.rows.update({row[0]: row for row in rows})
