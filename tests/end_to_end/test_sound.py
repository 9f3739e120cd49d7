"""A whole kiosk with a loudspeaker: what it shows is heard; a player that hangs or dies costs its sound."""

import os
import secrets
import signal
from array import array
from pathlib import Path
from typing import Final

import pytest
from nacl.public import PrivateKey

from agent.adapters.simulated.frame_socket import show
from agent.signs import TUNES
from agent.sound import Sound, sound_of, turned_down, write_wav
from agent.speaker import STEPS_DB
from tests.end_to_end.processes import Program, wait_until
from tests.end_to_end.town import scene_with
from tests.players import HeldPlayer

CODES: Final = [f"A{number:09d}" for number in range(1, 4)]
SPOKEN: Final = Sound(array("h", [5, 500, -500] * 3000))

pytestmark = pytest.mark.timeout(180)


def heard_as(sound: Sound) -> bytes:
    return b"".join(turned_down(sound, STEPS_DB[0]))


def hears(player: HeldPlayer, sounds: list[bytes], but: int = 0) -> None:
    """All of ``sounds`` have begun by now, ``but`` for the last ones."""
    wanted = sounds[: len(sounds) - but]
    wait_until(lambda: player.heard() == wanted, f"{len(wanted)} sounds are heard")


def test_the_loudspeaker_of_a_kiosk_that_never_waits_for_it(tmp_path: Path) -> None:
    (tmp_path / "list.key").write_text(secrets.token_hex(32))
    (tmp_path / "sealing.pub").write_text(PrivateKey.generate().public_key.encode().hex())
    (tmp_path / "kiosk.toml").write_text("""
kiosk = "k-abcdefghij"
venue = "v-102"
trust_clock = true
allow_volatile_data = true
[cards]
list_key = "list.key"
sealing_key = "sealing.pub"
[reading]
camera = "simulated"
[lights]
driver = "simulated"
[sound]
output = "alsa"
[screen]
port = 0
[policy]
ask_children = false
signal_s = 0.5
""")
    recorded = tmp_path / "recordings" / "fi" / "accepted.wav"
    recorded.parent.mkdir(parents=True)
    recorded.write_bytes(write_wav(SPOKEN))
    player = HeldPlayer(tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "aplay").symlink_to(player.program)
    agent = Program.of_module(
        "agent.cli",
        *("run", "--config", tmp_path / "kiosk.toml"),
        log=tmp_path / "log",
        PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}",
    )
    agent.start()
    try:
        agent.wait_for_line("light ready")
        wait_until((tmp_path / "data" / "camera.sock").exists, "the camera is there")
        tone, words = heard_as(sound_of(TUNES["accepted"])), heard_as(SPOKEN)
        for number, code in enumerate(CODES, start=1):
            show(tmp_path / "data" / "camera.sock", scene_with(code), 30.0)
            agent.wait_for_line("light accepted", number)
            hears(player, [tone, words] * number, but=1)
            if number == 1:
                player.end()
            else:
                os.kill(player.pid(2 * number - 2), signal.SIGKILL)
            hears(player, [tone, words] * number)
        assert agent.stop() == 0
        wait_until(lambda: not player.plays(), "it has fallen silent")
        assert (tmp_path / "log").read_text().count("no sound: aplay ended with -9") == 1
    finally:
        agent.kill()
