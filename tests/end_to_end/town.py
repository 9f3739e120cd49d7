"""One town in a folder: a fleet with mutual TLS, a venue, one kiosk, and made-up cards to show it."""

import csv
import getpass
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx
import numpy as np
from PIL import Image

from agent.adapters.simulated.card_picture import card_picture, foreign_picture
from agent.adapters.simulated.frame_socket import show
from agent.adapters.simulated.scene import Light, Pose, held_up
from agent.ports.camera import Luma
from tests.end_to_end.processes import Program, run_module, wait_until
from tests.provisioning.mosquitto import MOSQUITTO, free_port

VENUE = "Rovaniemen uimahalli"
SIZE = (1280, 720)
SIMULATED = """\
[reading]
camera = "simulated"
frames_per_second = 20.0

[lights]
driver = "simulated"

[screen]
port = 0

[policy]
question_s = 1.0
signal_s = 1.0
"""


@dataclass(frozen=True)
class Card:
    code: str
    sort: str


class Town:
    """Made with the same commands that a person would type."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fleet = folder / "fleet"
        self._logs = folder / "logs"
        self._logs.mkdir(parents=True)
        port, web_port = free_port(), free_port()
        fleet = ("--fleet", self.fleet)
        me = getpass.getuser()  # a test's folder is its own user's alone
        broker = ("--port", str(port), "--user", me, "--out", folder / "broker")
        run_module("provisioning.cli", "broker", *fleet, *broker)
        run_module(
            "server.cli",
            "venues",
            "add",
            *fleet,
            "--name",
            VENUE,
            "--area",
            "Rovaniemi",
            "--category",
            "sport",
        )
        run_module("agent.cli", "cards", "sample", "--out", folder / "cards", "--count", "40", "--seed", "7")
        run_module("server.cli", "cards", "import", *fleet, folder / "cards" / "cards.csv")
        run_module("provisioning.cli", "add", *fleet, "--venue", VENUE, "--out", folder / "kiosk")
        self._simulate(folder / "kiosk" / "kiosk.toml")
        assert MOSQUITTO is not None
        conf = folder / "broker" / "mosquitto.conf"
        self.broker = Program("mosquitto", [MOSQUITTO, "-c", conf], self._logs / "broker", {})
        self.server = Program.of_module(
            "server.cli", "serve", *fleet, "--port", str(web_port), log=self._logs / "server"
        )
        self.agent = Program.of_module(
            "agent.cli", "run", "--config", folder / "kiosk" / "kiosk.toml", log=self._logs / "agent"
        )
        self.address = f"http://127.0.0.1:{web_port}"
        self._web = httpx.Client(base_url=self.address, trust_env=False)

    def start(self) -> Self:
        self.broker.start()
        self.server.start().wait_for_line("The fleet's page")
        self.start_agent()
        return self

    def start_agent(self) -> None:
        """Started, and its camera's socket is there."""
        before = self.log("agent").count("camera open")
        self.agent.start()
        wait_until(
            lambda: self.log("agent").count("camera open") > before or self.agent.ended,
            "the agent's camera is open",
        )
        assert not self.agent.ended, self.log("agent")[-4000:]

    def stop(self) -> None:
        self._web.close()
        for program in (self.agent, self.server, self.broker):
            program.stop()

    def cards(self, *sorts: str) -> list[Card]:
        """The sample cards of the given sorts, as the list has them."""
        with (self.folder / "cards" / "cards.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return [card for row in rows if (card := Card(row["code"], _sort(row))).sort in sorts]

    def hold_up(self, card: Card, hold_s: float = 30.0) -> None:
        """Show a picture of the card to the kiosk's camera until another is shown."""
        self._show(scene_with(card.code), hold_s)

    def hold_up_foreign(self, text: str) -> None:
        self._show(_scene(foreign_picture(text)), 30.0)

    def wait_for_list(self, cards: int) -> None:
        """The kiosk said that it has them all."""
        wait_until(
            lambda: f"a whole list of {cards} cards answers" in self.log("agent"),
            f"{cards} cards on the kiosk",
        )

    def show_until(self, card: Card, light: str) -> None:
        """Hold a card up until its light is lit."""
        before = len(self.agent.said(light))
        self.hold_up(card)
        self.agent.wait_for_line(light, before + 1)

    def summary(self, by: str = "venue") -> Counter[str]:
        """Today's sums over all rows."""
        answer = self._web.get("/api/v1/visits/summary", params={"by": by})
        assert answer.status_code == httpx.codes.OK, answer.text
        sums: Counter[str] = Counter()
        for row in answer.json()["rows"]:
            sums.update({key: value for key, value in row.items() if isinstance(value, int)})
        return sums

    def wait_for_visits(self, visits: int) -> None:
        wait_until(lambda: self.summary()["visits"] >= visits, f"{visits} visits in the summary")

    def page(self) -> str:
        return self._web.get("/").text

    def verify(self) -> None:
        """The totals are what the facts add up to."""
        self.server_command("verify")

    def server_command(self, *arguments: str | Path) -> None:
        command, *rest = arguments
        run_module("server.cli", command, "--fleet", self.fleet, *rest)

    def log(self, name: str) -> str:
        path = self._logs / name
        return path.read_text() if path.exists() else ""

    def _show(self, luma: Luma, hold_s: float) -> None:
        socket = self.folder / "kiosk" / "data" / "camera.sock"
        wait_until(socket.exists, "the simulated camera's socket")
        show(socket, luma, hold_s)

    def _simulate(self, path: Path) -> None:
        """Camera and wires are the only parts that a test machine lacks."""
        as_it_is = "trust_clock = true\nallow_volatile_data = true\n"
        text = path.read_text().replace('data = "data"\n', f'data = "data"\n{as_it_is}')
        path.write_text(text[: text.index("[reading]")] + SIMULATED)


def scene_with(code: str, seed: int = 1) -> Luma:
    """A real scene: the card lies a little askew under an uneven light."""
    return _scene(card_picture(code), seed)


def _scene(picture: Image.Image, seed: int = 1) -> Luma:
    rng = np.random.default_rng(seed)
    return held_up(picture, Pose(turn=4.0), SIZE, Light(gradient=0.2, noise=2.0), rng)


def _sort(row: dict[str, str]) -> str:
    if row["status"] != "active":
        return row["status"]
    if row["kind"] == "community":
        return "community"
    return "expired" if row["valid_until"] < "2026-01-01" else "valid"
