"""A kiosk that does nothing but follow the card list: link, feed and SQLite are the agent's own."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from agent.adapters.paho_link import PahoLink
from agent.adapters.sqlite_cards import SqliteCards
from agent.adapters.system_clock import SystemClock
from agent.card_follower import CardFollower
from agent.cards_known import CardsKnown
from agent.connection import will
from agent.ports.link import Incoming, LinkDown, LinkUp
from agent.wire.messages import CardsPage, ServerState, decode
from agent.worker import Worker
from tests.broker import HOST
from tests.server.kiosk import LIST_KEY


class ListKiosk:
    """Its files are in ``folder``. ``agreed`` is called whenever the list has become the server's own."""

    def __init__(
        self, folder: Path, port: int, kiosk: str, agreed: Callable[[], None] = lambda: None
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.clock = SystemClock(trusted=True)
        self.cards = SqliteCards(folder / "cards.db")
        self.bytes = 0
        """Of all pages that came and all requests for them."""
        self.page_bytes = 0
        """Of the last page."""
        self.asked_ns: list[int] = []
        self.agreed_ns: list[int] = []
        self._agreed = agreed
        self._filler = Worker("cards")
        self._link = PahoLink(host=HOST, port=port, kiosk=kiosk, tls=None, will=partial(will, "bench"))
        self.follower = CardFollower(
            cards=self.cards,
            list_key=LIST_KEY,
            worker=self._filler,
            clock=self.clock,
            publish=self._ask,
            agreed=self._has_agreed,
        )
        self.known = CardsKnown(
            cards=self.cards,
            list_key=LIST_KEY,
            revision=lambda: self.follower.revision,
            age_s=self.follower.age_s,
            broken=self.follower.broken,
        )

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.follower.run())
                tasks.create_task(self._listen())
        finally:
            await self._link.disconnect()
            self._filler.close()
            self.cards.close()

    def _ask(self, payload: bytes) -> None:
        self.asked_ns.append(time.monotonic_ns())
        self.bytes += len(payload)
        self._link.publish("cards/get", payload)

    def _has_agreed(self) -> None:
        self.agreed_ns.append(time.monotonic_ns())
        self._agreed()

    async def _listen(self) -> None:
        async for event in self._link.events():
            match event:
                case LinkUp():
                    self.follower.connected()
                case LinkDown():
                    self.follower.disconnected()
                case Incoming("cards/page", payload):
                    self.bytes += len(payload)
                    self.page_bytes = len(payload)
                    self.follower.page(decode(payload, CardsPage))
                case Incoming("server/state", payload):
                    self.follower.server_said(decode(payload, ServerState))
                case _:
                    pass
