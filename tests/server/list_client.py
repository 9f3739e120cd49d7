"""A kiosk's list in memory: follows the feed page by page, as WIRE says."""

from agent.wire.card_code import CardCode
from agent.wire.card_page import CardRow, add_hashes, checksum_text, row_hash, unpack
from agent.wire.messages import CardsGet, CardsPage
from server.adapters.card_feed import read_page
from server.adapters.database import Database
from tests.server.kiosk import LIST_KEY


class ListClient:
    def __init__(self, database: Database, limit: int = 7) -> None:
        self._database = database
        self._limit = limit
        self._generation: str | None = None
        self.since = 0
        self.rows: dict[int, tuple[int, int, int, int, int]] = {}

    def ask(self) -> CardsPage:
        request = CardsGet(generation=self._generation, since=self.since, limit=self._limit)
        with self._database.reading() as connection:
            page = read_page(connection, request)
        assert page.since == self.since
        self._generation, self.since = page.generation, page.upto
        self.rows.update({row[0]: row for row in unpack(page.rows)})
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
        return CardRow.unpacked(*self.rows[LIST_KEY.card_key(CardCode(code))])
