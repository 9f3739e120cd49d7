"""How well and how dearly cards are read, beside plain zxing-cpp and plain pyzbar on the same pictures."""

import csv
import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import fmean, quantiles

import numpy as np
from PIL import Image

from agent.adapters.aside import Aside, AsideAtOnce, AsideThread
from agent.adapters.engines import ENGINES, for_stills, open_engines
from agent.adapters.live import LiveDecoder, Rescued
from agent.adapters.pictures import load_luma
from agent.adapters.rescue import first_look, rescue_steps
from agent.adapters.simulated.card_picture import WIDE_MODULES
from agent.adapters.simulated.damage import LADDER, Damage, Kind, damaged
from agent.adapters.simulated.held import HELD, What, card, code39, near_the_spot, some_code, trembling
from agent.adapters.simulated.passers_by import passers_by
from agent.adapters.simulated.scene import Light, empty_counter
from agent.core.attention import rules_for
from agent.core.reads import recognise
from agent.core.sight import Presented, Sight, SightRules, look
from agent.ports.camera import Luma
from agent.ports.decoder import Decoder, Found
from agent.wire.card_code import DEFAULT_PATTERN

PATTERN = re.compile(DEFAULT_PATTERN)
FRAMES_PER_SECOND = 15
SHOWN_FRAMES = 22
"""1.5 s."""
FULL = (1280, 720)
PART = (800, 450)
"""Enough for a code at these module sizes; a third of the time to draw."""
SMALL = (640, 360)
MODULE_PX: dict[What, float] = {"code39": 2.2, "qr": 4.0, "card": 1.35}
"""As in the measurements before; a whole card is then a little nearer than the marked spot."""
MILD = Damage("jpeg", 60)
LIGHT = Light(gradient=0.15, noise=2.0)
_CODES_ON_CARD = ((700, 60, 952, 312, 9), (240, 444, 780, 600, 3))
"""Left, top, right, bottom, module: about where they are, in the picture's pixels."""
BURST = 10
"""Frames of one card in the hunt for wrong texts."""
LEVELS: dict[Kind, tuple[float, float]] = {
    "tilt": (30, 68), "turn": (5, 50), "defocus": (0.7, 1.5), "motion": (1.2, 2.8), "noise": (8, 30),
    "lowlight": (0.07, 0.25), "contrast": (0.04, 0.15), "glare": (0.05, 0.3), "shadow": (0.4, 0.95),
    "finger": (0.05, 0.3), "jpeg": (4, 15), "screen": (0.4, 0.95), "bulge": (0.5, 2.5), "fold": (20, 60),
}  # fmt: skip
CREASES: tuple[Kind, ...] = ("bulge", "fold")
"""What has the same wrong bars in every frame."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Of what there was to read, what was read: by us, and by each engine alone."""

    ours: float
    alone: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Wrong:
    frames: int
    cards: int
    right: int
    wrong: int


def engines() -> tuple[Decoder, ...]:
    return open_engines(ENGINES).decoders


def is_card(found: Found) -> bool:
    return PATTERN.fullmatch(found.text) is not None


def live_decoder(aside: Aside[Rescued]) -> LiveDecoder:
    found = engines()
    steps = rescue_steps(found)
    return LiveDecoder(first_look(found), steps, rules_for(FRAMES_PER_SECOND, len(steps)), is_card, aside)


