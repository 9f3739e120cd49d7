"""A process full of kiosks that follow the card list, each with a plain subscriber beside it as the floor.

Blocks come in the order of the cards' numbers. Standard output says when a block refuses its card and when
the floor's message came: ``refused KIOSK NUMBER NS BYTES`` and ``floor KIOSK NUMBER NS``.
"""

import asyncio
import signal
import socket
import sys
import time
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from agent.core.judge import Policy, judge
from agent.wire.card_code import CardCode
from tests.bench.list_kiosk import ListKiosk
from tests.bench.serving import code_of
from tests.broker import HOST

FLOOR = "bench/floor"


class Watched:
    """A kiosk whose next card is shown to it whenever its list has changed."""

    def __init__(self, folder: Path, port: int, name: str) -> None:
        self._name = name
        self._next = -1
        self.kiosk = ListKiosk(folder / name, port, name, self._look)

    def _look(self) -> None:
        if self._next < 0:
            self._next = 0
            say("ready" if self._verdict() == "accepted" else "wrong", self._name)
            return
        while (verdict := self._verdict()) == "ask_staff":
            say("refused", self._name, self._next, time.monotonic_ns(), self.kiosk.page_bytes)
            self._next += 1
        if verdict != "accepted":
            say("wrong", self._name)

    def _verdict(self) -> str:
        """What the kiosk says to the next card."""
        at = self.kiosk.clock.now()
        known = self.kiosk.known.look_up(CardCode(code_of(self._next)), at)
        return judge(known.row, at.wall_utc.date(), Policy()).verdict


def prompt_client(name: str) -> paho.Client:
    client = paho.Client(CallbackAPIVersion.VERSION2, name, protocol=paho.MQTTv5)
    client.on_socket_open = _at_once
    return client


def _at_once(_client: paho.Client, _userdata: object, sock: object) -> None:
    """As our own links do."""
    if isinstance(sock, socket.socket):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _subscribe(client: paho.Client) -> None:
    client.subscribe(FLOOR, 1)


def floor(port: int, name: str) -> paho.Client:
    client = prompt_client(f"floor-{name}")
    client.on_connect = lambda client, *_: _subscribe(client)
    client.on_subscribe = lambda *_: say("listening", name)
    client.on_message = lambda _c, _u, message: say(
        "floor", name, int(message.payload[:8]), time.monotonic_ns()
    )
    client.connect(HOST, port)
    client.loop_start()
    return client


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


async def main() -> None:
    """Until SIGTERM."""
    port, folder, *names = sys.argv[1:]
    floors = [floor(int(port), name) for name in names]
    running = [asyncio.create_task(Watched(Path(folder), int(port), name).kiosk.run()) for name in names]
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait([stopped, *running], return_when=asyncio.FIRST_COMPLETED)
    for client in floors:
        client.disconnect()
        client.loop_stop()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=stop.is_set())


if __name__ == "__main__":
    asyncio.run(main())
