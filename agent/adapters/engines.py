"""Which decoders this machine has, and when each of them looks at a picture."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from agent.adapters.enlarged import EnlargedDecoder
from agent.adapters.zbar import ZbarDecoder
from agent.adapters.zxing import ZxingDecoder
from agent.ports.camera import Luma
from agent.ports.decoder import Decoder, DecoderMissingError, Found

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


def for_stills(engines: Engines) -> tuple[Decoder, ...]:
    """Every step for a picture that somebody waits for, the cheap ones first."""
    return (*engines.decoders, EnlargedDecoder(engines.decoders[0]))


class FirstThatReads:
    """Asks one decoder after another until one of them finds something."""

    def __init__(self, decoders: Sequence[Decoder]) -> None:
        self._decoders = decoders

    @property
    def name(self) -> str:
        return ", ".join(decoder.name for decoder in self._decoders)

    def decode(self, luma: Luma) -> Sequence[Found]:
        for decoder in self._decoders:
            if found := decoder.decode(luma):
                return found
        return ()


class LiveDecoder:
    """The first decoder on every frame; the others in turn, on every n-th frame where it found nothing.

    The others cost five times as much and an empty counter is what a kiosk mostly sees.
    """

    def __init__(self, first: Decoder, others: Sequence[Decoder], *, every: int) -> None:
        self._first = first
        self._others = others
        self._every = every
        self._unread = 0

    @property
    def name(self) -> str:
        return ", ".join(decoder.name for decoder in (self._first, *self._others))

    def decode(self, luma: Luma) -> Sequence[Found]:
        if found := self._first.decode(luma):
            return found
        self._unread += 1
        turn, rest = divmod(self._unread, self._every)
        if rest or not self._others:
            return ()
        return self._others[turn % len(self._others)].decode(luma)
