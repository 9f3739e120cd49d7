"""Whether a Code 39 is read where its bars stand as they were printed.

Code 39 has no check. A card that is bent or creased shifts its bars, and gives the same wrong text in every
frame, so that two frames that agree prove little: another person's card would count. What a bend does to
the widths can be seen in them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from agent.adapters.bar_widths import ELEMENTS, Wides, Widths, in_characters, measured_widths, wides_of
from agent.adapters.code_like import Box, cut
from agent.ports.camera import Luma
from agent.ports.decoder import Decoder, Found

LEAST_CLEAR: Final = 0.1
CLEAR_FOR_SHIFT: Final = 0.7
CLEAR_ENOUGH: Final = 0.6
MOST_SHIFT: Final = 1.2
"""A wrong text has a narrow element as wide as a wide one, so it is not clear, or its edges are out of place.
The line was measured on creased cards (DECISIONS)."""
SMOOTHEST: Final = (1, 2, 3, 3)
"""Degrees of the curve that a card askew, or bent a little from end to end, needs; found step by step."""
QUIET_SHARE: Final = 10
"""A tenth of the code on either side is room for an engine that reads it alone."""
PROVEN: Final = 2
REMEMBERED_FRAMES: Final = 30

Chosen = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Print:
    """How a code's bars stand beside those of a flat one."""

    clear: float
    """How far apart a wide and a narrow element are at least within a character: 1 as printed, 0 the same."""
    shift: float
    """How far an edge is at most from where all the others together say that it was, in modules."""

    def is_flat(self) -> bool:
        needed = min(LEAST_CLEAR + CLEAR_FOR_SHIFT * self.shift, CLEAR_ENOUGH)
        return self.shift <= MOST_SHIFT and self.clear >= needed


def print_of(widths: Widths, wides: Wides) -> Print:
    """From the widths of all elements and gaps, and which elements the text says are wide."""
    gap = np.arange(len(widths)) % (ELEMENTS + 1) == ELEMENTS
    bar = np.arange(len(widths)) % 2 == 0
    wide = np.concatenate([wides, np.zeros((len(wides), 1), np.bool_)], axis=1).ravel()[:-1]
    kinds: list[Chosen] = [
        gap,
        *(~gap & (wide == one) & (bar == other) for one in (0, 1) for other in (0, 1)),
    ]
    ends = np.cumsum(widths)
    stretch = np.ones(len(widths))
    usual = np.zeros(len(widths))
    for degree in SMOOTHEST:
        for kind in kinds:
            if kind.any():
                usual[kind] = np.median((widths / stretch)[kind])
        even = np.cumsum(usual)
        curve = np.polynomial.Polynomial.fit(even, ends, degree)
        stretch = curve.deriv()(even - usual / 2)
    narrow, broad = np.ones(len(widths)), np.ones(len(widths))
    for colour in (bar, ~bar):
        # Ink runs, and light eats it: bars are compared with bars, and spaces with spaces.
        narrow[colour] = np.median((widths / stretch)[colour & ~wide & ~gap])
        broad[colour] = np.median((widths / stretch)[colour & wide])
    if (broad <= narrow).any():
        return Print(0.0, 0.0)
    share = in_characters((widths / stretch - narrow) / (broad - narrow))
    apart = np.where(wides, share, np.inf).min(axis=1) - np.where(wides, -np.inf, share).max(axis=1)
    shift = np.abs(ends - curve(even)).max() / narrow[:2].mean()
    return Print(float(apart.min()), float(shift))


class FlatPrint:
    """A decoder whose Code 39 reads are passed on only where the bars are measured to be the text's.

    ``engines`` are asked for the code's place alone: one that reads another text there is a doubt, too.
    ``light_bars``: the decoder reads what is light on dark, and so it is measured.
    """

    def __init__(self, decoder: Decoder, engines: Sequence[Decoder], *, light_bars: bool = False) -> None:
        self._decoder = decoder
        self._engines = engines
        self._light_bars = light_bars
        self._failures = 0
        self._text = ""
        self._times = 0
        self._unseen = 0

    @property
    def name(self) -> str:
        return self._decoder.name

    @property
    def failures(self) -> int:
        return self._decoder.failures + self._failures

    def decode(self, luma: Luma) -> Sequence[Found]:
        found = self._decoder.decode(luma)
        corrected = {one.text for one in found if one.symbology == "qr"}
        self._forget()
        return tuple(
            one
            for one in found
            if one.symbology == "qr" or one.text in corrected or self._is_proven(luma, one)
        )

    def _forget(self) -> None:
        self._unseen += 1
        if self._unseen > REMEMBERED_FRAMES:
            self._text, self._times = "", 0

    def _is_proven(self, luma: Luma, one: Found) -> bool:
        """Measured until it has counted: a card that is held for long costs no more than its reads."""
        if one.text != self._text:
            proven = self._is_flat(luma, one)
            if proven:
                self._text, self._times, self._unseen = one.text, 1, 0
            return proven
        if self._times < PROVEN:
            if not self._is_flat(luma, one):
                return False
            self._times += 1
        self._unseen = 0
        return True

    def _is_flat(self, luma: Luma, one: Found) -> bool:
        luma = ~luma if self._light_bars else luma
        try:
            seen = _print_in(luma, one)
        except Exception:  # noqa: BLE001  (no picture stops a kiosk: this one is unread)
            self._failures += 1
            return False
        if seen is None or not seen.is_flat():
            return False
        part, place = alone(luma, one.place)
        return not any(
            other.symbology == "code39" and other.text != one.text and _meet(other.place, place)
            for engine in self._engines
            for other in engine.decode(part)
        )


def _print_in(luma: Luma, one: Found) -> Print | None:
    wides = wides_of(one.text)
    widths = None if wides is None else measured_widths(luma, one.place, wides)
    return None if wides is None or widths is None else print_of(widths, wides)


def alone(luma: Luma, place: Box) -> tuple[Luma, Box]:
    """The part of the picture around ``place``, and where ``place`` is in it."""
    left, top, right, bottom = place
    room = max(right - left, bottom - top) // QUIET_SHARE
    begin, above = max(left - room, 0), max(top - room, 0)
    part = cut(luma, (begin, above, right + room, bottom + room))
    return part, (left - begin, top - above, right - begin, bottom - above)


def _meet(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
