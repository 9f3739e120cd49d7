"""The contract of Loudspeaker, over a program in the place of ``aplay`` and its twin."""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from agent.adapters.aplay import AlsaLoudspeaker
from agent.adapters.simulated.loudspeaker import SimulatedLoudspeaker
from agent.ports.loudspeaker import Loudspeaker
from agent.sound import Sound, read_wav, turned_down, write_wav
from tests.players import HeldPlayer, soon

HIGH: Final = Sound(array("h", [7, 7000, -7000] * 2000))
LOW: Final = Sound(array("h", [3, -3000, 3000] * 2000))


def samples(sound: Sound, decibels: float = 0) -> bytes:
    return b"".join(turned_down(sound, decibels))


@dataclass(frozen=True)
class Rig:
    """A loudspeaker, an ear, and time."""

    loudspeaker: Loudspeaker
    heard: Callable[[], list[bytes]]
    """The samples of all that has begun to sound."""
    plays: Callable[[], bool]
    end: Callable[[], None]
    """What sounds comes to its end."""
    ended: Callable[[], list[int]]
    """Which of what was heard came to its own end."""

    def begins(self, *sounds: bytes) -> bool:
        """Whether these, and no others, have begun by now or do so soon."""
        return soon(lambda: len(self.heard()) >= len(sounds)) and self.heard() == list(sounds)


def simulated() -> Rig:
    twin = SimulatedLoudspeaker()

    def heard() -> list[bytes]:
        return [
            samples(what if isinstance(what, Sound) else read_wav(what.read_bytes()), decibels)
            for what, decibels in twin.heard
        ]

    return Rig(twin, heard, lambda: twin.now is not None, twin.end, lambda: twin.ended)


@pytest.fixture(params=["alsa", "simulated"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    if request.param == "simulated":
        yield simulated()
        return
    player = HeldPlayer(tmp_path)
    loudspeaker = AlsaLoudspeaker("default", program=player.program)
    yield Rig(loudspeaker, player.heard, player.plays, player.end, player.ended)
    loudspeaker.close()


@pytest.fixture
def prompt(tmp_path: Path) -> Callable[[str], tuple[Path, bytes]]:
    """A WAV file, and what it sounds like."""

    def make(name: str) -> tuple[Path, bytes]:
        sound = Sound(array("h", [len(name), ord(name[0]) * 50] * 3000))
        path = tmp_path / f"{name}.wav"
        path.write_bytes(write_wav(sound))
        return path, samples(sound)

    return make


Prompt = Callable[[str], tuple[Path, bytes]]


def test_a_tone_sounds_as_loud_as_it_is_asked_to(rig: Rig) -> None:
    rig.loudspeaker.sound(HIGH, -12)
    assert rig.begins(samples(HIGH, -12))
    assert rig.plays()


def test_a_new_tone_ends_the_old_and_what_waits(rig: Rig, prompt: Prompt) -> None:
    rig.loudspeaker.sound(HIGH, 0)
    assert rig.begins(samples(HIGH))
    rig.loudspeaker.speak(prompt("welcome")[0], 0)
    rig.loudspeaker.sound(LOW, 0)
    assert rig.begins(samples(HIGH), samples(LOW))
    rig.end()
    assert soon(lambda: not rig.plays())
    assert rig.begins(samples(HIGH), samples(LOW))


def test_speech_waits_for_a_tone(rig: Rig, prompt: Prompt) -> None:
    welcome, spoken = prompt("welcome")
    rig.loudspeaker.sound(HIGH, 0)
    assert rig.begins(samples(HIGH))
    rig.loudspeaker.speak(welcome, 0)
    rig.end()
    assert rig.begins(samples(HIGH), spoken)
    assert rig.ended() == [0]


def test_of_two_prompts_behind_a_tone_the_newer_is_said(rig: Rig, prompt: Prompt) -> None:
    welcome, thanks = prompt("welcome"), prompt("thanks")
    rig.loudspeaker.sound(HIGH, 0)
    rig.loudspeaker.speak(welcome[0], 0)
    rig.loudspeaker.speak(thanks[0], 0)
    assert rig.begins(samples(HIGH))
    rig.end()
    assert rig.begins(samples(HIGH), thanks[1])


def test_new_speech_ends_the_old(rig: Rig, prompt: Prompt) -> None:
    welcome, thanks = prompt("welcome"), prompt("thanks")
    rig.loudspeaker.speak(welcome[0], 0)
    assert rig.begins(welcome[1])
    rig.loudspeaker.speak(thanks[0], 0)
    assert rig.begins(welcome[1], thanks[1])


@pytest.mark.parametrize("quiet", ["hush", "close"])
def test_silence_is_at_once_and_for_what_waits_too(rig: Rig, prompt: Prompt, quiet: str) -> None:
    rig.loudspeaker.sound(HIGH, 0)
    rig.loudspeaker.speak(prompt("welcome")[0], 0)
    assert rig.begins(samples(HIGH))
    getattr(rig.loudspeaker, quiet)()
    assert soon(lambda: not rig.plays())
    assert rig.begins(samples(HIGH))


def test_after_a_hush_the_next_is_heard(rig: Rig) -> None:
    rig.loudspeaker.sound(HIGH, 0)
    assert rig.begins(samples(HIGH))
    rig.loudspeaker.hush()
    rig.loudspeaker.sound(LOW, 0)
    assert rig.begins(samples(HIGH), samples(LOW))


def test_closed_it_is_silent_and_may_be_closed_twice(rig: Rig) -> None:
    rig.loudspeaker.close()
    rig.loudspeaker.sound(HIGH, 0)
    rig.loudspeaker.hush()
    rig.loudspeaker.close()
    assert rig.heard() == []
