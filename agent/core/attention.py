"""How much looking a picture deserves: which frames, and what may be spent on one that cannot be read.

The unit is the first look: what one look at a whole frame takes. So the rules mean the same on any board.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionRules:
    settle_frames: int
    """So many frames after the last change are all looked at: a barcode needs two that agree."""
    idle_every: int
    """Of a picture that does not change, every so many-th frame is looked at all the same."""
    rest_frames: int
    """So long no rescue is tried once a card was read twice; less than what a card counts as away for."""
    rotation: int
    """Steps of one rotation. After one without a change of the picture there is a pause until the next."""
    passing: float = 0.25
    """First looks that a frame adds to what rescue may spend, while things come and go."""
    held: float = 3.6
    """Likewise, while something like a code stays where it is."""
    most: float = 4.0
    """What can be saved up: whoever comes into a still picture is tried at once."""
    stopped_frames: int = 3
    """So many without a change, and nothing is passing any more."""


def rules_for(frames_per_second: float, rotation: int) -> AttentionRules:
    return AttentionRules(
        settle_frames=max(round(frames_per_second), 4),
        idle_every=max(round(frames_per_second * 2 / 3), 1),
        rest_frames=round(frames_per_second * 0.7),
        rotation=rotation,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """Of the frames so far, what matters for the next."""

    still: int = 0
    """Frames since the last change."""
    steps: int = 0
    """Rescue steps since the last change, or since one last read a card."""
    credit: float = 0.0
    """First looks that rescue may spend; below zero where the last step took more."""
    held: bool = False
    reads: int = 0
    """Frames in which a card was read, since there was last a pause between them."""
    unread: int = 0
    """Frames since a card was last read."""


def looks_anyway(now: Attention, rules: AttentionRules) -> bool:
    """Whether the next frame is looked at, moved or not: then whether it moved need not be known before."""
    return _is_due(now.still + 1, rules)


def next_frame(now: Attention, *, moved: bool, rules: AttentionRules) -> tuple[Attention, bool]:
    """Take a frame in. The second is whether it is to be looked at."""
    still = 0 if moved else now.still + 1
    calm = now.held or still >= rules.stopped_frames
    credit = min(now.credit + (rules.held if calm else rules.passing), rules.most)
    unread = now.unread + 1
    after = replace(
        now,
        still=still,
        steps=0 if moved else now.steps,
        credit=credit,
        unread=unread,
        reads=now.reads if unread <= rules.rest_frames else 0,
        held=now.held and still <= rules.settle_frames,
    )
    return after, _is_due(still, rules)


def _is_due(still: int, rules: AttentionRules) -> bool:
    return still <= rules.settle_frames or still % rules.idle_every == 0


def card_read(now: Attention) -> Attention:
    return replace(now, reads=now.reads + 1, unread=0)


def may_rescue(now: Attention, rules: AttentionRules) -> bool:
    """Whether this frame, in which no card was read, may be given to a rescue step."""
    resting = now.reads > 1
    return not resting and now.credit > 0 and now.steps < rules.rotation


def rescue_begun(now: Attention) -> Attention:
    return replace(now, steps=now.steps + 1)


def rescue_done(now: Attention, *, cost: float, held: bool, read: bool) -> Attention:
    """``cost`` in first looks. ``held``: something like a code was there, and was there a while ago.

    ``read``: it was a card. Then there is a second try at once, whatever this one cost: a barcode needs two.
    And the rotation begins anew: a card that lies still must not seem to have gone and to have come again.
    """
    left = now.credit - cost
    if not read:
        return replace(now, credit=left, held=held)
    return replace(now, credit=max(left, 0.0), held=held, steps=0)
