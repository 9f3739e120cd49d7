"""What a camera sees, in words for who installs it. Of a code only its kind is ever said."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from agent.core.looking import Counts, Picture
from agent.core.reads import Read

SHARP: Final = 0.7
BLURRED: Final = 0.45
"""Between the two a card may be read, or not (DECISIONS)."""
DARK_MEAN: Final = 40.0
DARK_SHARE: Final = 0.6
BLOWN_SHARE: Final = 0.25
"""Grey levels and shares of the guide box. White paper alone, lit well, is below."""
BY: Final = {"qr": "QR", "code39": "barcode"}


def sharpness_in_words(picture: Picture) -> str:
    share = picture.sharpness
    if share is None:
        return "no clear edge: hold a card at the marked spot"
    if share >= SHARP:
        return f"sharp {share:.0%}"
    if share >= BLURRED:
        return f"rather soft {share:.0%}: hold the card still, or nearer to the marked spot"
    return (
        f"blurred {share:.0%}: if a card at the marked spot is so too, turn the lens or set reading.spot_cm"
    )


def light_in_words(picture: Picture) -> str:
    if picture.blown > BLOWN_SHARE:
        said = f"too bright, {picture.blown:.0%} blown out: keep lamps and windows out of view"
    elif picture.mean < DARK_MEAN or picture.dark > DARK_SHARE:
        said = f"too dark, {picture.mean / 255:.0%} of white: light the marked spot"
    else:
        said = f"light {picture.mean / 255:.0%}"
    if picture.exposure_ms is not None:
        said += f", exposed {picture.exposure_ms:.1f} ms"
    if picture.lux is not None:
        said += f", {picture.lux:.0f} lux"
    return said


def kind_of(read: Read) -> str:
    by = BY[read.symbology]
    what = "test card" if read.test else "foreign" if read.code is None else "card"
    return f"{what} {by}"


@dataclass
class Watch:
    """From the start of watching, and since the line before."""

    kinds: Counter[str] = field(default_factory=Counter)
    """In how many frames each kind was read."""
    now: Counter[str] = field(default_factory=Counter)
    looks: int = 0
    ms: float = 0.0
    sharpness: tuple[float, ...] = ()
    """Least and most so far."""
    frames: int = 0
    since: float = 0.0
    """When the line before was said, in stopwatch seconds."""

    def begin(self, at: float) -> None:
        """A child has opened: it counts from nothing, and so does this second."""
        self.now, self.looks, self.ms, self.since, self.frames = Counter(), 0, 0.0, at, 0

    def looked(self, reads: tuple[Read, ...], decode_ms: float) -> None:
        kinds = {kind_of(read) for read in reads}
        self.kinds.update(kinds)
        self.now.update(kinds)
        self.looks += 1
        self.ms += decode_ms

    def line(self, picture: Picture, counts: Counts, at: float) -> str:
        """What there is to say of the time since the line before."""
        if picture.sharpness is not None:
            measured = (*self.sharpness, picture.sharpness)
            self.sharpness = (min(measured), max(measured))
        seconds = at - self.since
        frames = counts.frames - self.frames
        pace = f", {frames / seconds:.1f} frames/s" if seconds > 0 and frames > 0 else ""
        reads = ", ".join(sorted(self.now)) or "nothing read"
        took = f"{self.ms / self.looks:.1f} ms a look" if self.looks else "no look"
        self.begin(at)
        self.frames = counts.frames
        parts = (reads, sharpness_in_words(picture), light_in_words(picture), took + pace)
        return " | ".join(parts)
