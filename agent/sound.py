"""Sound as samples: a tune made audible, a WAV file read and written, a level turned down. Pure."""

import io
import math
import wave
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from agent.told import ToldError

RATE: Final = 22_050
"""Samples a second: espeak-ng's own rate."""
PEAK: Final = 0.89 * 32767
"""1 dB below the most that there is."""
OVERTONES: Final = (1.0, 0.35, 0.2)
"""A small loudspeaker hardly plays the lowest one, and who hears only part of the range hears another."""
WAVE_STEPS: Final = 4096
ATTACK_S: Final = 0.008
RELEASE_S: Final = 0.03
"""A tone that begins or ends at once clicks."""
MOST_S: Final = 60.0
CHUNK: Final = 2048
"""Samples turned down in one go: a light that is due meanwhile waits for no more than these."""


class NoSoundError(ToldError):
    """There is nothing in it that can be played. The text says why."""


@dataclass(frozen=True, slots=True)
class Sound:
    """16-bit samples; of two channels they take turns."""

    samples: "array[int]"
    rate: int = RATE
    channels: int = 1

    @property
    def seconds(self) -> float:
        return len(self.samples) / (self.rate * self.channels)


def sound_of(tune: Sequence[tuple[float, float]]) -> Sound:
    """``tune`` is notes of hertz and seconds; 0 Hz is a rest."""
    samples = array("h")
    for hertz, seconds in tune:
        samples.extend(_note(hertz, round(seconds * RATE)))
    return Sound(samples)


def _one_wave() -> tuple[int, ...]:
    turns = [2 * math.pi * step / WAVE_STEPS for step in range(WAVE_STEPS)]
    wave_ = [sum(share * math.sin(turn * n) for n, share in enumerate(OVERTONES, start=1)) for turn in turns]
    return tuple(round(level / max(wave_) * PEAK) for level in wave_)


_WAVE: Final = _one_wave()
"""Looked up instead of worked out: a Pi Zero makes its tones in a blink of its start."""


def _note(hertz: float, count: int) -> list[int]:
    if not hertz:
        return [0] * count
    steps = hertz / RATE * WAVE_STEPS
    samples = [_WAVE[int(index * steps) % WAVE_STEPS] for index in range(count)]
    attack, release = (min(round(seconds * RATE), count) for seconds in (ATTACK_S, RELEASE_S))
    for index in range(attack):
        samples[index] = samples[index] * index // attack
    for index in range(release):
        samples[-1 - index] = samples[-1 - index] * index // release
    return samples


def turned_down(sound: Sound, decibels: float) -> Iterator[bytes]:
    """The samples as bytes, a chunk at a time, louder by ``decibels``, which is 0 or less."""
    factor = min(1.0, 10 ** (decibels / 20))
    for start in range(0, len(sound.samples), CHUNK):
        chunk = sound.samples[start : start + CHUNK]
        yield (chunk if factor == 1 else array("h", [int(sample * factor) for sample in chunk])).tobytes()


def at_full_level(sound: Sound) -> Sound:
    """Its loudest sample is as loud as those of a tune, so that one volume fits all."""
    loudest = max(map(abs, sound.samples), default=0)
    if not loudest:
        return sound
    return Sound(
        array("h", [round(sample * PEAK / loudest) for sample in sound.samples]), sound.rate, sound.channels
    )


def read_wav(data: bytes) -> Sound:
    """Raises :class:`NoSoundError` for all but plain 16-bit samples in one or two channels."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            if file.getsampwidth() != 2 or file.getnchannels() > 2:  # noqa: PLR2004  (two bytes, two ears)
                raise NoSoundError("is no WAV of 16-bit samples in one or two channels")
            if file.getnframes() > MOST_S * file.getframerate():
                raise NoSoundError(f"is longer than {MOST_S:g} s")
            frames = file.readframes(file.getnframes())
            whole = len(frames) - len(frames) % (2 * file.getnchannels())
            if not whole:
                raise NoSoundError("has no samples in it")
            return Sound(array("h", frames[:whole]), file.getframerate(), file.getnchannels())
    except (wave.Error, EOFError, ZeroDivisionError):
        raise NoSoundError("is no WAV file of plain samples (PCM)") from None


def write_wav(sound: Sound) -> bytes:
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setparams((sound.channels, 2, sound.rate, 0, "NONE", ""))
        file.writeframes(sound.samples.tobytes())
    return data.getvalue()
