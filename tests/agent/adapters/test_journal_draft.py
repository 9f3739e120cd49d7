"""The new journal that is filled with findings, in whatever order a damaged file has them."""

from itertools import permutations
from pathlib import Path

import msgspec
import pytest

from agent.adapters.journal_draft import JournalDraft
from agent.adapters.journal_findings import (
    Finding,
    FoundLight,
    FoundName,
    FoundRecord,
    FoundServer,
    FoundStart,
    FoundUnreadable,
    FoundWaiting,
    finding,
    findings,
)
from agent.adapters.sqlite_journal import SqliteJournal
from agent.adapters.sqlite_pages import Row
from agent.ports.journal import Start
from agent.wire.canonical import canonical_record
from agent.wire.records import ByHand, Party, Scan
from tests.agent.adapters.damaged import Names, sent
from tests.agent.examples import EPOCH, GENERATION, OTHER_EPOCH, moment, scan


def record(ordinal: int, of: Scan) -> FoundRecord:
    found = finding(Row(None, (ordinal, of.seq, canonical_record(of))))
    assert isinstance(found, FoundRecord)
    return found


def numbered(seq: int) -> Scan:
    return msgspec.structs.replace(scan(), seq=seq)


def filled(path: Path, *findings: Finding) -> Names:
    draft = JournalDraft(path)
    draft.fill(findings)
    draft.close()
    journal = SqliteJournal(path)
    rows = sent(journal)
    journal.close()
    path.unlink()
    return rows


def test_of_several_versions_of_a_row_the_last_is_kept(tmp_path: Path) -> None:
    """A page may stand in the file as it was before its light, and once more as it was after the answer."""
    written = numbered(4)
    lit = msgspec.structs.replace(written, shown="green")
    answered = msgspec.structs.replace(lit, party=Party(children=2))
    name = FoundName(1, EPOCH)
    for versions in permutations((written, lit, answered)):
        rows = filled(tmp_path / "draft", name, *(record(1, version) for version in versions))
        assert rows == {(EPOCH, 4): canonical_record(answered)}


