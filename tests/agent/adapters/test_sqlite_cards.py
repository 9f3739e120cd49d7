"""The list's file: it may be deleted at any time, and a fill never stands in a scan's way."""

import sqlite3
import sys
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from agent.adapters.sqlite_cards import SqliteCards
from agent.ports.card_list import CardListDamagedError, CardListError
from tests.agent.damaged_lists import spoil_the_rows
from tests.agent.examples import ANNA, BENGT, GENERATION, OTHER_GENERATION, OTHER_LIST_KEY, row_of

A = row_of(ANNA)
B = row_of(BENGT)


def filled(path: Path) -> SqliteCards:
    cards = SqliteCards(path)
    cards.begin_fill(GENERATION)
    cards.apply("fill", [A.packed()], 10)
    cards.swap()
    return cards


def test_a_list_and_a_half_filled_one_survive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "cards.db"
    cards = filled(path)
    cards.begin_fill(OTHER_GENERATION)
    half = cards.apply("fill", [B.packed()], 5)
    cards.close()
    cards = SqliteCards(path)
    try:
        assert cards.find(A.key) == A
        assert cards.head("fill") == half
        cards.swap()
        assert cards.find(B.key) == B
    finally:
        cards.close()


@pytest.mark.parametrize(
    "content", [b"", b"no database but a text of some length " * 100, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_file_that_is_no_list_is_deleted_and_begun_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cards.db"
    path.write_bytes(content)
    cards = filled(path)
    try:
        assert cards.find(A.key) == A
    finally:
        cards.close()


def test_a_list_whose_damage_cannot_even_be_told_is_begun_anew(tmp_path: Path) -> None:
    """SQLite quotes the words of the table that it cannot read, and these are no text any more."""
    path = tmp_path / "cards.db"
    filled(path).close()
    content = path.read_bytes()
    assert b"key INTEGER" in content
    path.write_bytes(content.replace(b"key INTEGER", b"\xff\xb7\xffK INTEGE"))
    cards = SqliteCards(path)
    try:
        assert (cards.lost, cards.find(A.key)) == (True, None)
    finally:
        cards.close()


def test_a_database_of_something_else_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "cards.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE live (something TEXT)")
    other.close()
    cards = filled(path)
    try:
        assert cards.find(A.key) == A
    finally:
        cards.close()


def test_a_file_that_goes_bad_at_work_is_an_error_until_it_is_renewed(tmp_path: Path) -> None:
    path = tmp_path / "cards.db"
    filled(path).close()
    spoil_the_rows(path)
    cards = SqliteCards(path)
    try:
        with pytest.raises(CardListError, match="may be deleted"):
            cards.find(A.key)
        cards.renew()
        assert cards.find(A.key) is None
        assert cards.head("live") is None
    finally:
        cards.close()


@pytest.mark.parametrize("place", ["/proc/self/cards.db", "/proc/self/status/cards.db", "/proc/self"])
def test_a_place_where_no_file_can_be_is_a_sentence(place: str) -> None:
    with pytest.raises(CardListError, match="cannot be used"):
        SqliteCards(Path(place))


def test_a_card_is_found_while_a_page_is_being_put_in(tmp_path: Path) -> None:
    path = tmp_path / "cards.db"
    cards = filled(path)
    writing = sqlite3.connect(path, isolation_level=None)
    try:
        writing.execute("BEGIN IMMEDIATE")
        writing.execute("DELETE FROM live")
        assert cards.find(A.key) == A
        writing.execute("ROLLBACK")
    finally:
        writing.close()
        cards.close()


def test_a_page_that_fails_half_way_leaves_the_list_as_it_was(tmp_path: Path) -> None:
    cards = filled(tmp_path / "cards.db")
    try:
        before = cards.head("live")
        pages = cards._sql.execute("PRAGMA page_count").fetchone()[0]  # noqa: SLF001  (a small disk)
        cards._sql.execute(f"PRAGMA max_page_count = {pages}")  # noqa: SLF001  (likewise)
        many = [(key, 0, 0, 0, 0) for key in range(10_000)]
        with pytest.raises(CardListError, match="full"):
            cards.apply("live", many, 11)
        assert cards.head("live") == before
        assert (cards.find(A.key), cards.find(5)) == (A, None)
    finally:
        cards.close()


def test_a_loss_is_not_forgotten_by_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "cards.db"
    path.write_bytes(b"not a database" * 1000)
    for _ in range(2):
        cards = SqliteCards(path)
        assert cards.lost
        cards.close()


def test_a_list_that_was_deleted_by_hand_is_not_lost(tmp_path: Path) -> None:
    cards = SqliteCards(tmp_path / "cards.db")
    assert not cards.lost
    cards.close()


def test_a_list_s_key_survives_a_restart_and_one_that_was_changed_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "cards.db"
    cards = SqliteCards(path)
    cards.begin_fill(GENERATION, OTHER_LIST_KEY)
    cards.swap()
    cards.close()
    cards = SqliteCards(path)
    assert cards.answering_key() == OTHER_LIST_KEY
    cards.close()
    other = sqlite3.connect(path)
    other.execute("UPDATE heads SET list_key = CAST(X'01' || substr(list_key, 2) AS BLOB)")
    other.commit()
    other.close()
    cards = SqliteCards(path)
    try:
        for look in (cards.answering_key, lambda: cards.head("live")):
            with pytest.raises(CardListDamagedError, match="nobody put in"):
                look()
    finally:
        cards.close()


def test_a_list_of_an_earlier_version_answers_by_the_key_of_the_enrolment(tmp_path: Path) -> None:
    path = tmp_path / "cards.db"
    filled(path).close()
    older = sqlite3.connect(path)
    older.execute("ALTER TABLE heads DROP COLUMN list_key")
    older.execute("DELETE FROM _sqlite_migrations WHERE name = 'list_keys'")
    older.commit()
    older.close()
    cards = SqliteCards(path)
    try:
        assert (cards.find(A.key), cards.answering_key(), cards.lost) == (A, None, False)
    finally:
        cards.close()


class PowerCutError(BaseException):
    """Nothing of ours catches it."""


class Step:
    """A cut at the ``number``-th call to the disk."""

    TO_THE_DISK = frozenset({"unlink", "open", "connect", "execute", "rename", "fsync", "close"})

    def __init__(self, number: int) -> None:
        self._left = number
        self.cut = False

    def __call__(self, frame: FrameType, event: str, called: Any) -> None:  # noqa: ANN401  (any function)
        del frame
        if event == "c_call" and called.__name__ in self.TO_THE_DISK:
            self._left -= 1
            if self._left == 0:
                self.cut = True
                raise PowerCutError


def test_a_power_cut_while_a_list_is_renewed_leaves_the_old_one_or_one_that_is_lost(tmp_path: Path) -> None:
    """And nothing in between: where no file is, a person deleted it, and nothing is known of a loss."""
    for number in count(1):
        path = tmp_path / f"{number}.db"
        cards = filled(path)
        step = Step(number)
        sys.setprofile(step)
        try:
            cards.renew()
        except PowerCutError:
            pass
        finally:
            sys.setprofile(None)
        cards.close()
        again = SqliteCards(path)
        assert again.lost or again.find(A.key) == A, number
        again.close()
        if not step.cut:
            break
    assert number > 8


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE live SET flags = 0 WHERE key = (SELECT max(key) FROM live)",
        "UPDATE live SET key = key + 1 WHERE key = (SELECT max(key) FROM live)",
        "DELETE FROM live WHERE key = (SELECT min(key) FROM live)",
        "INSERT INTO live VALUES (5, 0, 0, 0, 0)",
    ],
)
@pytest.mark.parametrize("at_once", [1, 4, 100])
def test_rows_that_were_changed_without_a_word_are_found(tmp_path: Path, spoil: str, at_once: int) -> None:
    path = tmp_path / "cards.db"
    cards = SqliteCards(path)
    try:
        cards.begin_fill(GENERATION)
        blocked = row_of(BENGT, status="blocked").packed()
        cards.apply("fill", [blocked, *((key, 1, 0, 0, 0) for key in range(10, 20))], 10)
        cards.swap()
        assert cards.check(at_once)
        other = sqlite3.connect(path)
        other.execute(spoil)
        other.commit()
        other.close()
        assert not all(cards.check(at_once) for _ in range(25))
    finally:
        cards.close()
