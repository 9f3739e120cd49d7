"""The kiosk on the broker: says who it is, and hands what comes in to whom it concerns."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, assert_never

from agent.alerts import Alerts
from agent.card_follower import CardFollower
from agent.outbox import Outbox
from agent.ports.journal import JournalError
from agent.ports.link import Incoming, Link, LinkDown, LinkUp, NotDelivered
from agent.wire.commands import Command
from agent.wire.messages import (
    CardsPage,
    Health,
    Info,
    Receipt,
    ServerState,
    Status,
    WireError,
    decode,
    encode,
)

HEALTH_S: Final = 60.0

State = Literal["online", "stopped"]

log = logging.getLogger(__name__)


def will(boot_id: str, connection: int) -> bytes:
    """What the broker says of us when we are gone without a word."""
    return encode(Status(state="lost", boot_id=boot_id, connection=connection))


@dataclass(kw_only=True)
class Connection:
    """``info`` makes the birth message of a connection, ``health`` says how the kiosk is.

    ``heard`` is told what the broker kept under this kiosk's name, until our own word has come back.

    ``news`` is set when the camera opened, the list agreed or the outbox ran empty: what was said before
    may be old.
    """

    link: Link
    outbox: Outbox
    follower: CardFollower
    alerts: Alerts
    boot_id: str
    info: Callable[[], Awaitable[Info]]
    health: Callable[[], Awaitable[Health]]
    news: asyncio.Event
    heard: Callable[[Status], None] = lambda _: None
    command: Callable[[Command], None] = lambda _: None
    health_s: float = HEALTH_S
    _came_up: asyncio.Event = field(default_factory=asyncio.Event)
    _connection: int = 0
    _connected: bool = False
    _why: str = ""
    _told: Info | None = None
    """What this connection said of the kiosk last."""
    _server_since: datetime | None = None
    _own_word_in: int | None = None
    """The connection in which our own status came back first: from then on the broker keeps ours."""
    _server: ServerState | None = None
    """What the server last said in this connection."""

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow())
            tasks.create_task(self._tell_news())
            tasks.create_task(self._tell_health())

    async def _tell_news(self) -> None:
        while True:
            await self.news.wait()
            self.news.clear()
            await self._introduce()

    async def _introduce(self) -> None:
        try:
            info = await self.info()
        except JournalError as error:  # the kiosk goes on; what it has told stays as it was
            log.error("what waits cannot be told: %s", error)  # noqa: TRY400  (the sentence says it all)
            return
        if self._connected and info != self._told:
            self._told = info
            self.link.publish("info", encode(info), retain=True)

    async def _tell_health(self) -> None:
        """At each connection, and from then on every minute."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.health_s):
                    await self._came_up.wait()
            self._came_up.clear()
            if not self._connected:
                continue
            try:
                health = await self.health()
            except JournalError as error:  # likewise
                log.error("how the kiosk is cannot be told: %s", error)  # noqa: TRY400  (likewise)
            else:
                self.link.publish("health", encode(health), qos=0)

    async def _follow(self) -> None:
        async for event in self.link.events():
            match event:
                case LinkUp(connection):
                    log.info("connected to the broker, connection %d", connection)
                    self._connection, self._why = connection, ""
                    self._connected, self._told, self._server = True, None, None
                    self._say("online")
                    self.news.set()
                    self._came_up.set()
                    self.outbox.connected()
                    self.follower.connected()
                    self.alerts.connected()
                case LinkDown(why, taken_over):
                    if why != self._why:  # a day without network is one line, not a thousand
                        log.warning("no broker: %s", why)
                    self._connected, self._why = False, why
                    self.outbox.disconnected()
                    self.follower.disconnected()
                    self.alerts.disconnected(taken_over=taken_over)
                case NotDelivered(leaf, why):
                    log.warning("%s was not delivered: %s", leaf, why)
                    if leaf == "records":
                        self.outbox.undelivered()
                case Incoming(leaf, payload):
                    self._take(leaf, payload)
                case _:
                    assert_never(event)

    async def close(self) -> None:
        await self.link.close(self._status("stopped"))

    def _take(self, leaf: str, payload: bytes) -> None:
        try:
            match leaf:
                case "receipt":
                    self.outbox.receipt(decode(payload, Receipt))
                case "cards/page":
                    self.follower.page(decode(payload, CardsPage))
                case "server/state":
                    self._server_said(decode(payload, ServerState))
                case "cmd":
                    self.command(decode(payload, Command))
                case "status":
                    self._read_back(decode(payload, Status))
                case _:
                    log.warning("a message that nobody expects")
        except WireError as error:
            log.warning("a message on %s that is not of the contract: %s", leaf, error)

    def _server_said(self, state: ServerState) -> None:
        if self._server is not None and (state == self._server or state.since != self._server.since):
            self.alerts.server_came()  # it says the same again when it has come (back) to the broker
        self._server = state
        # What it had not committed before is gone. Of the first that is heard nobody knows a before.
        started = self._server_since is not None and state.since != self._server_since
        self._server_since = state.since
        self.outbox.server_said(state.generation, started=started)
        self.follower.server_said(state)

    def _read_back(self, status: Status) -> None:
        """A will that came late must not leave us dead on the fleet's page."""
        if self._own_word_in is None:
            self.heard(status)
        if status.boot_id == self.boot_id:
            self._own_word_in = self._own_word_in or self._connection
        elif self._own_word_in is not None and self._connection > self._own_word_in:
            # Mosquitto 2.0 hangs up without a reason (142): what it keeps tells that another spoke meanwhile.
            self.alerts.another_spoke()
        if status.state == "lost":
            log.info("a stale will of connection %d was put right", status.connection)
            self._say("online")

    def _say(self, state: State) -> None:
        self.link.publish("status", self._status(state), retain=True)

    def _status(self, state: State) -> bytes:
        return encode(Status(state=state, boot_id=self.boot_id, connection=self._connection))
