"""The contract of CardList, over SQLite on a disk and its twin in memory."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.adapters.simulated.cards import MemoryCards
from agent.adapters.sqlite_cards import SqliteCards
from agent.ports.card_list import CardList, CardListError, ListHead
from agent.wire.card_page import Packed, add_hashes, row_hash
from tests.agent.examples import (
    ANNA,
    BENGT,
    CECILIA,
    GENERATION,
    LIST_KEY,
    OTHER_GENERATION,
    OTHER_LIST_KEY,
    row_of,
)

CONFIRMED: Final = datetime(2026, 11, 24, 6, 12, tzinfo=UTC)
A: Final = row_of(ANNA, max_children=2)
B: Final = row_of(BENGT, kind="community")
C: Final = row_of(CECILIA, status="blocked")


@pytest.fixture(params=["sqlite", "memory"])
def cards(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CardList]:
    cards: CardList = SqliteCards(tmp_path / "cards.db") if request.param == "sqlite" else MemoryCards()
    yield cards
    cards.close()


def fill(cards: CardList, *rows: Packed, generation: str = GENERATION, upto: int = 10) -> ListHead:
    cards.begin_fill(generation)
    head = cards.apply("fill", rows, upto)
    cards.swap()
    return head


def checksum(*rows: Packed) -> int:
    return add_hashes(*(row_hash(row) for row in rows))


def test_a_new_list_knows_no_card_and_has_no_head(cards: CardList) -> None:
    assert cards.find(A.key) is None
    assert (cards.head("live"), cards.head("fill")) == (None, None)


def test_a_card_is_found_as_it_was_put_in(cards: CardList) -> None:
    fill(cards, A.packed(), B.packed(), C.packed())
    assert [cards.find(row.key) for row in (A, B, C)] == [A, B, C]
    assert cards.find(A.key ^ 1) is None


@pytest.mark.parametrize("key", [0, 1, 2**63 - 1, 2**63, 2**64 - 1])
def test_every_key_of_64_bits_has_its_place(cards: CardList, key: int) -> None:
    row = msgspec.structs.replace(A, key=key)
    fill(cards, row.packed())
    assert cards.find(key) == row


def test_a_list_on_its_way_in_answers_nothing_before_the_swap(cards: CardList) -> None:
    fill(cards, A.packed())
    cards.begin_fill(OTHER_GENERATION)
    cards.apply("fill", [B.packed()], 5)
    assert (cards.find(A.key), cards.find(B.key)) == (A, None)
    cards.swap()
    assert (cards.find(A.key), cards.find(B.key)) == (None, B)


def test_the_head_says_how_far_a_table_has_come(cards: CardList) -> None:
    cards.begin_fill(GENERATION)
    assert cards.head("fill") == ListHead(GENERATION, 0, 0, 0)
    head = cards.apply("fill", [A.packed(), B.packed()], 7)
    assert head == ListHead(GENERATION, 7, 2, checksum(A.packed(), B.packed()))
    assert cards.head("fill") == head


def test_when_the_server_last_agreed_is_kept_until_another_list_answers(cards: CardList) -> None:
    cards.confirm(CONFIRMED)  # nothing to confirm, and no harm
    fill(cards, A.packed())
    cards.confirm(CONFIRMED.replace(microsecond=700_000))
    cards.apply("live", [B.packed()], 11)
    head = cards.head("live")
    assert head is not None
    assert (head.confirmed, head.revision) == (CONFIRMED, 11)
    head = fill(cards, A.packed())
    assert head.confirmed is None


def test_a_swap_takes_the_head_along_and_leaves_no_fill(cards: CardList) -> None:
    head = fill(cards, A.packed())
    assert (cards.head("live"), cards.head("fill")) == (head, None)


def test_a_list_and_its_key_are_swapped_in_together(cards: CardList) -> None:
    assert cards.answering_key() is None
    fill(cards, A.packed())
    assert cards.answering_key() is None
    for key in (LIST_KEY, OTHER_LIST_KEY):
        before = cards.answering_key()
        cards.begin_fill(OTHER_GENERATION, key)
        cards.apply("fill", [B.packed()], 5)
        assert cards.answering_key() == before
        cards.swap()
        head = cards.head("live")
        assert head is not None
        assert cards.answering_key() == head.key == key
    cards.begin_fill(GENERATION)
    cards.swap()
    assert cards.answering_key() is None


def test_a_renewed_list_has_no_key(cards: CardList) -> None:
    cards.begin_fill(GENERATION, OTHER_LIST_KEY)
    cards.swap()
    cards.begin_fill(GENERATION, OTHER_LIST_KEY)
    cards.renew()
    assert cards.answering_key() is None
    assert cards.head("fill") is None


def test_a_fill_begun_anew_is_empty(cards: CardList) -> None:
    cards.begin_fill(GENERATION)
    cards.apply("fill", [A.packed()], 5)
    cards.begin_fill(OTHER_GENERATION)
    assert cards.head("fill") == ListHead(OTHER_GENERATION, 0, 0, 0)
    cards.swap()
    assert cards.find(A.key) is None


def test_a_row_put_in_again_replaces_the_old_one_in_count_and_checksum(cards: CardList) -> None:
    fill(cards, A.packed(), B.packed())
    blocked = msgspec.structs.replace(A, status="blocked")
    head = cards.apply("live", [blocked.packed(), C.packed()], 12)
    assert head == ListHead(GENERATION, 12, 3, checksum(blocked.packed(), B.packed(), C.packed()))
    assert cards.find(A.key) == blocked


def test_the_same_page_twice_changes_nothing(cards: CardList) -> None:
    fill(cards, A.packed())
    once = cards.apply("live", [A.packed(), B.packed()], 12)
    assert cards.apply("live", [A.packed(), B.packed()], 12) == once


def test_an_empty_page_moves_the_revision_alone(cards: CardList) -> None:
    head = fill(cards, A.packed())
    assert cards.apply("live", [], 99) == ListHead(GENERATION, 99, head.count, head.checksum)


def test_rows_for_a_table_that_was_never_begun_are_an_error(cards: CardList) -> None:
    with pytest.raises(CardListError):
        cards.apply("fill", [A.packed()], 1)
    with pytest.raises(CardListError):
        cards.apply("live", [A.packed()], 1)


@pytest.mark.parametrize("at_once", [1, 2, 3, 7, 100])
def test_a_list_that_nobody_touched_is_what_was_put_in_whatever_changes_meanwhile(
    cards: CardList, at_once: int
) -> None:
    assert cards.check(at_once), "no list"
    keys = [0, 1, 2**63 - 1, 2**63, 2**64 - 1, *range(50, 60)]
    rows = [msgspec.structs.replace(A, key=key) for key in keys]
    fill(cards, *(row.packed() for row in rows))
    for number, row in enumerate([*rows, B, C]):
        assert all(cards.check(at_once) for _ in range(5))
        cards.apply("live", [msgspec.structs.replace(row, status="blocked").packed()], 11 + number)
    assert all(cards.check(at_once) for _ in range(40))
    cards.begin_fill(OTHER_GENERATION)
    cards.apply("fill", [B.packed()], 1)
    assert cards.check(at_once)
    cards.swap()
    assert all(cards.check(at_once) for _ in range(5))


def test_a_renewed_list_is_empty_and_can_be_filled(cards: CardList) -> None:
    fill(cards, A.packed())
    cards.begin_fill(OTHER_GENERATION)
    cards.renew()
    assert (cards.find(A.key), cards.head("live"), cards.head("fill")) == (None, None, None)
    fill(cards, B.packed())
    assert cards.find(B.key) == B


def test_a_renewed_list_is_lost_until_it_is_filled_again(cards: CardList) -> None:
    assert not cards.lost
    cards.renew()
    assert cards.lost
    fill(cards, B.packed())
    assert not cards.lost


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(st.integers(0, 12), st.sampled_from(["active", "blocked", "gone"])),
            max_size=6,
            unique_by=lambda change: change[0],
        ),
        max_size=6,
    )
)
def test_count_and_checksum_kept_up_row_by_row_are_those_of_the_whole(
    cards: CardList, pages: list[list[tuple[int, str]]]
) -> None:
    fill(cards)
    held: dict[int, Packed] = {}
    head = cards.head("live")
    for number, page in enumerate(pages):
        rows = [msgspec.structs.replace(A, key=key, status=status).packed() for key, status in page]
        head = cards.apply("live", rows, number)
        held.update((row[0], row) for row in rows)
    assert head is not None
    assert (head.count, head.checksum) == (len(held), checksum(*held.values()))
