"""What is heard of what the kiosk shows: tones and prompts, in the level and language of a visitor."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, assert_never

from agent.core.actions import Show, Signal
from agent.ports.loudspeaker import Loudspeaker
from agent.signs import TUNES, Tunes
from agent.sound import Sound, sound_of
from agent.wire.screen import Hear

STEPS_DB: Final = (-18.0, -12.0, -6.0, 0.0)
"""From the standard level up by 18 dB, with 12 dB as a step of it (EN 301 549, 8.2.1)."""
CHOSEN_S: Final = 10.0
"""Who chooses so shortly before a card is the one who shows it."""
SPOKEN: Final = frozenset(
    {
        "one_card",
        "accepted",
        "to_staff",
        "children",
        "clients",
        "assistants",
        "more_time",
        "thanks",
        "thanks_to_staff",
        "ask_staff",
    }
)
"""Said by themselves; the other prompts are for who asks. No entrance should talk all day."""


def prompt_of(show: Show) -> str:
    """The id of what is said beside a view, and nothing for words that the staff wrote.

    There is no other: nothing personal can ever be spoken.
    """
    if show.message:
        return ""
    if show.hurry_s is not None:
        return "more_time"
    if show.state == "accepted" and show.ask is not None:
        return show.ask.about
    if show.to_staff:
        return "thanks_to_staff" if show.state == "thanks" else "to_staff"
    return show.state


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
    _served: bool = field(default=False, init=False)
    """Somebody has been served since the kiosk was at rest."""
    _chosen_at: float | None = field(default=None, init=False)

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

    def show(self, prompt: str) -> None:
        """What the screen says now: spoken once, and again with a new signal."""
        before, changed = self._shown, prompt != self._shown
        news = changed or self._new_signal
        self._shown, self._new_signal = prompt, False
        if prompt == "idle" and changed and before != "one_card":  # who held up two still stands here
            self.reset()
        elif news and prompt in SPOKEN and self._speaks:
            self.say(prompt)

    def begins(self, at: float) -> None:
        """Another card, at ``at`` seconds: who comes next has not chosen what the one before did."""
        just_chosen = self._chosen_at is not None and at - self._chosen_at < CHOSEN_S
        if self._served and not just_chosen:
            self.reset()
        self._served = True

    def chosen(self, at: float) -> None:
        """What is heard was chosen at ``at`` seconds."""
        self._chosen_at = at

    def hears(self, wanted: Hear, at: float | None = None) -> None:
        """What a visitor does about it at the screen."""
        if wanted.wanted == "reset":  # nobody is there to be spoken to
            self.reset()
            return
        before = self._language
        self.speak_in(wanted.language)
        if at is not None and (wanted.wanted != "hush" or self._language != before):
            self.chosen(at)
        match wanted.wanted:
            case "again":
                self.again()
            case "louder":
                self.louder()
            case "hush" if self._language == before:
                self.hush()
            case "hush":
                pass  # what was being said has ended, and is said in the other language
            case _:
                assert_never(wanted.wanted)

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
        if language not in self.languages or language == self._language:
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
        self._served, self._chosen_at = False, None

    def close(self) -> None:
        if self.loudspeaker:
            self.loudspeaker.close()
