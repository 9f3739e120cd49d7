"""The facts of a kiosk: what was judged, when by its own clocks, and with whom."""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

MAX_BATCH_ROWS: Final = 100
MAX_BATCH_BYTES: Final = 96 * 1024
MAX_PARTY: Final = 99
"""Upper bound of each number of a party; a kiosk cannot let in more with one card."""

type_field: Final = "type"

Epoch = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$", max_length=32)]
"""A start of the agent: 128 random bits as hex."""
Seq = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
UtcTime = Annotated[datetime, msgspec.Meta(tz=True)]
ShortText = Annotated[str, msgspec.Meta(max_length=64)]
Count = Annotated[int, msgspec.Meta(ge=0, le=MAX_PARTY)]

Verdict = Literal["accepted", "unchecked", "ask_staff"]
Shown = Literal["green", "staff"]
Symbology = Literal["qr", "code39", "typed"]
CardKind = Literal["personal", "community"]


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """Raw readings of the kiosk's clocks. Nobody ever rewrites them; the server makes a time of them."""

    boot_id: ShortText
    boottime_ms: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    wall_utc: UtcTime
    synced: bool


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """Who came in on the card. ``children`` is ``None`` where the question was not answered: never 0."""

    adults: Count = 1
    children: Count | None = None
    assistants: Count = 0


class ListState(msgspec.Struct, frozen=True, kw_only=True):
    """The card list the verdict was made with; ``age_s`` is ``None`` where it was never filled."""

    revision: Annotated[int, msgspec.Meta(ge=0)]
    age_s: Annotated[int, msgspec.Meta(ge=0)] | None


class Previous(msgspec.Struct, frozen=True, kw_only=True):
    """The last record of the start before."""

    epoch: Epoch
    last_seq: Seq


LOST: Final = "journal lost"
SET_ASIDE: Final = "journal set aside"
"""Why a start follows an unknown one: there was something before it, even if the server never heard of it."""


class Opened(msgspec.Struct, frozen=True, kw_only=True, tag="opened/1", tag_field=type_field):
    """Record 0 of an epoch. The chain of openings proves that nothing is missing between starts.

    ``after`` stands beside an unknown ``previous``: the start before, as far as it is known, and the last
    record that is known of it. It may have written more.
    """

    seq: Seq
    previous: Previous | Literal["unknown"]
    after: Previous | msgspec.UnsetType = msgspec.UNSET
    boot_id: ShortText
    serial: ShortText
    why: ShortText
    clock: Stamp


class Scan(msgspec.Struct, frozen=True, kw_only=True, tag="scan/1", tag_field=type_field):
    """A card was judged. ``shown`` is what the lights said, ``None`` where none is known to have been lit."""

    seq: Seq
    verdict: Verdict
    reason: ShortText
    marks: Annotated[tuple[ShortText, ...], msgspec.Meta(max_length=16)] = ()
    shown: Shown | None = None
    code_sealed: Annotated[str, msgspec.Meta(max_length=256)]
    symbology: Symbology
    card_kind: CardKind | None
    test: bool = False
    party: Party
    venue: ShortText
    event: ShortText | None = None
    clock: Stamp
    judged_by_date: (
        Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", max_length=10)] | None
    )
    list: ListState


class RecordName(msgspec.Struct, frozen=True, kw_only=True):
    """Of another record of the same kiosk."""

    epoch: Epoch
    seq: Seq


class ByHand(msgspec.Struct, frozen=True, kw_only=True, tag="by_hand/1", tag_field=type_field):
    """The staff let somebody in: counted once, with the card of the scan that it adopts.

    ``adopts`` is the scan that did not let them in before: refused, or without a light.
    """

    seq: Seq
    adopts: RecordName | None
    party: Party
    reason: ShortText
    venue: ShortText
    event: ShortText | None = None
    clock: Stamp


class Correction(msgspec.Struct, frozen=True, kw_only=True, tag="correction/1", tag_field=type_field):
    """A scan or a letting in by hand was noted wrongly: who came was ``party``, or nobody did (``void``).

    The record ``of`` stays as it is. Of several corrections the one written last holds.
    """

    seq: Seq
    of: RecordName
    party: Party | Literal["void"]
    why: ShortText
    clock: Stamp


class Digest(msgspec.Struct, frozen=True, kw_only=True, tag="digest/1", tag_field=type_field):
    """As of ``clock`` the kiosk is here: what it saw before has a lower number, or is of an epoch before.

    Written at the first moment of a local day at which the calendar is known to be in time.
    """

    seq: Seq
    clock: Stamp


Record = Opened | Scan | ByHand | Correction | Digest
