"""Which decoders this machine has."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from agent.adapters.rescue import EveryStep, still_steps
from agent.adapters.zbar import ZbarDecoder
from agent.adapters.zxing import ZxingDecoder
from agent.ports.decoder import Decoder, DecoderMissingError

ENGINES: tuple[Callable[[], Decoder], ...] = (ZxingDecoder, ZbarDecoder)
"""In the order they look: the fast one first. A further engine is registered here."""


@dataclass(frozen=True, slots=True)
class Engines:
    decoders: tuple[Decoder, ...]
    """At least one; the first looks at every frame."""
    notes: tuple[str, ...]
    """A sentence for each engine that is not on this machine."""


def open_engines(engines: Iterable[Callable[[], Decoder]]) -> Engines:
    """Take what is there. Raises :class:`DecoderMissingError` where nothing is."""
    decoders: list[Decoder] = []
    notes: list[str] = []
    for engine in engines:
        try:
            decoders.append(engine())
        except DecoderMissingError as missing:
            notes.append(str(missing))
    if not decoders:
        raise DecoderMissingError(" ".join(["No barcode decoder is installed.", *notes]))
    return Engines(tuple(decoders), tuple(notes))


def for_stills(engines: Engines) -> EveryStep:
    """For a picture that somebody waits for."""
    return EveryStep(still_steps(engines.decoders))
