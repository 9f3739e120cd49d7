"""An MQTT 5 client for tests: what did the broker say, and what came."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

WAIT_S = 10.0


@dataclass
class Heard:
    """What came to one client, and the broker's word on each publish."""

    client: Client
    messages: list[tuple[str, bytes, bool]] = field(default_factory=list)
    answers: dict[int, str] = field(default_factory=dict)
    subscribed: set[int | None] = field(default_factory=set)
    connects: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def note(self, action: Callable[[], None]) -> None:
        with self.changed:
            action()
            self.changed.notify_all()

    def until(self, true: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + WAIT_S
        with self.changed:
            return self.changed.wait_for(true, deadline - time.monotonic())

    def publish(self, topic: str, payload: bytes = b"{}", *, retain: bool = False) -> str:
        """The broker's answer in words: ``Success``, ``Not authorized``, or how the connection ended."""
        ends = len(self.ends)
        mid = self.client.publish(topic, payload, qos=1, retain=retain).mid
        assert self.until(lambda: mid in self.answers or len(self.ends) > ends), "no answer"
        return self.answers.get(mid) or self.ends[-1]

    def subscribe(self, *topics: str) -> None:
        mids = {self.client.subscribe(topic, qos=1)[1] for topic in topics}
        assert self.until(lambda: mids <= self.subscribed), "no SUBACK"

    @property
    def topics(self) -> list[str]:
        return [topic for topic, _, _ in self.messages]


def let_in(port: int, context: ssl.SSLContext) -> bool:
    """Does the broker answer a CONNECT? In TLS 1.3 a refusal shows only after the client's handshake."""
    with socket.create_connection(("localhost", port), WAIT_S) as plain:
        try:
            with context.wrap_socket(plain, server_hostname="localhost") as secured:
                secured.sendall(_CONNECT)
                return secured.recv(1) == _CONNACK
        except (ssl.SSLError, ConnectionError):
            return False


_CONNECT = bytes.fromhex("100d 0004 4d515454 05 02 003c 00 0000")
_CONNACK = b"\x20"


@contextmanager
def connected(port: int, context: ssl.SSLContext, client_id: str = "") -> Iterator[Heard]:
    client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTProtocolVersion.MQTTv5)
    client.tls_set_context(context)
    heard = Heard(client)

    def on_connect(_c: Client, _u: object, _f: object, reason: ReasonCode, _p: Properties | None) -> None:
        heard.note(lambda: heard.connects.append(str(reason)))

    def on_disconnect(_c: Client, _u: object, _f: object, reason: ReasonCode, _p: Properties | None) -> None:
        heard.note(lambda: heard.ends.append(str(reason)))

    def on_publish(_c: Client, _u: object, mid: int, reason: ReasonCode, _p: Properties | None) -> None:
        heard.note(lambda: heard.answers.update({mid: str(reason)}))

    def on_message(_c: Client, _u: object, message: MQTTMessage) -> None:
        heard.note(lambda: heard.messages.append((message.topic, bytes(message.payload), message.retain)))

    def on_subscribe(_c: Client, _u: object, mid: int, _r: list[ReasonCode], _p: Properties | None) -> None:
        heard.note(lambda: heard.subscribed.add(mid))

    client.on_connect = on_connect
    client.on_subscribe = on_subscribe
    client.on_disconnect = on_disconnect
    client.on_publish = on_publish
    client.on_message = on_message
    client.connect("localhost", port, clean_start=True)
    client.loop_start()
    try:
        assert heard.until(lambda: bool(heard.connects)), "no CONNACK"
        yield heard
    finally:
        client.disconnect()
        client.loop_stop()
