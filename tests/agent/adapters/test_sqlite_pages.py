"""What stands on a page, beside what SQLite itself says that it wrote there."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import hypothesis.strategies as st
from hypothesis import given, settings

from agent.adapters.sqlite_pages import PAGE, Row, rows_on

numbers = st.integers(-(2**63), 2**63 - 1)
values = st.one_of(
    st.none(),
    numbers,
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.binary(max_size=60),
    st.sampled_from([900, 1000, 1002, 1003, 4000, 4061, 4062, 5100, 9000]).map(bytes),
)


def pages_of(sql: sqlite3.Connection) -> list[bytes]:
    content = sql.serialize()
    return [content[at : at + PAGE] for at in range(0, len(content), PAGE)]


def rows_in(pages: list[bytes]) -> Iterator[Row]:
    for page in pages:
        yield from rows_on(page, lambda number: pages[number - 1] if 0 < number <= len(pages) else b"")


@settings(max_examples=30)
@given(st.dictionaries(numbers, st.tuples(values, values), max_size=60))
def test_all_rows_that_sqlite_wrote_are_read(rows: dict[int, tuple[object, object]]) -> None:
    with closing(sqlite3.connect(":memory:")) as sql:
        sql.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a, b)")
        sql.execute("CREATE TABLE w (id, a, b, PRIMARY KEY (id)) WITHOUT ROWID")
        for key, (a, b) in rows.items():
            sql.execute("INSERT INTO t VALUES (?, ?, ?)", (key, a, b))
            sql.execute("INSERT INTO w VALUES (?, ?, ?)", (key, a, b))
        found = list(rows_in(pages_of(sql)))
    of_rowid = {row.rowid: row.values for row in found if row.rowid is not None}
    of_key = {row.values[0]: row.values[1:] for row in found if row.rowid is None}
    assert of_rowid == {key % 2**64: (None, *row) for key, row in rows.items()}
    assert of_key == rows
    assert len(found) == 2 * len(rows)


@settings(max_examples=200)
@given(st.sampled_from([0x02, 0x05, 0x0A, 0x0D]), st.binary(max_size=PAGE), st.binary(max_size=300))
def test_a_page_of_anything_is_no_trouble(kind: int, content: bytes, more: bytes) -> None:
    page = bytes([kind]) + content[: PAGE - 1]
    for row in rows_on(page, lambda _: (more * PAGE)[:PAGE]):
        assert isinstance(row, Row)


def test_a_row_that_goes_on_on_itself_for_ever_is_no_row() -> None:
    with closing(sqlite3.connect(":memory:")) as sql:
        sql.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a)")
        sql.execute("INSERT INTO t VALUES (1, zeroblob(100000))")
        pages = pages_of(sql)
    around = (3).to_bytes(4, "big") + bytes(PAGE - 4)
    (row,) = (row for row in rows_on(pages[1], lambda _: around))
    assert row.values == (None, bytes(100_000))  # as long as it says, and no longer
    assert list(rows_on(pages[1], lambda _: b"")) == []


def test_what_was_deleted_from_a_page_is_not_on_it() -> None:
    with closing(sqlite3.connect(":memory:")) as sql:
        sql.execute("PRAGMA secure_delete=OFF")
        sql.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a)")
        sql.executemany("INSERT INTO t VALUES (?, 'secret ' || ?)", [(at, at) for at in range(9)])
        sql.execute("DELETE FROM t WHERE id <> 4")
        pages = pages_of(sql)
    assert b"secret 7" in pages[1]
    assert list(rows_in(pages[1:])) == [Row(4, (None, "secret 4"))]
