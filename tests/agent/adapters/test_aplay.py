"""The loudspeaker on ALSA: a player that is missing, dies or hangs costs its sound, and nothing else."""

import logging
import os
import shutil
import signal
import struct
import threading
from array import array
from pathlib import Path
from typing import Final

import pytest

from agent.adapters.aplay import AlsaLoudspeaker
from agent.sound import RATE, Sound, sound_of, turned_down, write_wav
from tests.players import HeldPlayer, program, soon

TONE: Final = Sound(array("h", [1000, -1000] * 1000))
needs_aplay = pytest.mark.skipif(shutil.which("aplay") is None, reason="alsa-utils is not installed")


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


FAILING: Final = {
    "missing": (None, "alsa-utils"),
    "ends with an error": ("echo 'ALSA lib: no such device' >&2; exit 1", "no such device"),
    "is killed": ("kill -9 $$", "ended with -9"),
    "hangs": ("exec sleep 60", "hangs or is busy"),
    "hangs and has a child": ("sleep 60 & wait", "hangs or is busy"),
    "never reads": ("exec <&-; exec sleep 60", "hangs or is busy"),
}


@pytest.mark.parametrize(("text", "says"), FAILING.values(), ids=FAILING.keys())
def test_a_player_that_fails_is_counted_and_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str | None, says: str
) -> None:
    player = program(tmp_path / "player", text) if text else str(tmp_path / "absent")
    loudspeaker = AlsaLoudspeaker("default", program=player, slack_s=0.05 if "hangs" in says else 60)
    for faults in (1, 2):
        loudspeaker.sound(TONE, 0)
        assert says in loudspeaker.heard_out()
        assert loudspeaker.faults == faults
    loudspeaker.close()
    assert len(warnings_in(caplog)) == 1
    assert says in warnings_in(caplog)[0]


def test_once_there_is_sound_again_the_next_fault_is_said_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tmp_path / "broken"
    loudspeaker = AlsaLoudspeaker(
        "default", program=program(tmp_path / "player", f'cat >/dev/null; [ ! -e "{broken}" ]')
    )
    for there in (True, False, True):
        if there:
            broken.touch()
        else:
            broken.unlink()
        loudspeaker.sound(TONE, 0)
        assert bool(loudspeaker.heard_out()) is there
    loudspeaker.close()
    assert len(warnings_in(caplog)) == 2


@pytest.mark.parametrize("content", [None, b"", b"no wav", write_wav(TONE)[:20]])
def test_a_prompt_that_cannot_be_played_costs_itself_only(tmp_path: Path, content: bytes | None) -> None:
    prompt = tmp_path / "prompt.wav"
    if content is not None:
        prompt.write_bytes(content)
    player = HeldPlayer(tmp_path)
    loudspeaker = AlsaLoudspeaker("default", program=player.program)
    loudspeaker.speak(prompt, 0)
    assert "prompt.wav" in loudspeaker.heard_out()
    loudspeaker.sound(TONE, 0)
    assert soon(lambda: len(player.heard()) == 1)
    loudspeaker.close()


def test_a_player_that_is_killed_from_outside_costs_its_sound_only(tmp_path: Path) -> None:
    player = HeldPlayer(tmp_path)
    loudspeaker = AlsaLoudspeaker("default", program=player.program)
    loudspeaker.sound(TONE, 0)
    assert soon(lambda: len(player.heard()) == 1)
    os.kill(player.pid(0), signal.SIGKILL)
    assert "-9" in loudspeaker.heard_out()
    loudspeaker.sound(TONE, -6)
    assert soon(lambda: len(player.heard()) == 2)
    loudspeaker.close()


def test_what_is_asked_for_faster_than_it_can_be_played_ends_in_the_last(tmp_path: Path) -> None:
    """Neither the asking thread nor the pile of sounds grows with a device that stands still."""
    player = HeldPlayer(tmp_path)
    loudspeaker = AlsaLoudspeaker("default", program=player.program)
    for level in range(200):
        loudspeaker.sound(TONE, -level / 10)
    last = b"".join(turned_down(TONE, -19.9))
    assert soon(lambda: player.heard()[-1:] == [last])
    loudspeaker.close()
    assert not player.plays()


def test_closed_it_leaves_no_thread_and_no_open_file(tmp_path: Path) -> None:
    player = HeldPlayer(tmp_path)
    threads, files = set(threading.enumerate()), open_files()
    loudspeaker = AlsaLoudspeaker("default", program=player.program)
    loudspeaker.sound(TONE, 0)
    assert soon(lambda: len(player.heard()) == 1)
    loudspeaker.close()
    assert set(threading.enumerate()) <= threads
    assert open_files() == files
    assert not player.plays()


def test_a_player_is_ended_with_all_its_children(tmp_path: Path) -> None:
    child = tmp_path / "child"
    player = program(tmp_path / "player", f'sleep 60 & echo $! > "{child}"; wait')
    loudspeaker = AlsaLoudspeaker("default", program=player, slack_s=60)
    loudspeaker.sound(TONE, 0)
    assert soon(lambda: child.exists() and bool(child.read_text()))
    pid = int(child.read_text())
    loudspeaker.hush()
    assert soon(lambda: is_over(pid))
    loudspeaker.close()


def is_over(pid: int) -> bool:
    """Gone, or dead and waited for by nobody (as where no init takes orphans in)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def played(heard: Path) -> tuple[int, int, bytes]:
    """Rate, channels and samples; the silence that fills the last period up is left out."""
    data = heard.read_bytes()
    channels, rate = struct.unpack_from("<HI", data, 22)
    return rate, channels, data[44:].rstrip(b"\0")


@needs_aplay
def test_the_real_aplay_hands_alsa_every_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ALSA's own file device in the place of a sound card; the rest of it is real."""
    heard = tmp_path / "heard.wav"
    settings = tmp_path / "asound.conf"
    settings.write_text(
        f'pcm.void {{ type null }}\npcm.ear {{ type file slave.pcm "void" file "{heard}" format "wav" }}\n'
    )
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(settings))
    tone = sound_of(((523.0, 0.2), (784.0, 0.2)))
    loudspeaker = AlsaLoudspeaker("ear")
    loudspeaker.sound(tone, -6)
    assert loudspeaker.heard_out() == ""
    sent = b"".join(turned_down(tone, -6))
    assert played(heard) == (RATE, 1, sent.rstrip(b"\0"))
    stereo = Sound(array("h", [500, -400] * RATE), RATE * 2, 2)
    prompt = tmp_path / "prompt.wav"
    prompt.write_bytes(write_wav(stereo))
    loudspeaker.speak(prompt, 0)
    assert loudspeaker.heard_out() == ""
    assert played(heard) == (RATE * 2, 2, stereo.samples.tobytes().rstrip(b"\0"))
    loudspeaker.close()


@needs_aplay
def test_a_device_that_is_not_there_is_said_in_alsa_s_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "asound.conf"
    settings.write_text("pcm.void { type null }\n")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(settings))
    loudspeaker = AlsaLoudspeaker("loudspeaker")
    loudspeaker.sound(TONE, 0)
    assert "audio open error: No such file or directory" in loudspeaker.heard_out()
    loudspeaker.close()
