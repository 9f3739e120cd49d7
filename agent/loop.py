"""The life of a scan: look, read, decide, write down, show, settle. Read this file first."""

import asyncio
import logging
import random
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Final, TypeVar, assert_never

from agent.cards_known import CardsKnown
from agent.core.actions import (
    Action,
    Correct,
    Light,
    MarkShown,
    NoteAnswer,
    Ref,
    Settle,
    Show,
    TryStorage,
    Write,
    WriteByHand,
    WriteDigest,
)
from agent.core.answers import at_rest
from agent.core.decide import decide
from agent.core.events import (
    CardShown,
    CheckCardShown,
    Digested,
    Event,
    EyesDown,
    EyesUp,
    Forgot,
    ListAged,
    SeveralShown,
    StorageFailed,
    StorageWorks,
    Tick,
    WriteFailed,
    Written,
)
from agent.core.judge import is_stale
from agent.core.moment import Moment
from agent.core.party import is_hurried
from agent.core.reads import shows_card
from agent.core.sight import CheckCard, Foreign, Presented, Seen, SeveralCards, Sight, SightRules, look
from agent.core.state import Rules, State, Writing
from agent.hands import Hands
from agent.lookout import Lookout
from agent.ports.buttons import Buttons
from agent.ports.clock import Clock
from agent.ports.eyes import Checked, Eyes, EyesLost, EyesOpened, Looked
from agent.ports.journal import Journal, JournalError
from agent.ports.lights import Lights
from agent.ports.screen import Screen
from agent.ports.watchdog import Watchdog
from agent.record_maker import RecordMaker
from agent.scribe import Scribe
from agent.speaker import Speaker, prompt_of
from agent.views import view_of
from agent.worker import Worker

TICK_S: Final = 0.1
FEED_S: Final = 1.0

