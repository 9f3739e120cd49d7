"""What is heard of a tune, measured in its samples; and what a WAV file must be to be played."""

import io
import math
import wave
from array import array
from typing import Final

import pytest

from agent.signs import TUNES, Tune, seconds_of
from agent.sound import (
    RATE,
    NoSoundError,
    Sound,
    at_full_level,
    read_wav,
    sound_of,
    turned_down,
    write_wav,
)

HEARD: Final = {name: tune for name, tune in TUNES.items() if tune}
FULL: Final = 32767


def strength(samples: "array[int]", hertz: float) -> float:
    """How much of ``hertz`` there is in ``samples`` (Goertzel), as an amplitude."""
    turn = 2 * math.cos(2 * math.pi * hertz / RATE)
    last, before = 0.0, 0.0
    for sample in samples:
        last, before = sample + turn * last - before, last
    return 2 * math.sqrt(max(last**2 + before**2 - turn * last * before, 0)) / len(samples)


def parts(tune: Tune) -> list[tuple[float, "array[int]"]]:
    """Each note's hertz with the middle half of its samples, where it is at its full level."""
    sound, at, found = sound_of(tune), 0, []
    for hertz, seconds in tune:
        length = round(seconds * RATE)
        found.append((hertz, sound.samples[at + length // 4 : at + 3 * length // 4]))
        at += length
    return found


@pytest.mark.parametrize("tune", HEARD.values(), ids=HEARD.keys())
def test_each_note_has_its_pitch_and_overtones_and_each_rest_is_silent(tune: Tune) -> None:
    for hertz, samples in parts(tune):
        if not hertz:
            assert not any(samples)
            continue
        own = strength(samples, hertz)
        for share, number in ((0.35, 2), (0.2, 3)):
            assert strength(samples, hertz * number) / own == pytest.approx(share, abs=0.06)
        for off in (hertz * 0.84, hertz * 1.19, hertz * 4):
            assert strength(samples, off) < own / 8, "a third beside it there is next to nothing"


@pytest.mark.parametrize("tune", HEARD.values(), ids=HEARD.keys())
def test_a_tune_is_short_and_loud_and_never_clipped(tune: Tune) -> None:
    sound = sound_of(tune)
    assert sound.seconds == pytest.approx(seconds_of(tune), abs=0.001)
    assert sound.seconds < 0.7
    loudest = max(map(abs, sound.samples))
    assert 0.85 * FULL < loudest < 0.95 * FULL
    assert all(440 <= hertz <= 784 for hertz, _ in tune if hertz)


@pytest.mark.parametrize("tune", HEARD.values(), ids=HEARD.keys())
def test_no_note_begins_or_ends_with_a_click(tune: Tune) -> None:
    sound, at = sound_of(tune), 0
    for hertz, seconds in tune:
        length = round(seconds * RATE)
        edges = (*sound.samples[at : at + 3], *sound.samples[at + length - 3 : at + length])
        assert max(map(abs, edges)) < 0.02 * FULL, hertz
        at += length


def test_no_tune_is_no_sound() -> None:
    assert sound_of(()).seconds == 0
    assert b"".join(turned_down(sound_of(()), 0)) == b""


@pytest.mark.parametrize("decibels", [0.0, -6.0, -12.0, -18.0, 6.0])
def test_a_level_is_what_is_left_of_the_samples(decibels: float) -> None:
    sound = Sound(array("h", [30_000, -30_000, 20] * 2000))
    left = array("h", b"".join(turned_down(sound, decibels)))
    factor = min(1.0, 10 ** (decibels / 20))
    assert list(left) == [int(sample * factor) for sample in sound.samples]


def test_speech_is_brought_to_the_level_of_the_tones() -> None:
    quiet = Sound(array("h", [300, -600, 20]), 44_100, 1)
    full = at_full_level(quiet)
    assert max(map(abs, full.samples)) == max(map(abs, sound_of(TUNES["test"]).samples))
    assert (full.rate, full.channels) == (44_100, 1)
    silence = Sound(array("h", [0, 0]))
    assert at_full_level(silence) == silence


@pytest.mark.parametrize("channels", [1, 2])
def test_a_wav_is_read_as_it_was_written(channels: int) -> None:
    sound = Sound(array("h", [1, -2, 3, -4]), 16_000, channels)
    assert read_wav(write_wav(sound)) == sound


def wav(width: int = 2, channels: int = 1, rate: int = 8000, data: bytes = bytes(8)) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((channels, width, rate, 0, "NONE", ""))
        writer.writeframes(data)
    return file.getvalue()


NO_SOUND: Final = {
    "nothing": (b"", "no WAV"),
    "something else": (b"OggS" + bytes(100), "no WAV"),
    "cut short": (wav()[:30], "no WAV"),
    "8 bits": (wav(width=1), "16-bit"),
    "24 bits": (wav(width=3, data=bytes(12)), "16-bit"),
    "six channels": (wav(channels=6, data=bytes(24)), "two channels"),
    "endless": (wav(rate=8, data=bytes(2 * 8 * 61)), "longer than 60 s"),
    "silent for want of samples": (wav(data=b""), "no samples"),
    "floating point": (wav().replace(b"\x01\x00\x01\x00", b"\x03\x00\x01\x00", 1), "no WAV"),
}


@pytest.mark.parametrize(("data", "says"), NO_SOUND.values(), ids=NO_SOUND.keys())
def test_what_cannot_be_played_is_refused_with_its_reason(data: bytes, says: str) -> None:
    with pytest.raises(NoSoundError, match=says):
        read_wav(data)
