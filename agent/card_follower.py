"""The card list's shell: asks for pages, puts them in, swaps a whole list in when it agrees.

It keeps still while somebody holds up a card, and writes no more at once than a card may wait behind.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, assert_never

from msgspec import UNSET

from agent.core.calm import View, saw_card, wait_s
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
from agent.core.slices import slice_of, slices_of
from agent.held_keys import HeldKeys
from agent.ports.card_list import CardList, CardListDamagedError, CardListError, ListHead, Table
from agent.ports.clock import Clock
from agent.wire.card_key import ListKey
from agent.wire.card_page import Packed, checksum_text, unpack
from agent.wire.key_box import KeyBox
from agent.wire.messages import CardsGet, CardsPage, ServerState, WireError, encode
from agent.worker import Worker

TICK_S: Final = 1.0
PAGE_ROWS: Final = 5000
CONFIRM_EVERY_S: Final = 60.0
CHECK_EVERY_S: Final = 10.0
CHECK_ROWS: Final = 1_000
"""A million cards in three hours: so few at a time that no scan waits for them."""
GATHERED_ROWS: Final = 50_000
"""Rows of a fill that are written together: 7 MB of memory."""

DRIFT_S: Final = 60.0
"""What two clocks in time may differ by."""

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class CardFollower:
    """``publish`` hands a request to the link; the events come from :mod:`agent.connection`.

    ``list_key`` is the one of the enrolment. A later one is kept in the list's file, beside its list: who
    deletes the file begins with the first one again, and is given the other.
    """

    cards: CardList
    list_key: ListKey
    worker: Worker
    clock: Clock
    publish: Callable[[bytes], None]
    agreed: Callable[[], None] = lambda: None
    """Told when the list is the server's own again."""
    gathered_rows: int = GATHERED_ROWS
    box: KeyBox = field(default_factory=KeyBox)
    """What is for this run alone is sealed to it."""
    count: int = 0
    _confirmed: datetime | None = None
    _confirm_at: float = 0.0
    _check_at: float = 0.0
    _keys: HeldKeys = field(init=False)
    _state: CardFeed = field(default_factory=CardFeed)
    _view: View = field(default_factory=View)
    _broken: bool = False
    _gathered: list[Sequence[Packed]] = field(default_factory=list)
    """Pages of a fill that came and are not on the disk yet."""
    _events: "asyncio.Queue[FeedEvent | CardsPage]" = field(default_factory=asyncio.Queue)

    def __post_init__(self) -> None:
        self._keys = HeldKeys(self.list_key, self.box)

    @property
    def revision(self) -> int:
        return self._state.live.revision if self._state.live else 0

    @property
    def fresh_at(self) -> float | None:
        return self._state.fresh_at

    def age_s(self, at: Moment) -> float | None:
        """Since a last page agreed with the list: by the stopwatch, or by the time after a start.

        ``None`` where nobody knows: by a time that was kept over a start without a battery any list is young,
        and one of the two times was wrong where the list was confirmed after now.
        """
        if (fresh_at := self.fresh_at) is not None:
            return max(0.0, at.seconds - fresh_at)
        if self._confirmed is None or at.best_utc is None or at.at_least:
            return None
        age_s = (at.best_utc - self._confirmed).total_seconds()
        return max(0.0, age_s) if age_s > -DRIFT_S else None

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
        self._keys.read({"live": live, "fill": fill})
        self._state = CardFeed(live=_feed(live), fill=_feed(fill))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tick())
            tasks.create_task(self._work())

    def connected(self) -> None:
        self._events.put_nowait(LinkIsUp())

    def disconnected(self) -> None:
        self._events.put_nowait(LinkIsDown())

    def server_said(self, state: ServerState) -> None:
        generation = state.generation if state.cards.generation is UNSET else state.cards.generation
        self._events.put_nowait(Nudge(generation, state.cards.revision))

    def page(self, page: CardsPage) -> None:
        self._events.put_nowait(page)

    def broken(self) -> None:
        self._broken = True
        self._events.put_nowait(Broken())

    def card_in_view(self) -> None:
        """Nothing is asked for and nothing written for a while: :mod:`agent.core.calm` says how long."""
        self._view = saw_card(self._view, self.clock.now().seconds)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self._events.put_nowait(TimePassed())

    async def _work(self) -> None:
        while True:
            event = await self._events.get()
            if not isinstance(event, LinkIsDown | Broken):
                await self._calm()
            page = event if isinstance(event, CardsPage) else None
            fresh_at = self.fresh_at
            try:
                await self._step(_came(event) if isinstance(event, CardsPage) else event, page)
                if isinstance(event, Broken):
                    self.count, self._confirmed, self._broken = 0, None, False
                    self._confirm_at = 0.0
                    self._keys.forget()
                    await self.worker.run(self.cards.renew)
                if isinstance(event, TimePassed):
                    await self._look_through()
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

    async def _look_through(self) -> None:
        """What a worn-out disk changed without a word: the sums of rows that came tell nothing of it."""
        now = self.clock.now().seconds
        if self._state.live is None or self._state.fill is not None or now < self._check_at:
            return
        self._check_at = now + CHECK_EVERY_S
        if not await self.worker.run(self.cards.check, CHECK_ROWS):
            log.warning("card list: its rows are not those that were put in, so it is filled anew")
            await self._step(Failed(), None)

    async def _calm(self) -> None:
        """Until no card is in view; a list that failed is renewed at once, for nobody is let in by it."""
        while not self._broken and (pause_s := wait_s(self._view, self.clock.now().seconds)) > 0:  # noqa: ASYNC110  (a card in view makes it longer)
            await asyncio.sleep(pause_s)

    async def _confirm(self) -> None:
        """On the disk once a minute: a list that changes all day must not wear it out."""
        now = self.clock.now()
        self._confirmed = now.best_utc
        if self._confirmed is not None and now.seconds >= self._confirm_at:
            await self.worker.run(self.cards.confirm, self._confirmed)
            self._confirm_at = now.seconds + CONFIRM_EVERY_S

    async def _step(self, event: FeedEvent, page: CardsPage | None) -> None:
        todo: list[FeedEvent] = [event]
        while todo:
            self._state, actions = follow(self._state, todo.pop(0), self.clock.now().seconds)
            for action in actions:
                todo += await self._act(action, page)

    async def _act(self, action: FeedAction, page: CardsPage | None) -> list[FeedEvent]:
        match action:
            case AskPage(generation, since):
                self.publish(encode(self._request(generation, since)))
            case BeginFill(generation) if page is not None:
                self._gathered = []
                key = self._keys.named_by(page)
                await self.worker.run(self.cards.begin_fill, generation, key)
                self._keys.fill_begins(key)
            case BeginFill():
                pass  # cannot be: it is a page that begins a list
            case ApplyPage(table) if page is not None:
                return [await self._apply(table, page)]
            case ApplyPage():
                pass  # cannot be: only a page that came is put in
            case SwapIn():
                await self.worker.run(self.cards.swap)
                self._keys.fill_answers()
                self._confirm_at = 0.0  # this list was never confirmed
                log.info("card list: a whole list of %d cards answers", self.count)
                return [Swapped()]
            case _:
                assert_never(action)
        return []

    def _request(self, generation: str | None, since: int) -> CardsGet:
        fill = self._state.fill
        key = self._keys.of("fill" if fill and fill.generation else "live")
        return CardsGet(
            generation=generation, since=since, limit=PAGE_ROWS, key_id=key.id, seal_to=self.box.public
        )

    async def _apply(self, table: Table, page: CardsPage) -> Applied:
        if page.key_id not in (self._keys.of(table).id, UNSET):
            raise WireError("a card page under another list key than its list")
        pages = [await self.worker.run(unpack, page.rows)]
        if table == "fill":
            # What lies here at a restart is asked for again. A change of the list that answers never waits.
            pages = self._gathered = [*self._gathered, *pages]
            if page.end is None and sum(map(len, pages)) < self.gathered_rows:
                return Applied(table, page.upto, None)
            self._gathered = []
        head = await self._write(table, pages, page.upto)
        if page.end is None:
            return Applied(table, page.upto, None)
        agrees = (head.count, checksum_text(head.checksum)) == (page.end.count, page.end.checksum)
        if agrees:
            self.count = head.count
        else:
            log.warning("card list: %d cards do not agree with the server's %d", head.count, page.end.count)
        return Applied(table, page.upto, agrees)

    async def _write(self, table: Table, pages: Sequence[Sequence[Packed]], upto: int) -> ListHead:
        """The head stays where it is until the last slice: what is cut off is asked for and put in again."""
        count = slices_of(pages)
        before = await self.worker.run(self.cards.head, table) if count > 1 else None
        for number in range(count - 1):
            await self._calm()
            await self.worker.run(self._put, table, pages, number, count, before.revision if before else 0)
        await self._calm()
        return await self.worker.run(self._put, table, pages, count - 1, count, upto)

    def _put(
        self, table: Table, pages: Sequence[Sequence[Packed]], number: int, count: int, upto: int
    ) -> ListHead:
        return self.cards.apply(table, slice_of(pages, number, count), upto)


def _came(page: CardsPage) -> PageCame:
    return PageCame(page.generation, page.since, page.upto, page.end)


def _feed(head: ListHead | None) -> Feed | None:
    return Feed(head.generation, head.revision) if head else None
