"""The decoder before the camera: a first look at each new frame, and a rescue beside it where that failed."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent.adapters.aside import Aside
from agent.adapters.code_like import LEAST_CELLS, Box, Mask, around, code_like, cut, guide_box, stays, without
from agent.adapters.stirring import Stirring
from agent.core.attention import (
    Attention,
    AttentionRules,
    card_read,
    looks_anyway,
    may_rescue,
    next_frame,
    rescue_begun,
    rescue_done,
)
from agent.ports.camera import Luma
from agent.ports.decoder import Decoder, Found

HELD_FRAMES = 6
"""What is like a code in the same place after so many frames is held; who walks by is elsewhere by then."""
MASKS = 12
WHOLE_EVERY = 3
"""Every so many-th rotation takes the whole guide box: what is like a code may be something else."""
SMOOTHING = 0.1
"""Weight of the newest first look in what one takes."""


@dataclass(frozen=True, slots=True)
class Rescued:
    turn: int
    found: tuple[Found, ...]
    mask: Mask
    asked_at: int
    """The number of the frame."""
    cost_s: float


class LiveDecoder:
    """Asked for each frame, in order. What a rescue finds comes with a later frame than it was in.

    In two halves, ``first`` and ``then``, so that nobody waits for what only serves later frames.

    ``ours`` says whether a find is a card: a poster beside it must not keep the rescue from it.
    ``spent_s`` is the processor time of the thread that asks.
    """

    def __init__(
        self,
        first: Decoder,
        steps: Sequence[Decoder],
        rules: AttentionRules,
        ours: Callable[[Found], bool],
        aside: Aside[Rescued],
        spent_s: Callable[[], float] = time.thread_time,
    ) -> None:
        self._first = first
        self._steps = steps
        self._rules = rules
        self._ours = ours
        self._aside = aside
        self._spent_s = spent_s
        self._stirring = Stirring()
        self._attention = Attention(credit=rules.most)
        self._look_s = 0.0
        self._frames = 0
        self._turn = 0
        self._masks: deque[tuple[int, Mask]] = deque(maxlen=MASKS)
        self._known: Mask | None = None
        self._unread = 0
        self._moved_unknown = False
        self._looked = False
        self._found: tuple[Found, ...] = ()
        self._done: Rescued | None = None

    @property
    def name(self) -> str:
        return self._first.name

    @property
    def failures(self) -> int:
        return self._first.failures + self.retouch_failures

    @property
    def retouch_failures(self) -> int:
        return sum(step.failures for step in self._steps)

    @property
    def unread(self) -> int:
        """Times that something like a code stayed for a full rotation that did not read it."""
        return self._unread

    def decode(self, luma: Luma) -> Sequence[Found]:
        found = self.first(luma)
        self.then(luma)
        return found

    def first(self, luma: Luma) -> Sequence[Found]:
        """What is read in this frame or was found by a rescue: all that somebody waits for."""
        self._frames += 1
        self._moved_unknown = looks_anyway(self._attention, self._rules)
        if self._moved_unknown:
            self._looked = True
        else:
            self._looked = self._next_frame(luma)
        found = self._first_look(luma) if self._looked else ()
        self._done = self._aside.done()
        self._found = (*found, *(self._done.found if self._done else ()))
        return self._found

    def then(self, luma: Luma) -> None:
        """The rest, on the same frame, once its reads are on their way."""
        if self._moved_unknown:
            self._next_frame(luma)
        if self._looked:
            self._stirring.keep()
        if self._done:
            self._learn(self._done)
        if any(map(self._ours, self._found)):
            self._attention = card_read(self._attention)
        elif self._steps and may_rescue(self._attention, self._rules):
            self._begin_rescue(luma)

    def _next_frame(self, luma: Luma) -> bool:
        moved = self._stirring.moved(luma)
        self._attention, look = next_frame(self._attention, moved=moved, rules=self._rules)
        return look

    def _first_look(self, luma: Luma) -> Sequence[Found]:
        begun = self._spent_s()
        found = self._first.decode(luma)
        took = self._spent_s() - begun
        self._look_s += (took - self._look_s) * (SMOOTHING if self._look_s else 1)
        return found

    def _begin_rescue(self, luma: Luma) -> None:
        rotation, step = divmod(self._turn, len(self._steps))
        whole = rotation % WHOLE_EVERY == WHOLE_EVERY - 1
        box = guide_box(luma.shape)
        # A copy: the camera wants its frame back.
        part = cut(luma, box).copy()
        job = _Try(self._steps[step], self._turn, self._frames, part, box, self._known, whole, self._spent_s)
        if self._aside.start(job):
            self._turn += 1
            self._attention = rescue_begun(self._attention)

    def _learn(self, done: Rescued) -> None:
        """What a rescue step cost, and what it says of the place."""
        news = without(done.mask, self._known)
        before = [mask for number, mask in self._masks if done.asked_at - number >= HELD_FRAMES]
        held = bool(before) and stays(news, before[-1])
        self._masks.append((done.asked_at, news))
        read = any(map(self._ours, done.found))
        if read:
            # What read it once reads it again: a barcode needs a second frame that agrees.
            self._turn = done.turn
        cost = done.cost_s / self._look_s if self._look_s else 0.0
        self._attention = rescue_done(self._attention, cost=cost, held=held, read=read)
        if self._attention.still and self._attention.steps >= self._rules.rotation:
            # A full rotation read nothing here and nothing moves: it belongs to the place.
            self._known = done.mask
            self._unread += int(news.sum()) >= LEAST_CELLS


@dataclass(frozen=True, slots=True)
class _Try:
    """A rescue step on a part of a frame; runs beside the frames."""

    step: Decoder
    turn: int
    asked_at: int
    part: Luma
    at: Box
    known: Mask | None
    whole: bool
    spent_s: Callable[[], float]

    def __call__(self) -> Rescued:
        begun = self.spent_s()
        mask = code_like(self.part)
        box = None if self.whole else around(without(mask, self.known), self.part.shape)
        part, (left, top, _, _) = self.part, self.at
        if box is not None:
            part, left, top = cut(part, box), left + box[0], top + box[1]
        found = tuple(
            Found(one.text, one.symbology, _moved(one.place, left, top)) for one in self.step.decode(part)
        )
        return Rescued(self.turn, found, mask, self.asked_at, self.spent_s() - begun)


def _moved(place: Box, across: int, down: int) -> Box:
    left, top, right, bottom = place
    return left + across, top + down, right + across, bottom + down
