"""Link on paho-mqtt: MQTT 5, clean start, mutual TLS, a will whose number counts up with each connection."""

import asyncio
import random
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from agent.adapters.restart_pause import RestartPause
from agent.ports.link import Incoming, LinkDown, LinkEvent, LinkUp, NotDelivered, QoS
from agent.wire.topics import KIOSK_READS, SERVER_STATE, of_kiosk

TAKEN_OVER: Final = 142
"""Another client has our identity: two that throw each other out must not do it every second."""
NO_SUBSCRIBERS: Final = 16
"""A success code of MQTT 5 that means that nobody got the message."""
UNSPECIFIED: Final = 128
NOT_AUTHORIZED: Final = 135
HUNG_UP: Final = (
    "the broker hangs up before it answers. Is this kiosk's certificate of this fleet, in time, not revoked?"
)
NOT_OURS: Final = (
    "the broker does not let this certificate speak for this kiosk: are kiosk.toml and certificate of one?"
)
FAREWELL_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class TlsFiles:
    ca: Path
    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class LinkTimes:
    """How long to wait, in seconds."""

    keepalive_s: int = 30
    """Of silence, before the broker is asked whether it is there; as long again for its answer."""
    connect_s: float = 10.0
    shortest_pause_s: float = 1.0
    longest_pause_s: float = 60.0
    """Between connections: it doubles from the one to the other."""
    held_s: float = 30.0
    """A connection that lasted so long counts as a success."""


TIMES: Final = LinkTimes()