R = TypeVar("R")

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Kiosk:
    """One kiosk at work. ``released`` is called when a row may be ready to be sent."""

    eyes: Eyes
    cards: CardsKnown
    journal: Journal
    lights: Lights
    screen: Screen
    buttons: Buttons
    clock: Clock
    watchdog: Watchdog
    writer: Worker
    rules: Rules
    sight_rules: SightRules
    state: State
    records: RecordMaker
    released: Callable[[], None]
    lookout: Lookout
    speaker: Speaker = field(default_factory=Speaker)
    opened: Callable[[], None] = lambda: None
    """Told when the camera has opened."""
    card_in_view: Callable[[], None] = lambda: None
    """Told at each frame with a card in it, first of all."""
    tick_s: float = TICK_S
    chance: Callable[[], float] = random.random
    """Who is asked to a spot check; even from 0 to 1."""
    _scribe: Scribe = field(init=False)
    _hands: Hands = field(init=False)
    _sight: Sight = field(default_factory=Sight)
    _events: "asyncio.Queue[Event | BaseException]" = field(default_factory=asyncio.Queue)
    _fed_at: float = 0.0

    def __post_init__(self) -> None:
        self._scribe = Scribe(self.journal)
        self._hands = Hands(
            buttons=self.buttons,
            screen=self.screen,
            speaker=self.speaker,
            clock=self.clock,
            happened=self.happened,
            is_hurried=lambda: is_hurried(self.state),
        )

    def happened(self, event: Event) -> None:
        """Somebody at the kiosk did something: the staff, at a desk of their own (:mod:`agent.staff`)."""
        self._events.put_nowait(event)

    def forgot(self) -> None:
        """What an earlier start wrote is missing: nothing shows green any more."""
        self.happened(Forgot())

    async def run(self) -> None:
        """Serve visitors, without end."""
        self._hands.hold_the_keys()
        for action in at_rest(self.state):
            self._act(action)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._see())
            tasks.create_task(self._hands.run())
            tasks.create_task(self._tick())
            tasks.create_task(self._live())

    async def _live(self) -> None:
        while True:
            event = await self._events.get()
            if isinstance(event, BaseException):
                raise event
            self.state, actions = decide(self.state, event, self.rules)
            for action in actions:
                self._act(action)

    async def _see(self) -> None:
        async for glance in self.eyes.watch():
            self.lookout.saw(glance)
            match glance:
                case Looked(reads, _, at_s):
                    if shows_card(reads):
                        self.card_in_view()
                    now_s = self.clock.now().seconds
                    # When the frame was, not when it is its turn: what waited together was not seen together.
                    at_s = now_s if at_s is None else min(at_s, now_s)
                    self._sight, seen = look(self._sight, reads, at_s, self.sight_rules)
                    self._seen(seen)
                case EyesOpened(camera, engines):
                    log.info("camera open: %s, reading with %s", camera, ", ".join(engines))
                    self.opened()
                    self.happened(EyesUp(self.clock.now()))
                case EyesLost(why):
                    log.warning("camera lost: %s", why)
                    self.happened(EyesDown(self.clock.now()))
                case Checked():
                    pass
                case _:
                    assert_never(glance)
            self._feed_watchdog()

    def _seen(self, seen: Seen | None) -> None:
        match seen:
            case CheckCard(symbology):
                at = self.clock.now()
                self.happened(CheckCardShown(symbology, self.cards.list_state(at), at))
            case Presented(code, symbology, away_s):
                at = self.clock.now()
                known = self.cards.look_up(code, at)
                self.happened(
                    CardShown(code, known.key, symbology, away_s, known.row, known.list, at, self.chance())
                )
            case Foreign():
                # A poster in view all day costs counters, not lines.
                self.lookout.foreign()
            case SeveralCards():
                self.lookout.several()
                self.happened(SeveralShown(self.clock.now()))
            case None:
                pass
            case _:
                assert_never(seen)

    def _act(self, action: Action) -> None:  # noqa: C901  (one arm an action)
        match action:
            case Write(draft):
                self.speaker.begins(draft.at.seconds)
                self._write(
                    lambda journal: journal.append(self.records.scan(draft), draft.key, draft.at.best_utc),
                    self._was_written,
                )
            case WriteByHand(by_hand):
                self._write(
                    lambda journal: journal.add(
                        self.records.by_hand(by_hand), by_hand.at.best_utc, by_hand.key
                    ),
                    self._was_written,
                )
            case Correct() as correct:
                self._note(lambda journal: journal.add(self.records.correction(correct), correct.at.best_utc))
            case MarkShown(ref, shown):
                at = self.clock.now()
                self._note(lambda journal: journal.mark_shown(ref, shown, at))
            case NoteAnswer(ref, about, count):
                self._note(lambda journal: journal.answer(ref, about, count))
            case Settle(ref):
                self._note(lambda journal: journal.settle(ref))
            case WriteDigest(day, at):
                self._write(lambda journal: journal.digest(day, at), partial(self._was_digested, day))
            case TryStorage():
                self._write(lambda journal: journal.trial(), self._was_tried)
            case Light(signal):
                self.lights.show(signal)
                self.speaker.signal(signal)
            case Show() as show:
                self.screen.show(view_of(show))
                self.speaker.show(prompt_of(show))
            case _:
                assert_never(action)

    def _write(self, work: Callable[[Journal], R], done: Callable[["Future[R]"], None]) -> None:
        self.writer.submit(lambda: self._scribe.write(work), done)

    def _note(self, work: Callable[[Journal], object]) -> None:
        self.writer.submit(lambda: self._scribe.note(work), self._was_noted)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(self.tick_s)
            at = self.clock.now()
            if self.state.started and (old := self._list_is_old(at)) != self.state.list_old:
                self.happened(ListAged(old))
            self.happened(Tick(at))
            if "eyes" in self.state.troubles:  # the child is being started again, and may need minutes
                self._feed_watchdog()

    def _list_is_old(self, at: Moment) -> bool:
        return is_stale(self.cards.age_s(at), self.rules.policy)

    def _was_written(self, future: "Future[Ref]") -> None:
        at = self.clock.now()
        outcome = self._outcome(future)
        if isinstance(outcome, Ref):
            self.happened(Written(outcome, at))
            self.released()  # the record before it is settled now
        elif outcome is not None:
            self.happened(WriteFailed(at))

    def _was_noted(self, future: "Future[None]") -> None:
        if self._outcome(future) is not None:
            self.happened(StorageFailed(self.clock.now()))
        self.released()

    def _was_digested(self, day: date, future: "Future[Ref]") -> None:
        outcome = self._outcome(future)
        if isinstance(outcome, Ref):
            self.happened(Digested(day))
            self.released()
        elif outcome is not None:
            self.happened(StorageFailed(self.clock.now()))

    def _was_tried(self, future: "Future[None]") -> None:
        if self._outcome(future) is None:
            self.happened(StorageWorks(self.clock.now()))

    def _outcome(self, future: "Future[R]") -> R | JournalError | None:
        """The result, or that the disk did not take it. Any other error is ours and ends the agent."""
        error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, JournalError):
            log.error("not written down: %s", error)
            return error
        self._events.put_nowait(error)
        return None

    def _feed_watchdog(self) -> None:
        """The loop turned, the child looked or is being started again, and no commit is stuck."""
        now = self.clock.now().seconds
        phase = self.state.phase
        if isinstance(phase, Writing) and now - phase.since > self.rules.stuck_write_s:
            return
        if now - self._fed_at >= FEED_S:
            self._fed_at = now
            self.watchdog.alive()
