"""The staff at work: what they see is kept up to date, and what they say reaches the loop as it names it."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, assert_never

from agent.cards_known import CardsKnown
from agent.core.events import CardShown, Event, LetInByHand, Paused, Resumed, TakenBack
from agent.core.moment import Moment
from agent.core.staff_view import StaffView, staff_view
from agent.core.staff_words import LetIn, Pause, Resume, Said, TakeBack, Typed
from agent.core.state import Rules, State
from agent.ports.clock import Clock
from agent.ports.staff_desk import StaffDesk

LOOK_S: Final = 0.1
WHY_VOID: Final = "staff"


@dataclass(kw_only=True)
class Staff:
    """Beside the loop, which works the same whether anybody is at a desk or not.

    ``state`` gives the loop's own, ``happened`` tells it what the staff did.
    """

    desks: tuple[StaffDesk, ...]
    cards: CardsKnown
    clock: Clock
    rules: Rules
    state: Callable[[], State]
    happened: Callable[[Event], None]
    chance: Callable[[], float] = random.random
    look_s: float = LOOK_S
    _typed: tuple[int, float] | None = field(default=None, init=False)
    """The card whose code was typed last, and when."""

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._show())
            for desk in self.desks:
                tasks.create_task(self._listen(desk))

    async def _show(self) -> None:
        shown: StaffView | None = None
        while True:
            at = self.clock.now()
            view = staff_view(self.state(), at.seconds, self.cards.age_s(at), self.rules)
            if view != shown:
                shown = view
                for desk in self.desks:
                    desk.show(view)
            await asyncio.sleep(self.look_s)

    async def _listen(self, desk: StaffDesk) -> None:
        async for said in desk.said():
            self.happened(self._event(said, self.clock.now()))

    def _event(self, said: Said, at: Moment) -> Event:
        match said:
            case LetIn(adopts, party, reason):
                return LetInByHand(party, reason, at, adopts or "none")
            case TakeBack(of):
                return TakenBack(WHY_VOID, at, of)
            case Pause(message):
                return Paused(message, at)
            case Resume():
                return Resumed(at)
            case Typed():
                return self._card(said, at)
            case _:
                assert_never(said)

    def _card(self, typed: Typed, at: Moment) -> CardShown:
        """Judged as if it had been held up; typed twice at once it is one visit, as one held up twice."""
        known = self.cards.look_up(typed.code, at)
        before, self._typed = self._typed, (known.key, at.seconds)
        away_s = at.seconds - before[1] if before is not None and before[0] == known.key else None
        return CardShown(typed.code, known.key, "typed", away_s, known.row, known.list, at, self.chance())
