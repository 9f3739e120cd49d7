"""`kaiku-agent watch`: words for the installer, from any camera, and never what a code says."""

import asyncio
import io
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from agent.adapters.simulated.card_picture import card_picture, foreign_picture
from agent.adapters.simulated.eyes import SimulatedEyes
from agent.adapters.simulated.lights import SimulatedRing
from agent.commands.watch import LiveLine, NothingSeenError, watch_with
from agent.core.looking import Counts, Picture
from agent.core.reads import Read
from agent.folder_lock import only_user_of
from agent.lookout import Lookout
from agent.ports.eyes import Eyes, EyesLost, Glance
from tests.agent.examples import ANNA

PICTURE = Picture(sharpness=0.9, dark=0.02, blown=0.03, mean=128.0)
FOREIGN = "https://example.org/somebody"
WAIT_S = 60


class Screen(io.StringIO):
    """Ends the watching when ``enough`` was written."""

    def __init__(self, *, terminal: bool, enough: Callable[[str], bool]) -> None:
        super().__init__()
        self.ended = asyncio.Event()
        self._terminal = terminal
        self._enough = enough

    def isatty(self) -> bool:
        return self._terminal

    def write(self, text: str) -> int:
        written = super().write(text)
        if self._enough(self.getvalue()):
            self.ended.set()
        return written


def watched(eyes: Eyes, out: Screen) -> str:
    asyncio.run(watch_with(eyes, Lookout(SimulatedRing()), LiveLine(out), out.ended, WAIT_S))
    return out.getvalue()


def test_plain_lines_where_it_is_no_terminal_and_a_summary_at_the_end() -> None:
    eyes = SimulatedEyes("imx708", ("zxing-cpp",))
    eyes.see(Read(ANNA, "qr"), decode_ms=4.0)
    eyes.check(PICTURE, Counts(frames=10, failures=(2,), unread=1))
    eyes.lose("no frame came.")
    eyes.see()
    eyes.check(PICTURE, Counts(frames=5))
    lines = watched(eyes, Screen(terminal=False, enough=lambda said: said.count("sharp 90%") == 2))
    first, second, lost, again, fifth, last = lines.splitlines()
    assert first == again == "imx708, read with zxing-cpp. End with Ctrl-C."
    assert second.startswith("card QR | sharp 90% | light 50% | 4.0 ms a look")
    assert lost == "The camera was lost: no frame came. It is started again."
    assert fifth.startswith("nothing read | sharp 90%")
    assert ", 15 frames. Read: card QR (1). Sharpness: 90% to 90%." in last
    assert last.endswith("Held up and not read: 1. Failures of the decoders: 2. Camera lost: 1.")
    assert ANNA.reveal() not in lines


def test_on_a_terminal_one_line_changes_and_the_summary_stands_below() -> None:
    eyes = SimulatedEyes()
    for frames in (10, 20):
        eyes.check(PICTURE, Counts(frames=frames))
    said = watched(eyes, Screen(terminal=True, enough=lambda said: said.count("sharp") == 2))
    assert said.count("\r\x1b[K") == 2
    *_, live, summary = said.split("\n")[:-1]
    assert live.startswith("\r\x1b[K")
    assert summary.startswith("Watched for")


def test_a_camera_that_never_opens_is_an_error_in_its_own_words() -> None:
    class NoCamera:
        async def watch(self) -> AsyncIterator[Glance]:
            yield EyesLost("No camera is connected.")

    with pytest.raises(NothingSeenError, match="No camera is connected"):
        watched(NoCamera(), Screen(terminal=False, enough=lambda _: False))


def command(data: Path, *pictures: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "agent.cli",
        "watch",
        "--simulate",
        "--data",
        str(data),
        *map(str, pictures),
    ]


def test_real_pictures_in_the_real_child_until_ctrl_c(tmp_path: Path) -> None:
    card, leaflet = tmp_path / "card.png", tmp_path / "leaflet.png"
    card_picture("A999123453").save(card)
    foreign_picture(FOREIGN).save(leaflet)
    with subprocess.Popen(
        command(tmp_path / "data", card, leaflet), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("simulated (2 pictures), read with")
        assert process.stdout.readline().startswith("card ")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=WAIT_S)
    assert process.returncode == 0, err
    assert out.splitlines()[-1].startswith("Watched for")
    assert "A999123453" not in out + err
    assert FOREIGN not in out + err


def test_while_a_kiosk_has_the_camera_it_says_what_to_do(tmp_path: Path) -> None:
    card = tmp_path / "card.png"
    card_picture("A999123453").save(card)
    with only_user_of(tmp_path, "agent", ""):
        done = subprocess.run(
            command(tmp_path, card), capture_output=True, text=True, check=False, timeout=WAIT_S
        )
    assert done.returncode == 1
    assert "sudo systemctl stop kaiku-agent" in done.stderr
