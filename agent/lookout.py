"""What the agent knows of its camera and its reading; and the ring is lit while the camera sees."""

from dataclasses import dataclass, field, replace
from typing import assert_never

from agent.core.looking import Looking, checked, looked, lost, opened
from agent.ports.eyes import Checked, EyesLost, EyesOpened, Glance, Looked
from agent.ports.ring import Ring


@dataclass
class Lookout:
    ring: Ring
    looking: Looking = field(default_factory=Looking)

    def saw(self, glance: Glance) -> None:
        match glance:
            case Looked(decode_ms=decode_ms):
                self.looking = looked(self.looking, decode_ms)
            case Checked(picture, counts):
                self.looking = checked(self.looking, picture, counts)
            case EyesOpened(camera, engines):
                self.ring.light(True)
                self.looking = opened(self.looking, camera, engines)
            case EyesLost(why):
                self.ring.light(False)
                self.looking = lost(self.looking, why)
            case _:
                assert_never(glance)

    def foreign(self) -> None:
        """A code that is not ours came into view."""
        self.looking = replace(self.looking, foreign=self.looking.foreign + 1)

    def several(self) -> None:
        """Cards of which nobody can say which was meant."""
        self.looking = replace(self.looking, several=self.looking.several + 1)
