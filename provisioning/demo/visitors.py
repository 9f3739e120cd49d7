"""Made-up visitors: they come by, hold up some card, and tap how many children came along."""

import asyncio
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from agent.adapters.simulated.card_picture import HeldUp
from agent.adapters.simulated.frame_socket import FrameRefusedError
from agent.adapters.simulated.visit import Preset, visit_frames
from agent.ports.camera import Luma
from agent.wire.screen import Screen
from provisioning.demo.cards import Deck, Sort
from provisioning.demo.entrance import Entrance

T = TypeVar("T")

SORTS: Final[dict[Sort, int]] = {"valid": 74, "expired": 6, "blocked": 4, "unknown": 9, "foreign": 7}
PRESETS: Final[dict[Preset, int]] = {"good": 65, "dim": 20, "blurred": 15}
CHILDREN: Final[dict[int | None, int]] = {0: 48, 1: 24, 2: 16, 3: 4, None: 8}
"""``None`` walks on without an answer."""
QUESTION_S: Final = 4.0
THINK_S: Final = (1.0, 2.5)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who comes next: what is held up and how, and the answer to the question, if it is asked."""

    sort: Sort
    shown_as: HeldUp
    preset: Preset
    seed: int
    children: int | None
    think_s: float


def next_visitor(chance: random.Random) -> Visitor:
    sort = _one(chance, SORTS)
    shown_as: HeldUp = "phone" if chance.random() < 0.35 else "card"  # noqa: PLR2004  (a third)
    return Visitor(
        sort=sort,
        shown_as="foreign" if sort == "foreign" else shown_as,
        preset=_one(chance, PRESETS),
        seed=chance.randrange(2**31),
        children=_one(chance, CHILDREN),
        think_s=chance.uniform(*THINK_S),
    )


def frames_of(visitor: Visitor, deck: Deck) -> Iterator[Luma]:
    return visit_frames(
        deck.draw(visitor.sort), visitor.seed, shown_as=visitor.shown_as, preset=visitor.preset
    )


async def come_by(entrance: Entrance, deck: Deck, chance: random.Random) -> None:
    """Without end, at one kiosk. The first comes soon: who starts the demo wants to see life."""
    pause_s = (0.0, entrance.spot.pause_s[0] / 2)
    while True:
        await asyncio.sleep(chance.uniform(*pause_s))
        pause_s = entrance.spot.pause_s
        if entrance.kept_for_person or not _waits(entrance.screen.shown):
            continue
        try:
            await visit(entrance, next_visitor(chance), deck)
        except FrameRefusedError:
            continue  # the kiosk is being started again


async def visit(entrance: Entrance, visitor: Visitor, deck: Deck) -> None:
    screen = entrance.screen
    await entrance.hold_up(frames_of(visitor, deck))
    asked = await screen.until(lambda shown: shown is not None and shown.question is not None, QUESTION_S)
    if asked is None or asked.question is None or visitor.children is None:
        return
    await asyncio.sleep(visitor.think_s)
    if entrance.kept_for_person:  # the question may be that person's
        return
    await screen.answer(asked.question, min(visitor.children, asked.question.most))


def _waits(shown: Screen | None) -> bool:
    """Nobody pushes in before somebody who is still answering."""
    return shown is not None and shown.question is None and shown.state != "out_of_order"


def _one(chance: random.Random, weights: Mapping[T, int]) -> T:
    return chance.choices(list(weights), weights=list(weights.values()))[0]
