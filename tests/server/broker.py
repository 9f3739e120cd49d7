"""A real Mosquitto on a plain loopback listener, and a client that speaks as a kiosk."""

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import TypeVar

import pytest
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from agent.wire.messages import Message, decode, encode
from agent.wire.topics import SERVER_STATE, of_kiosk

DEADLINE_S = 20.0

M = TypeVar("M", bound=Message)


def mosquitto() -> str:
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip("no Mosquitto on this machine: apt-get install mosquitto")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(happened: Callable[[], bool]) -> None:
    """Wait for ``happened``, up to the deadline of all these tests."""
    end = time.monotonic() + DEADLINE_S
    while not happened():
        assert time.monotonic() < end, "the deadline passed"
        time.sleep(0.02)


@contextmanager
def running_broker(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    config = folder / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nmessage_size_limit 262144\n")
    with subprocess.Popen([mosquitto(), "-c", str(config)], stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: _answers(port))
            yield process
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class KioskClient:
    """Publishes as ``kiosk`` and keeps what the server sends to it."""

    def __init__(self, kiosk: str, port: int) -> None:
        self._kiosk = kiosk
        self._got: Queue[tuple[str, bytes, bool]] = Queue()
        self._subscribed: Queue[None] = Queue()
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=f"test-{kiosk}", protocol=MQTTProtocolVersion.MQTTv5
        )
        self._client.on_message = self._on_message
        self._client.on_subscribe = self._on_subscribe
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        leaves = (SERVER_STATE, of_kiosk(kiosk, "receipt"), of_kiosk(kiosk, "cards/page"))
        self._client.subscribe([(topic, 1) for topic in leaves])
        self._subscribed.get(timeout=DEADLINE_S)

    def _on_message(self, client: mqtt.Client, userdata: object, message: mqtt.MQTTMessage) -> None:
        del client, userdata
        self._got.put((message.topic, bytes(message.payload), message.retain))

    def _on_subscribe(
        self, client: mqtt.Client, userdata: object, mid: int, reasons: list[ReasonCode], properties: object
    ) -> None:
        del client, userdata, mid, reasons, properties
        self._subscribed.put(None)

    def say(self, leaf: str, message: Message | bytes, *, retain: bool = False) -> None:
        payload = message if isinstance(message, bytes) else encode(message)
        self._client.publish(of_kiosk(self._kiosk, leaf), payload, qos=1, retain=retain).wait_for_publish(
            DEADLINE_S
        )

    def hear(self, kind: type[M], leaf: str | None = None) -> M:
        """The next message on the topic of ``leaf`` (``None``: the server's state)."""
        topic = SERVER_STATE if leaf is None else of_kiosk(self._kiosk, leaf)
        while True:
            got, payload, _ = self._got.get(timeout=DEADLINE_S)
            if got == topic:
                return decode(payload, kind)

    def is_quiet(self) -> bool:
        try:
            self._got.get_nowait()
        except Empty:
            return True
        return False

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
