"""Milliseconds a frame of the live decoder, beside each engine alone: an empty counter, and a card."""

import time
from dataclasses import dataclass

import numpy as np

from agent.adapters.aside import AsideThread
from agent.adapters.engines import ENGINES, open_engines
from agent.adapters.simulated.card_picture import card_picture
from agent.adapters.simulated.scene import Light, Pose, empty_counter, held_up
from agent.ports.camera import Luma
from agent.ports.decoder import Decoder
from tests.bench.figures import Spread
from tests.bench.reading import live_decoder

SIZE = (1280, 720)
LIGHT = Light(gradient=0.15, noise=2.0)


@dataclass(frozen=True, slots=True)
class Decoding:
    name: str
    empty: Spread
    card: Spread


def measure(frames: int) -> list[Decoding]:
    rng = np.random.default_rng(1)
    empty = [empty_counter(SIZE, LIGHT, rng) for _ in range(8)]
    cards = [
        held_up(card_picture(f"A99912345{n}"), Pose(turn=n * 2.0 - 8), SIZE, LIGHT, rng) for n in range(8)
    ]
    engines = open_engines(ENGINES).decoders
    live = live_decoder(AsideThread())
    named: list[tuple[str, Decoder]] = [("the kiosk's live decoder", live)]
    named += [(f"{engine.name} alone", engine) for engine in engines]
    return [
        Decoding(name, _spread(decoder, empty, frames), _spread(decoder, cards, frames))
        for name, decoder in named
    ]


def _spread(decoder: Decoder, pictures: list[Luma], frames: int) -> Spread:
    taken_ns = []
    for number in range(frames):
        begun = time.monotonic_ns()
        decoder.decode(pictures[number % len(pictures)])
        taken_ns.append(time.monotonic_ns() - begun)
    return Spread.of_ns(taken_ns)
