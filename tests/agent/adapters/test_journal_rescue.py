"""A damaged journal: what can be read of it is saved and sent, and nothing is made up."""

import json
import os
import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from agent.adapters.journal_rescue import open_journal
from agent.adapters.sqlite_journal import SqliteJournal
from agent.ports.journal import NO_START, JournalDamagedError, JournalError, LastStart
from agent.wire.messages import ClockPair, Receipt, decode_record
from agent.wire.records import SET_ASIDE, Opened, Previous
from tests.agent.adapters.damaged import QuickJournal, sent
from tests.agent.examples import GENERATION, moment, scan

PAGE: Final = 4096
VISITS: Final = 60


def epoch_of(journal: SqliteJournal, visits: int) -> str:
    epoch = journal.start(moment(10), "serial-1", "start").epoch
    for _ in range(visits):
        journal.settle(journal.append(scan(), 7))
    return epoch


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def written(path: Path) -> dict[tuple[str, int], bytes]:
    """Three starts with visits; gives what they would send."""
    for _ in range(3):
        quick = QuickJournal(path)
        with quick.together():
            epoch_of(quick, VISITS)
        quick.close()
    copy = path.with_name("copy.db")
    copy.write_bytes(path.read_bytes())
    journal = SqliteJournal(copy)
    rows = sent(journal)
    journal.close()
    copy.unlink()
    return rows


def test_a_whole_journal_is_opened_as_it_is(path: Path) -> None:
    rows = written(path)
    journal = open_journal(path)
    assert sent(journal) == rows
    journal.close()
    assert not list(path.parent.glob("*.damaged-*"))


@pytest.mark.parametrize("seed", range(12))
def test_what_is_readable_behind_and_before_a_damaged_page_is_saved_and_sent(path: Path, seed: int) -> None:
    rows = written(path)
    content = bytearray(path.read_bytes())
    chance = random.Random(seed)  # noqa: S311  (no secret)
    page = chance.randrange(4, len(content) // PAGE)
    content[page * PAGE : (page + 1) * PAGE] = chance.randbytes(PAGE)
    path.write_bytes(content)
    journal = open_journal(path)
    saved = sent(journal)
    assert saved.items() <= rows.items()
    if path.with_name(f"{path.name}.damaged-1").exists():
        start = journal.start(moment(40), "serial-1", "start")
        ((_, opened),) = sent(journal).items()
        document = json.loads(opened)
        assert (document["previous"], document["why"]) == ("unknown", "journal set aside")
        assert start.ordinal > 1 or not saved
        again = journal.start(moment(50), "serial-1", "start")
        (opened,) = sent(journal).values()
        assert json.loads(opened)["previous"] == {"epoch": start.epoch, "last_seq": 0}
        assert again.open is None
    else:
        assert saved == rows  # the page was not in use
    journal.close()


def test_one_damaged_page_of_rows_costs_the_rows_on_it_alone(path: Path) -> None:
    rows = written(path)
    content = bytearray(path.read_bytes())
    at = content.rindex(b'"seq":30,')
    page = at // PAGE
    content[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
    path.write_bytes(content)
    journal = open_journal(path)
    saved = sent(journal)
    assert journal.start(moment(40, synced=False), "serial-1", "start").known_utc is not None
    journal.close()
    assert saved.items() < rows.items()
    assert len(saved) > len(rows) - 20


@pytest.mark.parametrize(
    ("there", "instead"),
    [(b'"seq":20,', b"#seq\xff:20,"), (b'"type":"scan/1"', b'"type":"scan/9"'), (b'"seq":20,', b'"seq":28,')],
)
def test_a_row_that_cannot_be_read_is_kept_when_another_page_is_damaged(
    path: Path, there: bytes, instead: bytes
) -> None:
    """It goes to the server as from a whole journal, and is a dead letter there."""
    rows = written(path)
    content = bytearray(path.read_bytes())
    at = content.index(b'"seq":20,') if b"seq" in there else content.index(there)
    at = content.rindex(there, 0, at + len(there))
    content[at : at + len(there)] = instead
    page = content.rindex(b'"seq":50,') // PAGE
    content[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
    path.write_bytes(content)
    journal = open_journal(path)
    saved = sent(journal)
    journal.close()
    assert path.with_name(f"{path.name}.damaged-1").exists()
    ((name, body),) = ((name, body) for name, body in saved.items() if body != rows[name])
    assert body == rows[name].replace(there, instead)
    assert len(saved) > len(rows) - 20


def test_what_the_server_said_of_the_clock_of_saved_rows_is_saved_with_them(path: Path) -> None:
    written(path)
    journal = SqliteJournal(path)
    batch = journal.batch(1, 96 * 1024)
    assert batch is not None
    said = ClockPair(
        boot_id=moment(10).boot_id, boottime_ms=7, utc=datetime(2026, 11, 24, tzinfo=UTC), source="server"
    )
    journal.receipt(Receipt(generation=GENERATION, epoch=batch.epoch, upto=0, heard=said))
    journal.close()
    content = bytearray(path.read_bytes())
    page = content.rindex(b'"seq":30,') // PAGE
    content[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
    path.write_bytes(content)
    journal = open_journal(path)
    saved = journal.batch(1, 96 * 1024)
    journal.close()
    assert path.with_name(f"{path.name}.damaged-1").exists()
    assert saved is not None
    assert saved.heard == said


@pytest.mark.parametrize("content", [b"not a database at all" * 500, b"", bytes(20_000)])
def test_a_file_that_is_no_journal_leaves_a_kiosk_that_works(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    journal = open_journal(path)
    epoch = epoch_of(journal, 2)
    assert {name for name, _ in sent(journal)} == {epoch}
    journal.close()
    if content:
        assert path.with_name(f"{path.name}.damaged-1").read_bytes() == content


def test_a_damage_that_the_disk_reports_in_no_text_at_all_leaves_a_kiosk_that_works(path: Path) -> None:
    """SQLite quotes the line that it cannot read: such an error is no error of its own kind."""
    written(path)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"CREATE TABLE epochs (", b"CREATE \xfdABLE epochs (", 1))
    journal = open_journal(path)
    epoch_of(journal, 2)
    journal.close()
    assert path.with_name(f"{path.name}.damaged-1").exists()


def test_a_name_of_a_table_that_is_not_as_it_was_made_leaves_a_kiosk_that_works(path: Path) -> None:
    """The file is whole to SQLite. Waiting for its disk would mend nothing."""
    written(path)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"records_and_epochs", b"records_and_epochz"))
    journal = open_journal(path)
    saved = sent(journal)
    journal.close()
    assert len(saved) == 3 * (VISITS + 1)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE epochs SET next_seq = NULL",
        "UPDATE epochs SET upto = 9007199254740992",
        "INSERT INTO server VALUES (1, NULL)",
    ],
)
def test_a_damaged_row_beside_the_records_costs_itself_alone(path: Path, damage: str) -> None:
    rows = written(path)
    _without_rules(path, damage)
    content = bytearray(path.read_bytes())
    page = content.rindex(b'"seq":30,') // PAGE
    content[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
    path.write_bytes(content)
    journal = open_journal(path)
    saved = sent(journal)
    journal.start(moment(40), "serial-1", "start")
    journal.close()
    assert path.with_name(f"{path.name}.damaged-1").exists()
    assert saved.items() < rows.items()
    assert len(saved) > len(rows) - 20


def _without_rules(path: Path, statement: str) -> None:
    """As a disk does it, which asks no table what it takes."""
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute(
            "SELECT sql, name FROM sqlite_master WHERE sql LIKE '%STRICT' AND sql NOT LIKE '%WITHOUT ROWID%'"
        ).fetchall()
        for rules in (False, True):
            connection.execute("PRAGMA writable_schema = ON")
            for sql, name in tables:
                new = sql if rules else sql.replace("NOT NULL", "").removesuffix("STRICT")
                connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (new, name))
            connection.commit()
            connection.execute("PRAGMA writable_schema = RESET")
            if not rules:
                connection.execute(statement)
                connection.commit()