class PahoLink:
    """``will`` makes the retained status that the broker publishes for us, from a connection's number."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        kiosk: str,
        tls: TlsFiles | None,
        will: Callable[[int], bytes],
        times: LinkTimes = TIMES,
    ) -> None:
        self._address = (host, port)
        self._kiosk = kiosk
        self._will = will
        self._connection = 0
        self._status = of_kiosk(kiosk, "status")
        self._leaves = {of_kiosk(kiosk, leaf): leaf for leaf in KIOSK_READS} | {SERVER_STATE: "server/state"}
        self._sent: dict[int, str] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._events: asyncio.Queue[LinkEvent] = asyncio.Queue()
        self._tls = tls
        self._times = times
        self._client: paho.Client | None = self._new_client()

    def count_from(self, first: int) -> None:
        """The next connection has this number; numbers must rise over restarts, too."""
        self._connection = first - 1

    async def events(self) -> AsyncIterator[LinkEvent]:
        self._loop = asyncio.get_running_loop()
        # A connection that is up for less is no success: another with our identity may throw us out again
        # and again, and an old broker does not say that it was so.
        times = self._times
        pause = RestartPause(
            first_s=times.shortest_pause_s, most_s=times.longest_pause_s, healthy_s=times.held_s
        )
        while True:
            down, lived_s = LinkDown((await self._connect()) or ""), 0.0
            if not down.why:
                up_at: float | None = None
                while not isinstance(event := await self._events.get(), LinkDown):
                    up_at = self._loop.time() if isinstance(event, LinkUp) else up_at
                    yield event
                down, lived_s = event, self._loop.time() - up_at if up_at is not None else 0.0
                if up_at is None and down.why.startswith(f"{UNSPECIFIED} "):
                    down = LinkDown(HUNG_UP)
                await self._let_go()
            yield down
            spread = random.random()  # noqa: S311  (no secret)
            await asyncio.sleep(
                wait_s(pause.after(lived_s), times, spread=spread, taken_over=down.taken_over)
            )

    def publish(self, leaf: str, payload: bytes, *, retain: bool = False, qos: QoS = 1) -> None:
        if self._client is None or not self._client.is_connected():
            return
        info = self._client.publish(of_kiosk(self._kiosk, leaf), payload, qos=qos, retain=retain)
        if qos and info.rc == paho.MQTT_ERR_SUCCESS:
            self._sent[info.mid] = leaf

    async def close(self, farewell: bytes) -> None:
        if self._client is not None and self._client.is_connected():
            info = self._client.publish(self._status, farewell, 1, retain=True)
            await asyncio.to_thread(_wait_for, info)
        await self.disconnect()

    async def disconnect(self) -> None:
        """Go without a word; the broker sends no will after a proper DISCONNECT."""
        if self._client is not None and self._client.is_connected():
            self._client.disconnect()
        await self._let_go()

    async def _let_go(self) -> None:
        """End paho's thread. Its inner sockets are closed when nobody holds the client any more."""
        client, self._client = self._client, None
        if client is not None:
            await asyncio.to_thread(client.loop_stop)

    async def _connect(self) -> str | None:
        """Why it failed, or ``None``."""
        while not self._events.empty():
            self._events.get_nowait()
        self._sent.clear()
        self._connection += 1
        session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        session.SessionExpiryInterval = 0
        try:
            client = self._client = self._new_client()
            client.will_set(self._status, self._will(self._connection), 1, retain=True)
            await asyncio.to_thread(
                client.connect,
                *self._address,
                keepalive=self._times.keepalive_s,
                clean_start=True,
                properties=session,
            )
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            return f"no connection to the broker at {self._address[0]}:{self._address[1]}: {error}"
        if self._client is not client:
            return "the link was closed while it connected"  # the socket goes with the client
        client.loop_start()
        return None

    def _new_client(self) -> paho.Client:
        """One for each connection: paho sends again what an earlier one had in flight, clean start or not."""
        client = paho.Client(
            CallbackAPIVersion.VERSION2, self._kiosk, protocol=paho.MQTTv5, reconnect_on_failure=False
        )
        # Only what is in flight: the outbox is on the disk, not in this process.
        client.max_queued_messages_set(20)
        client.connect_timeout = self._times.connect_s
        if self._tls is not None:
            client.tls_set(
                str(self._tls.ca),
                str(self._tls.certificate),
                str(self._tls.key),
                tls_version=ssl.PROTOCOL_TLS_CLIENT,
            )
        client.on_socket_open = _at_once
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        return client

    def _post(self, event: LinkEvent) -> None:
        """From paho's thread into the loop."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._events.put_nowait, event)

    def _on_connect(
        self, client: paho.Client, _u: object, _f: object, reason: ReasonCode, _p: Properties | None
    ) -> None:
        if reason.is_failure:
            self._post(LinkDown(f"{reason.value} {reason}"))
            return
        client.subscribe([(topic, SubscribeOptions(qos=1)) for topic in self._leaves])

    def _on_subscribe(
        self, client: paho.Client, _u: object, _m: int, reasons: list[ReasonCode], _p: Properties | None
    ) -> None:
        if refused := next((reason for reason in reasons if reason.is_failure), None):
            self._post(LinkDown(f"{refused.value} {refused}: the broker does not let this kiosk read"))
            client.disconnect()
        else:
            self._post(LinkUp(self._connection))

    def _on_disconnect(
        self, _c: paho.Client, _u: object, _f: object, reason: ReasonCode, _p: Properties | None
    ) -> None:
        self._post(LinkDown(f"{reason.value} {reason}", taken_over=reason.value == TAKEN_OVER))

    def _on_message(self, _c: paho.Client, _u: object, message: paho.MQTTMessage) -> None:
        if leaf := self._leaves.get(message.topic):
            self._post(Incoming(leaf, bytes(message.payload)))

    def _on_publish(
        self, _c: paho.Client, _u: object, mid: int, reason: ReasonCode, _p: Properties | None
    ) -> None:
        # Looked up in the loop: there the publish that made ``mid`` has returned for certain.
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._acknowledged, mid, reason)

    def _acknowledged(self, mid: int, reason: ReasonCode) -> None:
        leaf = self._sent.pop(mid, None)
        if leaf is not None and (reason.is_failure or reason.value == NO_SUBSCRIBERS):
            why = NOT_OURS if reason.value == NOT_AUTHORIZED else f"{reason.value} {reason}"
            self._events.put_nowait(NotDelivered(leaf, why))


def wait_s(pause_s: float, times: LinkTimes, *, spread: float, taken_over: bool) -> float:
    """Half to all of ``pause_s``, so that a fleet does not come back in step; the longest if taken over."""
    if taken_over:
        return times.longest_pause_s * (1.5 + spread / 2)
    return pause_s * (1 + spread) / 2


def _at_once(_c: paho.Client, _u: object, sock: object) -> None:
    """The kernel holds a small packet back until the one before has been acknowledged: 40 ms each way."""
    if isinstance(sock, socket.socket):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _wait_for(info: paho.MQTTMessageInfo) -> None:
    try:
        info.wait_for_publish(FAREWELL_S)
    except (RuntimeError, ValueError):
        return  # the broker went first; it has our will
