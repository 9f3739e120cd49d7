"""The card list's shell: asks for pages, puts them in, swaps a whole list in when it agrees."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, assert_never

from agent.core.card_feed import (
    Applied,
    ApplyPage,
    AskPage,
    BeginFill,
    Broken,
    CardFeed,
    Failed,
    Feed,
    FeedAction,
    FeedEvent,
    LinkIsDown,
    LinkIsUp,
    Nudge,
    PageCame,
    SwapIn,
    Swapped,
    TimePassed,
    follow,
)
from agent.core.moment import Moment
from agent.ports.card_list import CardList, CardListDamagedError, CardListError, ListHead, Table
from agent.ports.clock import Clock
from agent.wire.card_page import checksum_text, unpack
from agent.wire.messages import CardsGet, CardsPage, ServerState, WireError, encode
from agent.worker import Worker

TICK_S: Final = 1.0
PAGE_ROWS: Final = 5000

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class CardFollower:
    """``publish`` hands a request to the link; the events come from :mod:`agent.connection`."""

    cards: CardList
    worker: Worker
    clock: Clock
    publish: Callable[[bytes], None]
    agreed: Callable[[], None] = lambda: None
    """Told when the list is the server's own again."""
    count: int = 0
    _confirmed: datetime | None = None
    _state: CardFeed = field(default_factory=CardFeed)
    _events: "asyncio.Queue[FeedEvent | CardsPage]" = field(default_factory=asyncio.Queue)

    @property
    def revision(self) -> int:
        return self._state.live.revision if self._state.live else 0

    @property
    def fresh_at(self) -> float | None:
        return self._state.fresh_at

    def age_s(self, at: Moment) -> float | None:
        """Since a last page agreed with the list: by the stopwatch, or by the best time known after a start.

        ``None`` where nobody knows.
        """
        if (fresh_at := self.fresh_at) is not None:
            return max(0.0, at.seconds - fresh_at)
        if self._confirmed is None or at.best_utc is None:
            return None
        return max(0.0, (at.best_utc - self._confirmed).total_seconds())

    async def run(self) -> None:
        try:
            live, fill = (
                await self.worker.run(self.cards.head, "live"),
                await self.worker.run(self.cards.head, "fill"),
            )
        except CardListError as error:
            log.error("card list: %s", error)  # noqa: TRY400  (the sentence says it all)
            live, fill = None, None
            self.broken()
        self.count = live.count if live else 0
        self._confirmed = live.confirmed if live else None
        self._state = CardFeed(live=_feed(live), fill=_feed(fill))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tick())
            tasks.create_task(self._work())

    def connected(self) -> None:
        self._events.put_nowait(LinkIsUp())

    def disconnected(self) -> None:
        self._events.put_nowait(LinkIsDown())

    def server_said(self, state: ServerState) -> None:
        self._events.put_nowait(Nudge(state.generation, state.cards.revision))

    def page(self, page: CardsPage) -> None:
        self._events.put_nowait(page)

    def broken(self) -> None:
        self._events.put_nowait(Broken())

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self._events.put_nowait(TimePassed())

    async def _work(self) -> None:
        while True:
            event = await self._events.get()
            page = event if isinstance(event, CardsPage) else None
            fresh_at = self.fresh_at
            try:
                await self._step(_came(event) if isinstance(event, CardsPage) else event, page)
                if isinstance(event, Broken):
                    self.count, self._confirmed = 0, None
                    await self.worker.run(self.cards.renew)
                if self.fresh_at not in (None, fresh_at):
                    await self._confirm()
            except (CardListError, WireError) as error:
                log.error("card list: %s", error)  # noqa: TRY400  (likewise)
                if isinstance(error, CardListDamagedError) and not isinstance(event, Broken):
                    self.broken()  # what is filled into a damaged file is never whole
                else:
                    await self._step(Failed(), None)
            if self.fresh_at != fresh_at:
                self.agreed()

    async def _confirm(self) -> None:
        self._confirmed = self.clock.now().best_utc
        if self._confirmed is not None:
            await self.worker.run(self.cards.confirm, self._confirmed)

    async def _step(self, event: FeedEvent, page: CardsPage | None) -> None:
        todo: list[FeedEvent] = [event]
        while todo:
            self._state, actions = follow(self._state, todo.pop(0), self.clock.now().seconds)
            for action in actions:
                todo += await self._act(action, page)

    async def _act(self, action: FeedAction, page: CardsPage | None) -> list[FeedEvent]:
        match action:
            case AskPage(generation, since):
                self.publish(encode(CardsGet(generation=generation, since=since, limit=PAGE_ROWS)))
            case BeginFill(generation):
                await self.worker.run(self.cards.begin_fill, generation)
            case ApplyPage(table) if page is not None:
                return [await self._apply(table, page)]
            case ApplyPage():
                pass  # cannot be: only a page that came is put in
            case SwapIn():
                await self.worker.run(self.cards.swap)
                log.info("card list: a whole list of %d cards answers", self.count)
                return [Swapped()]
            case _:
                assert_never(action)
        return []

    async def _apply(self, table: Table, page: CardsPage) -> Applied:
        head = await self.worker.run(lambda: self.cards.apply(table, unpack(page.rows), page.upto))
        if page.end is None:
            return Applied(table, page.upto, None)
        agrees = (head.count, checksum_text(head.checksum)) == (page.end.count, page.end.checksum)
        if agrees:
            self.count = head.count
        else:
            log.warning("card list: %d cards do not agree with the server's %d", head.count, page.end.count)
        return Applied(table, page.upto, agrees)


def _came(page: CardsPage) -> PageCame:
    return PageCame(page.generation, page.since, page.upto, page.end)


def _feed(head: ListHead | None) -> Feed | None:
    return Feed(head.generation, head.revision) if head else None