def test_rows_of_a_start_without_a_name_are_not_sent_under_another(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = filled(tmp_path / "draft", FoundName(1, EPOCH), record(1, numbered(0)), record(2, numbered(0)))
    assert rows.keys() == {(EPOCH, 0)}
    assert "1 records are of starts whose name is not readable any more" in caplog.text


def test_two_starts_of_one_name_cost_one_of_them_and_not_the_rescue(tmp_path: Path) -> None:
    rows = filled(
        tmp_path / "draft",
        FoundStart(1, EPOCH, -1),
        FoundStart(2, EPOCH, -1),
        FoundStart(3, OTHER_EPOCH, -1),
        *(record(ordinal, numbered(ordinal)) for ordinal in (1, 2, 3)),
    )
    assert rows.keys() == {(EPOCH, 1), (OTHER_EPOCH, 3)}


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_words_on_what_has_its_receipt_the_smaller_is_believed(tmp_path: Path, order: int) -> None:
    words = [FoundStart(1, EPOCH, 5), FoundStart(1, EPOCH, 2)][::order]
    rows = filled(
        tmp_path / "draft", FoundServer(GENERATION), *words, *(record(1, numbered(seq)) for seq in range(8))
    )
    assert sorted(rows) == [(EPOCH, seq) for seq in range(3, 8)]


@pytest.mark.parametrize(
    "row",
    [
        Row(None, (0, 4, canonical_record(numbered(4)))),
        Row(None, (1, 5, canonical_record(numbered(4)))),
        Row(None, (1, 4, b"{}")),
        Row(None, ("no name", 1)),
        Row(2**64 - 1, (None, EPOCH, 1, 0, 0, None)),
        Row(1, (None, 1, 2, 3, 4)),
        Row(1, (None, 0, 2, 3)),
        Row(1, (None, 1, 2, "6f0c1c1e")),
        Row(1, (None, 7)),  # how often the disk was tried
        Row(None, ("6f0c1c1e", 1, 2**62)),
        Row(None, ()),
    ],
)
def test_what_has_another_shape_is_nothing(row: Row) -> None:
    assert finding(row) is None


def test_the_time_that_was_known_is_told_from_a_count() -> None:
    seconds = int(moment(1).wall_utc.timestamp())
    assert finding(Row(1, (None, seconds))) == (seconds,)


def test_what_the_last_green_light_says_is_no_start() -> None:
    assert finding(Row(1, (None, EPOCH, 1, 2, "6f0c1c1e", 3))) == FoundLight(EPOCH, 1, 2, "6f0c1c1e", 3)


def started(path: Path, *found: Finding) -> Start:
    draft = JournalDraft(path)
    draft.fill(found)
    draft.close()
    journal = SqliteJournal(path)
    start = journal.start(moment(99), "serial-1", "start")
    journal.close()
    path.unlink()
    return start


def hand(seq: int) -> ByHand:
    clock = moment(1).stamp()
    return ByHand(seq=seq, adopts=None, party=Party(), reason="known", venue="v-102", clock=clock)


def test_what_waits_is_the_last_record_or_nothing(tmp_path: Path) -> None:
    """A page of an earlier time names one that has been answered since."""
    rows: list[Finding] = [
        FoundName(1, EPOCH),
        FoundName(2, OTHER_EPOCH),
        *(record(1, numbered(seq)) for seq in range(3)),
    ]
    last = FoundWaiting(1, 2, 7)
    opening = record(2, numbered(0))
    kept = started(tmp_path / "draft", *rows, last, opening)
    assert kept.open is not None
    assert (kept.open.ref.epoch, kept.open.ref.seq, kept.open.key) == (EPOCH, 2, 7)
    for stale in (
        [FoundWaiting(1, 1, 7)],
        [FoundWaiting(1, 3, 7)],
        [FoundWaiting(1, 2, None)],
        [last, record(2, numbered(1))],
        [last, FoundStart(1, EPOCH, -1, 4), FoundStart(1, EPOCH, -1, 3)],
        [last, FoundStart(2, OTHER_EPOCH, -1, 2)],
        [last, FoundServer(GENERATION), FoundStart(1, EPOCH, 2, 3)],
    ):
        assert started(tmp_path / "draft", *rows, *stale).open is None, stale


def test_whom_the_staff_let_in_is_known_to_the_next_start_alone(tmp_path: Path) -> None:
    let_in = finding(Row(None, (1, 5, canonical_record(hand(5)))))
    assert let_in
    for key in (7, None):
        kept = started(tmp_path / "draft", FoundName(1, EPOCH), let_in, FoundWaiting(1, 5, key)).hand
        assert kept
        assert (kept.ref.seq, kept.key) == (5, key)
    rows = FoundName(1, EPOCH), let_in, FoundWaiting(1, 5, 7), FoundName(2, OTHER_EPOCH)
    assert started(tmp_path / "draft", *rows).hand is None


def test_a_green_light_is_the_last_one_or_nothing(tmp_path: Path) -> None:
    lit = msgspec.structs.replace(numbered(5), shown="green")
    green = FoundLight(EPOCH, 5, 7, "6f0c1c1e", 9)
    name = FoundName(1, EPOCH)
    kept = started(tmp_path / "draft", name, record(1, lit), green).green
    assert kept
    assert (kept.ref.seq, kept.key, kept.boottime_ms) == (5, 7, 9)
    for otherwise in (
        [green],
        [record(1, numbered(5)), green],
        [record(1, lit), record(1, numbered(6)), green],
        [record(1, lit), FoundLight(OTHER_EPOCH, 5, 7, "6f0c1c1e", 9)],
    ):
        assert started(tmp_path / "draft", name, *otherwise).green is None, otherwise


def test_a_record_of_a_later_version_is_kept_as_it_is(tmp_path: Path) -> None:
    later = canonical_record(numbered(4)).replace(b"scan/1", b"scan/2")
    found = finding(Row(None, (1, 4, later)))
    assert found
    assert filled(tmp_path / "draft", FoundName(1, EPOCH), found) == {(EPOCH, 4): later}
    readable = record(1, numbered(4))
    for versions in ((found, readable), (readable, found)):
        rows = filled(tmp_path / "draft", FoundName(1, EPOCH), *versions)
        assert rows == {(EPOCH, 4): readable.body}


def test_what_cannot_be_read_is_kept_where_a_record_was_written_and_nowhere_else(tmp_path: Path) -> None:
    known = record(1, numbered(4))
    for seq, kept in ((0, True), (3, True), (5, False)):
        rows = filled(tmp_path / "draft", FoundUnreadable(1, seq, b"#"), FoundName(1, EPOCH), known)
        assert rows == {(EPOCH, 4): known.body} | ({(EPOCH, seq): b"#"} if kept else {})
    rows = filled(tmp_path / "draft", FoundStart(1, EPOCH, -1, 6), FoundUnreadable(1, 5, b"#"))
    assert rows == {(EPOCH, 5): b"#"}
    rows = filled(tmp_path / "draft", FoundUnreadable(1, 4, b"#"), FoundName(1, EPOCH), known)
    assert rows == {(EPOCH, 4): known.body}
    assert filled(tmp_path / "draft", FoundUnreadable(1, 4, b"#")) == {}
    draft = JournalDraft(tmp_path / "draft")
    assert draft.fill([FoundUnreadable(1, -1, b"#"), FoundName(1, EPOCH), known]) == 1
    draft.close()


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ([(1, 3), (1, 4), (1, 5)], True),
        ([(1, 4)], True),
        ([(1, 9), (2, 4), (2, 5)], True),
        ([(1, 4), (1, 4)], False),
        ([(1, 5), (1, 4)], False),
        ([(2, 4), (1, 5)], False),
        ([(0, 4)], False),
    ],
)
def test_what_cannot_be_read_stands_in_the_order_of_its_page(page: list[tuple[int, int]], kept: bool) -> None:
    rows = [
        Row(None, (*name, b"#" if name[1] == 4 else canonical_record(numbered(name[1])))) for name in page
    ]
    assert [found.seq for found in findings(rows) if isinstance(found, FoundUnreadable)] == [4] * kept


def test_what_cannot_be_read_beside_rows_of_another_table_is_nothing() -> None:
    assert list(findings([Row(None, (1, 4, b"#")), Row(7, (None, "x"))])) == []
