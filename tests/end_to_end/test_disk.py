"""A whole kiosk on a disk that fails or forgets: nothing shows green, and what can heal heals by itself."""

import resource
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from nacl.public import PrivateKey

from agent.adapters.local_folder import LocalFolder
from agent.adapters.simulated.frame_socket import show
from agent.core.memory import why_volatile
from tests.end_to_end.processes import Program, wait_until
from tests.end_to_end.town import Town, scene_with
from tests.provisioning.mosquitto import needs_mosquitto

ACCEPTED, ASK_STAFF, OUT_OF_ORDER, READY = (
    f"light {signal}" for signal in ("accepted", "ask_staff", "out_of_order", "ready")
)
CODES = [f"A{number:09d}" for number in range(1, 9)]

pytestmark = pytest.mark.timeout(180)


@dataclass
class Kiosk:
    """One kiosk that stands alone: it has no list, so its venue's rule lets cards of the right shape in."""

    folder: Path
    data: Path
    agent: Program

    @classmethod
    def in_folder(cls, folder: Path, data: Path, *, allowed: bool) -> "Kiosk":
        (folder / "list.key").write_text(secrets.token_hex(32))
        (folder / "sealing.pub").write_text(PrivateKey.generate().public_key.encode().hex())
        (folder / "kiosk.toml").write_text(f"""
kiosk = "k-abcdefghij"
venue = "v-102"
data = "{data}"
trust_clock = true
allow_volatile_data = {str(allowed).lower()}
[cards]
list_key = "list.key"
sealing_key = "sealing.pub"
[screen]
port = 0
[policy]
ask_children = false
signal_s = 0.5
""")
        arguments = ("run", "--simulate", "--config", folder / "kiosk.toml")
        return cls(folder, data, Program.of_module("agent.cli", *arguments, log=folder / "log"))

    def start(self) -> None:
        before = self.log().count("camera open")
        self.agent.start()
        wait_until(lambda: self.log().count("camera open") > before or self.agent.ended, "the camera is open")
        assert not self.agent.ended, self.log()

    def log(self) -> str:
        return (self.folder / "log").read_text() if (self.folder / "log").exists() else ""

    def show(self, code: str, light: str) -> None:
        """Hold a card up until its light is lit."""
        before = len(self.agent.said(light))
        show(self.data / "camera.sock", scene_with(code), 30.0)
        self.agent.wait_for_line(light, before + 1)

    def bodies(self) -> list[bytes]:
        with closing(sqlite3.connect(self.data / "journal.db")) as reader:
            return [body for (body,) in reader.execute("SELECT body FROM records ORDER BY ordinal, seq")]

    def scans(self) -> int:
        return sum(b'"type":"scan/1"' in body for body in self.bodies())

    def openings(self) -> int:
        return sum(b'"type":"opened/1"' in body for body in self.bodies())


@pytest.fixture
def kiosk(disk_path: Path) -> Iterator[Kiosk]:
    made = Kiosk.in_folder(disk_path, disk_path / "data", allowed=True)
    try:
        yield made
    finally:
        made.agent.stop()


