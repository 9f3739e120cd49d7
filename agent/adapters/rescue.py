"""The second chance of a picture in which the first look read nothing: each step an engine with a retouch.

Measured with the damage ladder: each step here reads what none before it does (DECISIONS).
"""

from collections.abc import Sequence
from typing import Final

from agent.adapters.flat_print import FlatPrint, alone
from agent.adapters.retouch import (
    Retouch,
    as_it_is,
    averaged,
    back_to_first,
    both,
    enlarged,
    flattened,
    halved,
    inverted,
    sharpened,
    smoothed,
    stretched,
    turned,
    upright,
)
from agent.core.reads import CodeSymbology
from agent.ports.camera import Luma
from agent.ports.decoder import Decoder, Found

MAX_PIXELS: Final = 2_000_000
"""Above this a picture is halved before it is changed, which takes time and memory."""


class RetouchedDecoder:
    """An engine that looks at the picture after a retouch."""

    def __init__(self, engine: Decoder, what: str, retouch: Retouch) -> None:
        self._engine = engine
        self._what = what
        self._retouch = retouch
        self._failures = 0

    @property
    def name(self) -> str:
        return f"{self._engine.name}, {self._what}"

    @property
    def failures(self) -> int:
        return self._failures

    def decode(self, luma: Luma) -> Sequence[Found]:
        if not luma.size:
            return ()
        retouch = self._retouch
        if luma.size > MAX_PIXELS and retouch is not as_it_is:
            retouch = both(halved, retouch)
        try:
            retouched = retouch(luma)
        except Exception:  # noqa: BLE001  (out of memory, or a picture nobody thought of: it stays unread)
            self._failures += 1
            return ()
        if retouched is None or not retouched.luma.size:
            return ()
        return tuple(
            Found(one.text, one.symbology, back_to_first(one.place, retouched.back, luma.shape))
            for one in self._engine.decode(retouched.luma)
        )


def first_look(engines: Sequence[Decoder]) -> Decoder:
    return FlatPrint(engines[0], engines)


def rescue_steps(engines: Sequence[Decoder]) -> tuple[Decoder, ...]:
    """One rotation, first what reads most for what it costs.

    The first engine saw the picture as it is already; the others have not.
    """
    return (*(FlatPrint(step, engines) for step in _rescue_steps(engines)), _dark(engines[0], engines))


def _dark(engine: Decoder, engines: Sequence[Decoder]) -> Decoder:
    return FlatPrint(RetouchedDecoder(engine, "inverted", inverted), engines, light_bars=True)


def _rescue_steps(engines: Sequence[Decoder]) -> tuple[Decoder, ...]:
    first, *others = engines
    large = RetouchedDecoder(first, "upright, enlarged", both(upright, enlarged))
    flat = RetouchedDecoder(first, "upright, flattened, enlarged", both(upright, both(flattened, enlarged)))
    plain = [RetouchedDecoder(one, "as it is", as_it_is) for one in others]
    mean = [RetouchedDecoder(one, "averaged", averaged) for one in others]
    sharp = [RetouchedDecoder(one, "upright, sharpened", both(upright, sharpened)) for one in engines]
    smooth = [RetouchedDecoder(one, "upright, smoothed", both(upright, smoothed)) for one in others]
    flat_others = [RetouchedDecoder(one, "flattened", flattened) for one in others]
    pale = RetouchedDecoder(first, "flattened, stretched", stretched)
    return (*plain, pale, *mean, *sharp, large, *smooth, flat, *flat_others)


def still_steps(engines: Sequence[Decoder]) -> tuple[Decoder, ...]:
    """Every step there is, for a picture that somebody waits for."""
    first, *others = engines
    twice = both(upright, both(enlarged, enlarged))
    steps = (
        first,
        *_rescue_steps(engines),
        RetouchedDecoder(first, "enlarged", enlarged),
        RetouchedDecoder(first, "turned by 45", lambda luma: turned(luma, 45)),
        RetouchedDecoder(first, "upright, four times as large", twice),
        RetouchedDecoder(first, "averaged", averaged),
        *(RetouchedDecoder(one, "enlarged", enlarged) for one in others),
        *(RetouchedDecoder(one, "flattened, stretched", stretched) for one in others),
        RetouchedDecoder(first, "averaged, flattened, stretched", both(averaged, stretched)),
        *(RetouchedDecoder(one, "upright", upright) for one in others),
        *(RetouchedDecoder(one, "smoothed", smoothed) for one in others),
    )
    return (*(FlatPrint(step, engines) for step in steps), *(_dark(one, engines) for one in engines))


class EveryStep:
    """All steps on one picture, together.

    A QR code corrects its own errors. A Code 39 has no check, so two steps must agree on its text, as two
    frames must before the camera; where there is only one step, its word is all there is. In a large picture
    most steps see half of the pixels: there a text that one step has read is looked at again by itself.
    """

    def __init__(self, steps: Sequence[Decoder]) -> None:
        self._steps = steps
        self._needed = min(2, len(steps))

    @property
    def name(self) -> str:
        return "; ".join(step.name for step in self._steps)

    @property
    def failures(self) -> int:
        return sum(step.failures for step in self._steps)

    def decode(self, luma: Luma) -> Sequence[Found]:
        found: dict[tuple[str, CodeSymbology], Found] = {}
        readers: dict[tuple[str, CodeSymbology], list[Decoder]] = {}
        for step in self._steps:
            by_code = {(one.text, one.symbology): one for one in step.decode(luma)}
            for code, one in by_code.items():
                found.setdefault(code, one)
                readers.setdefault(code, []).append(step)
        return tuple(
            one
            for code, one in found.items()
            if one.symbology == "qr"
            or len(readers[code]) >= self._needed
            or self._agrees_nearer(luma, one, readers[code])
        )

    def _agrees_nearer(self, luma: Luma, one: Found, readers: Sequence[Decoder]) -> bool:
        """Whether a step that is none of ``readers`` reads it in its own place, where nothing is halved."""
        if luma.size <= MAX_PIXELS:
            return False
        part, _ = alone(luma, one.place)
        return any(
            (near.text, near.symbology) == (one.text, one.symbology)
            for step in self._steps
            if step not in readers
            for near in step.decode(part)
        )
