"""What a visitor hears of a speaker."""

from pathlib import Path
from typing import Final

from agent.adapters.simulated.loudspeaker import SimulatedLoudspeaker
from agent.signs import TUNES
from agent.sound import Sound, sound_of
from agent.speaker import STEPS_DB, Speaker

PROMPTS: Final = ("idle", "accepted", "children", "thanks", "ask_staff", "out_of_order")
STANDARD: Final = STEPS_DB[0]


class Ear:
    """A speaker over a loudspeaker that remembers; Northern Sámi has no prompts."""

    def __init__(self, *, speech: bool = True) -> None:
        self.out = SimulatedLoudspeaker()
        self.speaker = Speaker(
            loudspeaker=self.out,
            prompts={(language, name): Path(language, name) for language in ("fi", "sv") for name in PROMPTS},
            languages=("fi", "sv", "se"),
            speech=speech,
        )

    def heard(self) -> list[str]:
        """Since it was asked last: the signal of a tone, or LANGUAGE/ID of a prompt."""
        while self.out.now is not None:
            self.out.end()
        names = [self._name(what) for what, _ in self.out.heard]
        self.out.heard.clear()
        return names

    def levels(self) -> list[float]:
        while self.out.now is not None:
            self.out.end()
        levels = [level for _, level in self.out.heard]
        self.out.heard.clear()
        return levels

    @staticmethod
    def _name(what: Sound | Path) -> str:
        if isinstance(what, Path):
            return str(what)
        return next(name for name, tune in TUNES.items() if tune and sound_of(tune) == what)