def real(folder: Path, kind: str) -> Shares:
    """Of the texts in the pictures of ``kind`` in ``folder`` (with its list, ``scans.tsv``)."""
    with (folder / "scans.tsv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] == kind]
    pictures = [(load_luma(folder / row["file"]), set(json.loads(row["expected"]))) for row in rows]
    total = sum(len(texts) for _, texts in pictures)

    def share(decoder: Decoder) -> float:
        return (
            sum(len(texts & {one.text for one in decoder.decode(luma)}) for luma, texts in pictures) / total
        )

    return Shares(share(for_stills(open_engines(ENGINES))), tuple(map(share, engines())))


def on_the_ladder(what: What, cards: int) -> dict[Damage, Shares]:
    """``cards`` on each rung, one frame each, all rescue steps."""
    ours = for_stills(open_engines(ENGINES))
    return {damage: _rung(what, damage, cards, (ours, *engines())) for damage in LADDER}


def _rung(what: What, damage: Damage, cards: int, decoders: Sequence[Decoder]) -> Shares:
    right = [0] * len(decoders)
    for seed in range(cards):
        rng = np.random.default_rng((seed, 1))
        code = some_code(rng)
        held = HELD[what](code)
        luma = damaged(held, near_the_spot(held, MODULE_PX[what], PART, rng), damage, PART, rng, seed)
        for number, decoder in enumerate(decoders):
            right[number] += code in {one.text for one in decoder.decode(luma)}
    ours, *alone = (number / cards for number in right)
    return Shares(ours, tuple(alone))


def average(rungs: dict[Damage, Shares]) -> Shares:
    """Over the levels of a kind, then over kinds."""
    kinds = {damage.kind for damage in rungs}

    def over(share: Callable[[Shares], float]) -> float:
        return fmean(fmean(share(rungs[one]) for one in rungs if one.kind == kind) for kind in kinds)

    numbers = range(len(next(iter(rungs.values())).alone))
    return Shares(over(lambda one: one.ours), tuple(over(partial(_alone, n)) for n in numbers))


def _alone(number: int, shares: Shares) -> float:
    return shares.alone[number]


def shown_live(what: What, cards: int) -> Shares:
    """Of cards shown for 1.5 s with each damage, those that counted by the end; each engine likewise."""
    totals = [0.0] * (1 + len(engines()))
    for damage in LADDER:
        for seed in range(cards):
            code, frames = _shown(what, damage, seed, FULL, SHOWN_FRAMES)
            eyes: list[Decoder] = [live_decoder(AsideAtOnce()), *engines()]
            waiting = list(range(len(eyes)))
            sights = [Sight()] * len(eyes)
            for number, luma in enumerate(frames):
                for eye in list(waiting):
                    sights[eye], news = _seen(sights[eye], eyes[eye].decode(luma), number)
                    if isinstance(news, Presented) and news.code.reveal() == code:
                        totals[eye] += 1
                        waiting.remove(eye)
    ours, *alone = (total / cards / len(LADDER) for total in totals)
    return Shares(ours, tuple(alone))


def _shown(
    what: What,
    damage: Damage,
    seed: int,
    size: tuple[int, int],
    frames: int,
    module_px: float | None = None,
    wide: int = WIDE_MODULES,
) -> tuple[str, Iterator[Luma]]:
    rng = np.random.default_rng((seed, 2))
    code = some_code(rng)
    held = code39(code, wide) if what == "code39" else HELD[what](code)
    pose = near_the_spot(held, module_px or MODULE_PX[what], size, rng)
    return code, (damaged(held, trembling(pose, rng), damage, size, rng, seed) for _ in range(frames))


def _unread(seed: int, frames: int) -> Iterator[Luma]:
    """A card that costs most: all looks like codes, and nothing is one."""
    rng = np.random.default_rng((seed, 3))
    held = card(some_code(rng))
    pixels = np.array(held.thing)
    for left, top, right, bottom, cell in _CODES_ON_CARD:
        rows = 1 if right - left > 2 * (bottom - top) else (bottom - top) // cell
        modules = rng.integers(0, 2, (rows, (right - left) // cell), np.uint8) * np.uint8(255)
        drawn = Image.fromarray(modules).resize((right - left, bottom - top), Image.Resampling.NEAREST)
        pixels[top:bottom, left:right] = np.asarray(drawn)
    struck = replace(held, thing=Image.fromarray(pixels))
    pose = near_the_spot(struck, MODULE_PX["card"], FULL, rng)
    return (damaged(struck, trembling(pose, rng), MILD, FULL, rng, seed) for _ in range(frames))


def _seen(sight: Sight, found: Sequence[Found], frame: int) -> tuple[Sight, object]:
    reads = tuple(recognise(one.text, one.symbology, PATTERN) for one in found)
    return look(sight, reads, frame / FRAMES_PER_SECOND, SightRules())


def costs(frames: int) -> dict[str, tuple[float, float]]:
    """Processor time a frame, ours and the second engine's, in those of zxing-cpp on the same frames."""
    rng = np.random.default_rng(3)
    still = [empty_counter(FULL, LIGHT, rng) for _ in range(8)]
    cards = [luma for seed in range(4) for luma in _unread(seed, frames // 4)]
    return {
        "no card, a still scene": _cost([still[n % 8] for n in range(frames)], frames // 3),
        "no card, people walking by": _cost(list(islice(passers_by(FULL, LIGHT, rng), frames)), 0),
        "an unread card in the guide box": _cost(cards, 0),
    }


def _cost(frames: list[Luma], warm: int) -> tuple[float, float]:
    """Interleaved frame by frame, so that what else the machine does falls on all alike."""
    first, *others = engines()
    live = live_decoder(AsideAtOnce())
    for luma in frames[:warm]:
        live.decode(luma)
    ours = alone = second = 0.0
    for number, luma in enumerate(frames):
        # Whoever comes second finds the frame in the processor's cache.
        if number % 2:
            ours += _seconds(live, luma)
        alone += _seconds(first, luma)
        if not number % 2:
            ours += _seconds(live, luma)
        second += sum(_seconds(other, luma) for other in others[:1])
    return ours / alone, second / alone


def _seconds(decoder: Decoder, luma: Luma) -> float:
    begun = time.thread_time()
    decoder.decode(luma)
    return time.thread_time() - begun


def first_looks(frames: int) -> tuple[float, float]:
    """95th percentile in ms of the first look beside the rescue of an unread card, and of zxing-cpp alone.

    Both at the pace of a camera, in turns of a second.
    """
    pictures = list(_unread(5, 2 * FRAMES_PER_SECOND))
    live, plain = live_decoder(AsideThread()), engines()[0]
    taken: dict[Decoder, list[float]] = {live: [], plain: []}
    for number in range(2 * frames):
        decoder = plain if number // FRAMES_PER_SECOND % 2 else live
        luma = pictures[number % len(pictures)]
        begun = time.perf_counter()
        if decoder is live:
            live.first(luma)
        else:
            plain.decode(luma)
        taken[decoder].append((time.perf_counter() - begun) * 1000)
        if decoder is live:
            live.then(luma)
        time.sleep(max(0, 1 / FRAMES_PER_SECOND - (time.perf_counter() - begun)))
    ours, alone = (quantiles(taken[one], n=100)[94] for one in (live, plain))
    return ours, alone


def hunt(frames: int, seed: int = 0) -> Wrong:
    """Cards in random damage, ten frames each, through decoder and evidence: what was accepted."""
    cards = frames // BURST
    kinds = [kind for kind in LEVELS if kind not in CREASES]
    right = wrong = 0
    for number in range(cards):
        rng = np.random.default_rng((seed, number))
        what: What = "code39" if rng.random() < 0.8 else "card"
        counted = _counted(what, kinds[number % len(kinds)], rng)
        right, wrong = right + counted[0], wrong + counted[1]
    return Wrong(cards * BURST, cards, right, wrong)


def hunt_creased(cards: int, seed: int = 0) -> Wrong:
    """Likewise, barcodes alone on creased cards: their misreads are the same in every frame."""
    right = wrong = 0
    for number in range(cards):
        counted = _counted("code39", CREASES[number % len(CREASES)], np.random.default_rng((seed, number, 4)))
        right, wrong = right + counted[0], wrong + counted[1]
    return Wrong(cards * BURST, cards, right, wrong)


def _counted(what: What, kind: Kind, rng: np.random.Generator) -> tuple[int, int]:
    """How often the card shown counted, and how often another."""
    damage = Damage(kind, float(rng.uniform(*LEVELS[kind])))
    module_px = float(rng.uniform(1.1, 2.4))
    wide = int(rng.integers(2, 4))  # of narrower ones more is misread
    code, burst = _shown(what, damage, int(rng.integers(1 << 31)), SMALL, BURST, module_px, wide)
    live, sight = live_decoder(AsideAtOnce()), Sight()
    counted = [0, 0]
    for frame, luma in enumerate(burst):
        sight, news = _seen(sight, live.decode(luma), frame)
        if isinstance(news, Presented):
            counted[news.code.reveal() != code] += 1
    return counted[0], counted[1]