def test_a_disk_without_room_asks_the_staff_and_the_kiosk_heals_by_itself(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.show(CODES[0], ACCEPTED)
    _, most = resource.prlimit(kiosk.agent.pid, resource.RLIMIT_FSIZE)
    size = (kiosk.data / "journal.db-wal").stat().st_size
    assert size > len(kiosk.log())  # the log is a file as well
    resource.prlimit(kiosk.agent.pid, resource.RLIMIT_FSIZE, (size, most))  # no file grows beyond this
    for code in CODES[1:4]:
        kiosk.show(code, ASK_STAFF)
    kiosk.agent.wait_for_line(OUT_OF_ORDER)
    assert (len(kiosk.agent.said(ACCEPTED)), kiosk.scans()) == (1, 1)
    before = len(kiosk.agent.said(READY))
    resource.prlimit(kiosk.agent.pid, resource.RLIMIT_FSIZE, (most, most))  # somebody made room
    kiosk.agent.wait_for_line(READY, before + 1)
    kiosk.show(CODES[4], ACCEPTED)
    assert (kiosk.scans(), kiosk.openings()) == (2, 1)


def test_a_kiosk_whose_data_lies_in_memory_is_out_of_order_and_says_why(tmp_path: Path) -> None:
    with TemporaryDirectory(dir="/dev/shm") as memory:
        kiosk = Kiosk.in_folder(tmp_path, Path(memory), allowed=False)
        try:
            kiosk.start()
            for code in CODES[:2]:
                kiosk.show(code, ASK_STAFF)
            kiosk.agent.wait_for_line(OUT_OF_ORDER, 2)
            assert kiosk.agent.said(ACCEPTED) == kiosk.agent.said(READY) == []
            assert "Switch the overlay off" in kiosk.log()
            assert all(b'"reason":"forgetful"' in body for body in kiosk.bodies() if b"scan/1" in body)
        finally:
            kiosk.agent.stop()


def test_a_kiosk_whose_journal_is_gone_does_not_pass_for_a_new_one(kiosk: Kiosk) -> None:
    kiosk.folder.joinpath("kiosk.toml").write_text(
        (kiosk.folder / "kiosk.toml").read_text().replace("data = true", "data = false")
    )
    kiosk.start()
    kiosk.agent.stop()
    for file in kiosk.data.glob("journal.db*"):
        file.unlink()
    kiosk.start()
    kiosk.show(CODES[0], ASK_STAFF)
    assert "its file was lost" in kiosk.log()
    assert b'"why":"journal lost"' in kiosk.bodies()[0]


@pytest.mark.parametrize("content", [b"no database but a text of some length " * 100, bytes(20_000)])
def test_a_damaged_card_list_is_begun_anew_in_one_start_and_lets_nobody_in_by_error(
    kiosk: Kiosk, content: bytes
) -> None:
    kiosk.data.mkdir()
    (kiosk.data / "cards.db").write_bytes(content)
    kiosk.start()
    kiosk.show(CODES[0], ASK_STAFF)
    kiosk.show(CODES[1], ASK_STAFF)
    assert (kiosk.scans(), kiosk.openings()) == (2, 1)
    assert all(b"list_unreadable" in body for body in kiosk.bodies() if b"scan/1" in body)


def wait_for_connection(town: Town, times: int) -> None:
    wait_until(lambda: town.log("agent").count("connected to the broker") == times, "it is connected")


@needs_mosquitto
def test_a_card_that_was_put_back_to_an_older_state_is_found_out_by_what_the_broker_keeps(
    disk_path: Path,
) -> None:
    if kind := why_volatile(LocalFolder(disk_path).place()):
        pytest.skip(f"the tests' folder is on {kind}, which is found out before the broker is asked")
    town = Town(disk_path)
    data, older = disk_path / "kiosk" / "data", disk_path / "older"
    config = disk_path / "kiosk" / "kiosk.toml"
    config.write_text(config.read_text().replace("allow_volatile_data = true\n", ""))
    card = town.cards("valid")[0]
    try:
        town.start()
        town.wait_for_list(39)
        town.show_until(card, ACCEPTED)
        town.wait_for_visits(1)
        town.agent.stop()
        shutil.copytree(data, older)
        for starts in (2, 3):
            town.start_agent()
            wait_for_connection(town, starts)
            town.agent.stop()
        shutil.rmtree(data)
        older.rename(data)
        town.start_agent()
        town.agent.wait_for_line(OUT_OF_ORDER)
        town.show_until(card, ASK_STAFF)
        wait_until(lambda: "Pois käytöstä" in town.page(), "the fleet's page tells it")
        assert "the fleet heard of connection" in town.log("agent")
        assert (town.summary()["visits"], len(town.agent.said(ACCEPTED))) == (1, 1)
        town.agent.stop()
        town.start_agent()  # in the same boot that proves nothing
        town.show_until(card, ASK_STAFF)
    finally:
        town.stop()
