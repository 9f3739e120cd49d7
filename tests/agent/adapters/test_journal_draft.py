"""The new journal that is filled with findings, in whatever order a damaged file has them."""

from itertools import permutations
from pathlib import Path

import msgspec
import pytest

from agent.adapters.journal_draft import JournalDraft
from agent.adapters.journal_findings import Finding, FoundName, FoundRecord, FoundServer, FoundStart, finding
from agent.adapters.sqlite_journal import SqliteJournal
from agent.adapters.sqlite_pages import Row
from agent.wire.canonical import canonical_record
from agent.wire.records import Party, Scan
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
        Row(1, (None, EPOCH, 1, 2, "6f0c1c1e", 3)),  # the last green light names an epoch, too
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
