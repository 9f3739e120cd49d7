"""What is heard of what the kiosk shows: tones and prompts, in the level and language of a visitor."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from agent.core.actions import Signal, ViewState
from agent.ports.loudspeaker import Loudspeaker
from agent.signs import TUNES, Tunes
from agent.sound import Sound, sound_of

STEPS_DB: Final = (-18.0, -12.0, -6.0, 0.0)
"""From the standard level up by 18 dB, with 12 dB as a step of it (EN 301 549, 8.2.1)."""
SPOKEN: Final = frozenset({"accepted", "question", "thanks", "ask_staff", "spot_check"})
"""Said by themselves; the other prompts are for who asks. No entrance should talk all day."""


def prompt_of(state: ViewState, *, asks: bool) -> str:
    """The id of what is said beside a view. There is no other: nothing personal can ever be spoken."""
    return "question" if asks else state


@dataclass
class Speaker:
    """Without a loudspeaker it keeps silent. Nothing here waits, and nothing raises.

    ``prompts`` is language and id to WAV file; ``languages`` are the venue's, its own first.
    """

    loudspeaker: Loudspeaker | None = None
    tunes: Tunes = field(default_factory=lambda: TUNES)
    prompts: Mapping[tuple[str, str], Path] = field(default_factory=dict)
    languages: tuple[str, ...] = ("fi",)
    speech: bool = True
    """Whether a visitor is spoken to without asking for it."""

    _shown: str = field(default="", init=False)
    _new_signal: bool = field(default=False, init=False)
    _step: int = field(default=0, init=False)
    _language: str = field(default="", init=False)
    _speaks: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        tunes = self.tunes if self.loudspeaker else {}
        self._tones: dict[str, Sound] = {name: sound_of(tune) for name, tune in tunes.items() if tune}
        self.reset()

    def signal(self, signal: Signal) -> None:
        """The tone of a light. A light that goes out has none, and ends no speech."""
        tone = self._tones.get(signal)
        if tone and self.loudspeaker:
            self._new_signal = True
            self.loudspeaker.sound(tone, STEPS_DB[self._step])

    def show(self, state: ViewState, *, asks: bool = False) -> None:
        """What the screen says now: spoken once, and again with a new signal."""
        prompt = prompt_of(state, asks=asks)
        changed = prompt != self._shown
        news = changed or self._new_signal
        self._shown, self._new_signal = prompt, False
        if prompt == "idle" and changed:
            self.reset()
        elif news and prompt in SPOKEN and self._speaks:
            self.say(prompt)

    def say(self, prompt: str) -> None:
        """In the visitor's language and level, in place of other speech. Without a file it stays text."""
        if self.loudspeaker and (path := self.prompts.get((self._language, prompt))):
            self.loudspeaker.speak(path, STEPS_DB[self._step])

    def again(self) -> None:
        """The visitor wants to hear it (again): what the screen says now, and what it says from now on."""
        self._speaks = True
        self.say(self._shown)

    def louder(self) -> None:
        """A step up, and after the loudest the standard level; said again, so that it can be judged."""
        self._step = (self._step + 1) % len(STEPS_DB)
        self.again()

    def speak_in(self, language: str) -> None:
        """The visitor chose a language of the venue's."""
        if language not in self.languages:
            return
        self._language = language
        self.hush()
        if self._speaks:
            self.say(self._shown)

    def hush(self) -> None:
        """The visitor did something: speech ends at once."""
        if self.loudspeaker:
            self.loudspeaker.hush()

    def reset(self) -> None:
        """The visitor has gone: all is as the venue wants it. What is being said ends by itself."""
        self._step, self._language, self._speaks = 0, self.languages[0], self.speech

    def close(self) -> None:
        if self.loudspeaker:
            self.loudspeaker.close()
