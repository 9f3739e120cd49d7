"""A card is blocked on the server: how soon every kiosk refuses it, beside a message to as many."""

import http.client
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent.wire.topics import new_kiosk_id
from tests.bench.figures import Spread
from tests.bench.list_clients import FLOOR, prompt_client
from tests.bench.serving import another_disk, code_of, serving
from tests.broker import HOST, Mosquitto
from tests.end_to_end.processes import Program, wait_until

PROCESSES = 4
LONGEST_S = 120.0
BETWEEN_S = 0.05


@dataclass(frozen=True)
class Revocation:
    clients: int
    blocks: int
    cards: int
    refused: Spread
    """From the request to block to the refusal, at each client."""
    answered: Spread
    """From the request to block to its answer: the server's own share, with its commit."""
    floor: Spread
    """From publish to receive, of as many bytes, at each of as many subscribers."""
    bytes: int
    wrong: Sequence[str]


def measure(clients: int, blocks: int, cards: int) -> Revocation:
    names = [new_kiosk_id() for _ in range(clients)]
    with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory(dir=another_disk()) as fleet:
        folder = Path(ours)
        with (
            Mosquitto(folder) as broker,
            serving(Path(fleet), broker.port, names, cards=cards) as server,
            _clients(folder, broker.port, names) as programs,
            closing(http.client.HTTPConnection("127.0.0.1", server.web_port)) as web,
            _publisher(broker.port) as publish,
        ):
            heard = _Heard(programs)
            heard.wait("ready", clients)
            heard.wait("listening", clients)
            asked, answered, published, size = [], [], [], 0
            for number in range(blocks):
                time.sleep(random.random() * BETWEEN_S)  # noqa: S311  (no secret)
                asked.append(time.monotonic_ns())
                _block(web, number)
                answered.append(time.monotonic_ns())
                heard.wait("refused", clients * (number + 1))
                size = size or int(heard.words("refused")[0][4])
                time.sleep(BETWEEN_S)
                published.append(time.monotonic_ns())
                publish(f"{number:08}".encode().ljust(size))
                heard.wait("floor", clients * (number + 1))
            refusals, floors = heard.words("refused"), heard.words("floor")
            wrong = [" ".join(words) for words in heard.words("wrong")]
    seen = {(name, int(number)) for _, name, number, *_ in refusals}
    if len(seen) != clients * blocks:
        wrong.append(f"{len(seen)} refusals of {clients * blocks}")
    return Revocation(
        clients,
        blocks,
        cards,
        Spread.of_ns([int(words[3]) - asked[int(words[2])] for words in refusals]),
        Spread.of_ns([after - before for before, after in zip(asked, answered, strict=True)]),
        Spread.of_ns([int(words[3]) - published[int(words[2])] for words in floors]),
        size,
        wrong,
    )


class _Heard:
    """What the processes have said so far."""

    def __init__(self, programs: Sequence[Program]) -> None:
        self._programs = programs

    def words(self, first: str) -> list[list[str]]:
        return [line.split() for program in self._programs for line in program.said(f"{first} ")]

    def wait(self, first: str, count: int) -> None:
        wait_until(
            lambda: len(self.words(first)) >= count or bool(self.words("wrong")),
            f"{count} lines of {first!r}, not {len(self.words(first))}",
            LONGEST_S,
        )


@contextmanager
def _clients(folder: Path, port: int, names: Sequence[str]) -> Iterator[list[Program]]:
    count = min(PROCESSES, len(names))
    with ExitStack() as running:
        programs = []
        for number in range(count):
            program = Program.of_module(
                "tests.bench.list_clients",
                str(port),
                folder,
                *names[number::count],
                log=folder / f"clients-{number}.log",
            )
            programs.append(program.start())
            running.callback(program.stop)
        yield programs


@contextmanager
def _publisher(port: int) -> Iterator[Callable[[bytes], object]]:
    client = prompt_client("publisher")
    client.connect(HOST, port)
    client.loop_start()
    yield lambda payload: client.publish(FLOOR, payload, 1)
    client.disconnect()
    client.loop_stop()


def _block(web: http.client.HTTPConnection, number: int) -> None:
    body = json.dumps({"code": code_of(number)})
    web.request("POST", "/api/v1/cards/block", body, {"content-type": "application/json"})
    answer = web.getresponse()
    answer.read()
    if answer.status != http.HTTPStatus.OK:
        raise RuntimeError(f"The server answers a block with {answer.status}.")
