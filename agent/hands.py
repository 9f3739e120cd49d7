"""What people press, on the screen and on real keys, as events of the kiosk."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import assert_never

from agent.core.actions import Ref
from agent.core.events import Answered, ButtonPressed, Event, LetInByHand, Touched, Wished
from agent.ports.buttons import Buttons, Pressed
from agent.ports.clock import Clock
from agent.ports.screen import Screen
from agent.speaker import Speaker
from agent.wire.records import Party
from agent.wire.screen import Answer, Hear, Wish


@dataclass(kw_only=True)
class Hands:
    """``is_hurried`` says whether the question on the screen says that it ends."""

    buttons: Buttons
    screen: Screen
    speaker: Speaker
    clock: Clock
    happened: Callable[[Event], None]
    is_hurried: Callable[[], bool]

    def hold_the_keys(self) -> None:
        """From now on; a real key is pressed on a thread of its own."""
        loop = asyncio.get_running_loop()
        self.buttons.on_press(lambda pressed: loop.call_soon_threadsafe(partial(self._button, pressed)))
        self.buttons.on_let_in(lambda: loop.call_soon_threadsafe(self._let_in))

    async def run(self) -> None:
        """What is pressed on the screen, without end."""
        async for said in self.screen.said():
            at = self.clock.now()
            match said:
                case Answer():
                    self.happened(Answered(Ref(said.epoch, said.seq), said.about, said.count, at))
                case Wish():
                    self.happened(Wished(Ref(said.epoch, said.seq), said.about, said.wanted, at))
                case Hear():
                    self.speaker.hears(said, at.seconds)
                    if said.wanted != "reset":
                        self.happened(Touched(at))
                case _:
                    assert_never(said)

    def _button(self, pressed: Pressed) -> None:
        self.speaker.hush()
        match pressed:
            case "more":
                self.screen.more()
            case "louder":
                self.speaker.louder()
                self._chose()
            case "enter" if not self.is_hurried():
                self.speaker.again()
                self._chose()
            case "enter":
                self.happened(ButtonPressed("more_time", self.clock.now()))
            case _:
                self.happened(ButtonPressed(pressed, self.clock.now()))

    def _chose(self) -> None:
        """How it is heard, by a real key."""
        at = self.clock.now()
        self.speaker.chosen(at.seconds)
        self.happened(Touched(at))

    def _let_in(self) -> None:
        """The staff's own button: one person, for a reason that only they know."""
        self.happened(LetInByHand(Party(), "button", self.clock.now()))
