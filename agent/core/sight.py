"""From reads in frames to one card shown: the evidence a code needs before it counts."""

from dataclasses import dataclass, replace
from typing import Literal

from agent.core.reads import Read
from agent.wire.card_code import CardCode

Symbology = Literal["qr", "code39"]


@dataclass(frozen=True, slots=True)
class SightRules:
    code39_frames: int = 2
    away_s: float = 2.0
    several_frames: int = 3
    """One card that covers another is no question; nor is one frame that was misread."""


@dataclass(frozen=True, slots=True)
class Presented:
    """A card that counts as shown, once per appearance."""

    code: CardCode
    symbology: Symbology
    away_s: float | None
    """How long it had been out of view; ``None`` where it is new or another card came between."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A code that is not ours came into view. Nothing of its content is known here."""

    symbology: Symbology


@dataclass(frozen=True, slots=True)
class CheckCard:
    """The fleet's test card came into view."""

    symbology: Symbology


@dataclass(frozen=True, slots=True)
class SeveralCards:
    """Two cards stay in view, or one whose codes differ: nobody can say which was meant, so ask for one."""


Seen = Presented | CheckCard | Foreign | SeveralCards


@dataclass(frozen=True, slots=True)
class Sight:
    """What was in view a moment ago; all times are stopwatch seconds."""

    counted: tuple[tuple[CardCode, float], ...] = ()
    """Codes that counted and have not been away since, with when they were last seen.

    More than one: a card held over another must not count again each time the reader changes its mind.
    """
    last: tuple[CardCode, float] | None = None
    """The code that counted last, and when it was last seen, however long ago."""
    candidate: CardCode | None = None
    """A Code 39 that waits for a second opinion."""
    candidate_frames: int = 0
    candidate_at: float = 0.0
    qr_at: float | None = None
    """When a card's QR code was last seen."""
    foreign_at: float | None = None
    test_at: float | None = None
    test_told: bool = False
    several_frames: int = 0
    several_at: float = 0.0


def look(sight: Sight, reads: tuple[Read, ...], at: float, rules: SightRules) -> tuple[Sight, Seen | None]:
    """Take one frame's reads.

    A card wins over a test card beside it, and that over a foreign code. But a test card, whose whole text
    was read, wins over a barcode that has not counted: nobody is counted beside it on so little.
    """
    sight, foreign = _foreign(sight, reads, at, rules)
    sight, test = _test(sight, reads, at, rules)
    codes = {read.code for read in reads if read.code is not None}
    qr = any(read.symbology == "qr" and read.code is not None for read in reads)
    counted = tuple(
        (code, at if code in codes else seen) for code, seen in sight.counted if at - seen <= rules.away_s
    )
    last = sight.last
    if last is not None and last[0] in codes:
        # A card held for a minute has been away for no time at all. One that comes back after longer
        # keeps its old time until it counts.
        last = (last[0], at) if any(last[0] == known for known, _ in counted) else last
    sight = replace(sight, counted=counted, last=last, qr_at=at if qr else sight.qr_at)
    if len(codes) > 1:
        # Two cards, or a QR and a barcode that differ: nobody can say which was meant.
        return _several(replace(sight, candidate=None, candidate_frames=0), at, rules)
    if not codes:
        return _told(sight, test or foreign)
    (code,) = codes
    if any(code == known for known, _ in counted):
        return replace(sight, candidate=None, candidate_frames=0), None
    if qr:
        return _count(sight, code, "qr", at)
    if any(read.test for read in reads):
        return _told(replace(sight, candidate=None, candidate_frames=0), test)
    sight, card = _second_opinion(sight, code, at, rules)
    return sight, card or foreign


def _several(sight: Sight, at: float, rules: SightRules) -> tuple[Sight, SeveralCards | None]:
    """Said once, however long they stay."""
    lately = at - sight.several_at <= rules.away_s
    frames = sight.several_frames + 1 if lately else 1
    news = SeveralCards() if frames == rules.several_frames else None
    return replace(sight, several_frames=frames, several_at=at), news


def _second_opinion(
    sight: Sight, code: CardCode, at: float, rules: SightRules
) -> tuple[Sight, Presented | None]:
    """Code 39 has no checksum: it counts when enough frames agree, with no other code between.

    Not while a QR code was seen a moment ago: more likely it is that card, misread, than another person's.
    """
    agrees = sight.candidate == code and at - sight.candidate_at <= rules.away_s
    frames = sight.candidate_frames + 1 if agrees else 1
    waits = sight.qr_at is not None and at - sight.qr_at <= rules.away_s
    if frames >= rules.code39_frames and not waits:
        return _count(sight, code, "code39", at)
    return replace(sight, candidate=code, candidate_frames=frames, candidate_at=at), None


def _count(sight: Sight, code: CardCode, symbology: Symbology, at: float) -> tuple[Sight, Presented]:
    away_s = at - sight.last[1] if sight.last is not None and sight.last[0] == code else None
    counted = (*sight.counted, (code, at))
    return (
        replace(sight, counted=counted, last=(code, at), candidate=None, candidate_frames=0),
        Presented(code, symbology, away_s),
    )


def _test(
    sight: Sight, reads: tuple[Read, ...], at: float, rules: SightRules
) -> tuple[Sight, CheckCard | None]:
    """Held up for as long as somebody likes it is one appearance, told once no card is in the way."""
    symbology = next((read.symbology for read in reads if read.test), None)
    if symbology is None:
        return sight, None
    again = sight.test_at is None or at - sight.test_at > rules.away_s
    told = sight.test_told and not again
    return replace(sight, test_at=at, test_told=told), None if told else CheckCard(symbology)


def _told(sight: Sight, news: Seen | None) -> tuple[Sight, Seen | None]:
    return (replace(sight, test_told=True) if isinstance(news, CheckCard) else sight), news


def _foreign(
    sight: Sight, reads: tuple[Read, ...], at: float, rules: SightRules
) -> tuple[Sight, Foreign | None]:
    """A poster in view all day is one appearance."""
    symbology = next((read.symbology for read in reads if read.code is None and not read.test), None)
    if symbology is None:
        return sight, None
    news = sight.foreign_at is None or at - sight.foreign_at > rules.away_s
    return replace(sight, foreign_at=at), Foreign(symbology) if news else None