def test_a_second_damage_overwrites_nothing(path: Path) -> None:
    for number in (1, 2):
        path.write_bytes(b"damage %d" % number * 1000)
        open_journal(path).close()
    assert [p.read_bytes()[:8] for p in sorted(path.parent.glob("*.damaged-?"))] == [b"damage 1", b"damage 2"]


def test_damage_while_it_runs_ends_the_agent_and_is_no_trouble_to_wait_for(path: Path) -> None:
    journal = SqliteJournal(path)
    epoch_of(journal, VISITS)
    journal.close()
    journal = SqliteJournal(path)
    with path.open("r+b") as file:
        file.seek(PAGE)
        file.write(os.urandom(path.stat().st_size - PAGE))
    with pytest.raises(JournalDamagedError, match="new start"):
        journal.start(moment(20), "serial-1", "start")
    journal.close()
    assert not issubclass(JournalDamagedError, JournalError)


def test_what_was_set_aside_is_not_called_lost_and_starts_are_counted_on(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 500)
    journal = open_journal(path)
    start = journal.start(moment(20), "serial-1", "start", LastStart(9))
    journal.close()
    assert (start.ordinal, start.lost) == (10, False)


def opening_after_damage(path: Path, last: LastStart) -> Opened:
    """Page 1 is damaged: neither a row nor the name of a start is lost."""
    with path.open("r+b") as file:
        file.write(os.urandom(PAGE))
    with closing(open_journal(path)) as journal:
        start = journal.start(moment(20), "serial-1", "start", last)
        found = [decode_record(row) for (name, _), row in sent(journal).items() if name == start.epoch]
    (opened,) = found
    assert isinstance(opened, Opened)
    return opened


def test_a_start_after_damage_says_which_start_it_comes_after_as_far_as_that_was_saved(path: Path) -> None:
    written(path)
    with closing(SqliteJournal(path)) as journal:
        before = epoch_of(journal, VISITS)
    opened = opening_after_damage(path, NO_START)
    assert (opened.previous, opened.why) == ("unknown", SET_ASIDE)
    assert opened.after == Previous(epoch=before, last_seq=VISITS)


def test_it_says_so_of_a_start_that_only_the_mark_beside_the_journal_remembers(path: Path) -> None:
    written(path)
    assert opening_after_damage(path, LastStart(4, "e" * 32)).after == Previous(epoch="e" * 32, last_seq=0)


def test_nor_does_an_older_mark_hide_what_was_saved(path: Path) -> None:
    written(path)
    after = opening_after_damage(path, LastStart(2, "e" * 32)).after
    assert isinstance(after, Previous)
    assert after.last_seq == VISITS
