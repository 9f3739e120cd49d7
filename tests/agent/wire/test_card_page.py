"""Pages of the card list: small, bounded, and refused where they are not whole."""

import random
import struct
import zlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.wire.card_page import (
    MAX_PAGE_ROWS,
    CardRow,
    Packed,
    add_hashes,
    checksum_text,
    pack,
    row_hash,
    unpack,
)
from agent.wire.messages import WireError
from tests.agent.examples import ANNA, row_of

days = st.integers(0, 20_000).map(lambda days: date(2000, 1, 1) + timedelta(days=days))


@st.composite
def card_rows(draw: st.DrawFn) -> CardRow:
    first = draw(days)
    return CardRow(
        key=draw(st.integers(0, 2**64 - 1)),
        kind=draw(st.sampled_from(["personal", "community"])),
        status=draw(st.sampled_from(["active", "blocked", "withdrawn", "gone"])),
        first_day=first,
        last_day=first + timedelta(days=draw(st.integers(0, 20_000))),
        max_children=draw(st.none() | st.integers(0, 99)),
    )


def many(count: int) -> list[Packed]:
    """Keys as a keyed hash spreads them, fields as a register fills them."""
    dice = random.Random(7)  # noqa: S311  (no secret)
    start = date(2026, 1, 1)
    rows = []
    for _ in range(count):
        first = start + timedelta(days=dice.randrange(330))
        bound = dice.choice([None, None, None, 0, 1, 2, 3])
        row = CardRow(
            key=dice.getrandbits(64),
            kind="community" if dice.random() < 0.01 else "personal",
            status="gone" if dice.random() < 0.02 else "active",
            first_day=first,
            last_day=first + timedelta(days=364),
            max_children=bound,
        )
        rows.append(row.packed())
    return rows


@given(st.lists(card_rows(), unique_by=lambda row: row.key, max_size=40))
def test_a_page_comes_back_as_it_was_whatever_its_order(rows: list[CardRow]) -> None:
    unpacked = unpack(pack(row.packed() for row in rows))
    assert [CardRow.unpacked(*row) for row in unpacked] == sorted(rows, key=lambda row: row.key)


def test_a_full_page_takes_about_twelve_bytes_a_card() -> None:
    packed = pack(many(5_000))
    assert len(packed) / 5_000 < 12.5


def test_a_zip_bomb_is_refused_without_being_blown_up() -> None:
    bomb = zlib.compress(bytes(200_000_000), 9)
    assert len(bomb) < 200_000
    with pytest.raises(WireError):
        unpack(bomb)


def test_a_page_of_more_rows_than_the_contract_allows_is_refused() -> None:
    rows = [(key, 0, 0, 0, 0) for key in range(MAX_PAGE_ROWS + 1)]
    assert len(unpack(pack(rows[:-1]))) == MAX_PAGE_ROWS
    with pytest.raises(WireError):
        unpack(pack(rows))


@given(st.binary(max_size=200))
def test_garbage_is_refused_and_never_ends_in_anything_else(garbage: bytes) -> None:
    with pytest.raises(WireError):
        unpack(garbage)


@given(st.binary(max_size=200))
def test_compressed_garbage_is_refused_or_read_whole(garbage: bytes) -> None:
    try:
        rows = unpack(zlib.compress(garbage))
    except WireError:
        return
    assert len(rows) == struct.unpack_from(">I", garbage)[0]


@pytest.mark.parametrize("cut", [1, 10, 50])
def test_a_page_that_was_cut_is_refused(cut: int) -> None:
    with pytest.raises(WireError):
        unpack(pack(many(100))[:-cut])


@pytest.mark.parametrize("flags", [0x04, 0x0F, 0x20, 0xFF])
def test_kinds_and_states_of_a_later_version_are_refused(flags: int) -> None:
    with pytest.raises(WireError, match="later version"):
        unpack(pack([(1, flags, 0, 0, 0)]))


def test_keys_that_run_over_64_bits_are_refused() -> None:
    deltas = struct.pack(">QQ", 2**64 - 1, 1)
    planes = b"".join(deltas[i::8] for i in range(8))
    page = struct.pack(">I", 2) + planes + struct.pack(">2B2H2H2B", *([0] * 8))
    with pytest.raises(WireError, match="64 bits"):
        unpack(zlib.compress(page))


def test_a_row_s_hash_is_pinned() -> None:
    # It is in the checksum of every kiosk's list.
    assert row_hash(row_of(ANNA, max_children=2).packed()) == 0xEEF122970EB01623


@given(st.lists(card_rows(), min_size=1, max_size=10))
def test_taking_out_every_row_leaves_the_checksum_of_nothing(rows: list[CardRow]) -> None:
    hashes = [row_hash(row.packed()) for row in rows]
    total = add_hashes(*hashes)
    assert 0 <= total < 2**64
    assert checksum_text(add_hashes(total, *(-each for each in hashes))) == "0" * 16
