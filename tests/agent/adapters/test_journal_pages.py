"""A damaged page of a journal costs what stood on that page, whichever it is."""

import random
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from agent.adapters.journal_rescue import open_journal
from agent.adapters.sqlite_journal import SqliteJournal
from agent.adapters.sqlite_log import read_log
from agent.wire.messages import ClockPair, Receipt, Refused
from tests.agent.adapters.damaged import PAGE, Files, Names, QuickJournal, in_use, sent, visit, write_starts
from tests.agent.examples import GENERATION, OTHER_GENERATION, answered, moment

Damage = Callable[[int], bytes]


def zeros(_: int) -> bytes:
    return bytes(PAGE)


def noise(page: int) -> bytes:
    return random.Random(page).randbytes(PAGE)  # noqa: S311  (no secret)


def half(page: int) -> bytes:
    """A write that came half way over what was there."""
    return noise(page)[: PAGE // 2]


def closed(path: Path) -> Files:
    write_starts(path, 4, 100)
    return Files.of(path)


def stands_on(page: bytes, body: bytes) -> bool:
    return body[:90] in page or body[700:790] in page


@pytest.mark.parametrize(
    ("made", "damage"),
    [(closed, zeros), (closed, noise), (closed, half), (in_use, zeros), (in_use, noise)],
)
def test_a_damaged_page_costs_the_rows_that_stood_on_it_and_no_more(
    tmp_path: Path, made: Callable[[Path], Files], damage: Damage
) -> None:
    files = made(tmp_path / "journal.db")
    whole = files.sent(tmp_path / "whole").rows
    assert len(whole) > 300
    for number in range(1, len(files.file) // PAGE + 1):
        there = files.file[(number - 1) * PAGE : number * PAGE]
        lost = files.with_page(number, damage(number)).sent(tmp_path / "damaged").lost(whole)
        assert [name for name, body in lost.items() if not stands_on(there, body)] == [], number


@pytest.mark.parametrize("damage", [zeros, noise])
def test_a_damaged_page_costs_no_row_on_another_that_cannot_be_read(tmp_path: Path, damage: Damage) -> None:
    write_starts(tmp_path / "journal.db", 2, 40)
    flipped = bytearray(Files.of(tmp_path / "journal.db").file)
    for number in range(1, 40, 3):
        at = -1
        while (at := flipped.find(b'"seq":%d,' % number, at + 1)) >= 0:
            flipped[at] ^= 1
    files = Files(bytes(flipped))
    whole = files.sent(tmp_path / "whole").rows
    assert len(whole) == 82
    for number in range(1, len(files.file) // PAGE + 1):
        there = files.file[(number - 1) * PAGE : number * PAGE]
        lost = files.with_page(number, damage(number)).sent(tmp_path / "damaged").lost(whole)
        assert [name for name, body in lost.items() if not stands_on(there, body)] == [], number


@pytest.mark.parametrize("damage", [zeros, noise])
def test_the_names_of_many_starts_outlive_each_of_their_pages(tmp_path: Path, damage: Damage) -> None:
    write_starts(tmp_path / "journal.db", 1, 0)
    journal = QuickJournal(tmp_path / "journal.db")
    journal.hurry()
    with journal.together():
        for number in range(300):
            journal.start(moment(number), "serial-1", "start")
    journal.close()
    files = Files.of(tmp_path / "journal.db")
    whole = files.sent(tmp_path / "whole").rows
    assert len(whole) == 301
    names = {epoch.encode() for epoch, _ in whole}
    pages = [files.file[at : at + PAGE] for at in range(0, len(files.file), PAGE)]
    with_names = [number for number, page in enumerate(pages, 1) if sum(name in page for name in names) > 20]
    assert len(with_names) > 6
    for number in with_names:
        there = pages[number - 1]
        lost = files.with_page(number, damage(number)).sent(tmp_path / "damaged").lost(whole)
        assert [name for name, body in lost.items() if not stands_on(there, body)] == [], number


@pytest.mark.parametrize(
    "cut_to", [0, 10, 100, PAGE + 1, 5 * PAGE, 40 * PAGE, 40 * PAGE + 100, 41 * PAGE - 1]
)
def test_a_file_that_was_cut_off_costs_what_was_behind_the_cut(tmp_path: Path, cut_to: int) -> None:
    files = closed(tmp_path / "journal.db")
    whole = files.sent(tmp_path / "whole").rows
    lost = Files(files.file[:cut_to]).sent(tmp_path / "damaged").lost(whole)
    behind = files.file[cut_to // PAGE * PAGE :]
    if cut_to < 4 * PAGE:
        assert lost == whole  # no start has a name any more
    else:
        assert all(stands_on(behind, body) for body in lost.values())


@pytest.mark.parametrize("file", [b"", bytes(PAGE), b"no journal at all" * 1000])
def test_what_is_in_the_log_is_saved_whatever_became_of_the_file(tmp_path: Path, file: bytes) -> None:
    files = in_use(tmp_path / "journal.db")
    whole = files.sent(tmp_path / "whole").rows
    after = Files(file, files.log).sent(tmp_path / "damaged")
    assert len(whole) - len(after.lost(whole)) >= 11  # the last start's at least
    assert after.set_aside


def test_every_place_of_a_log_that_is_damaged_costs_next_to_nothing_of_what_follows(tmp_path: Path) -> None:
    """SQLite would take all that follows for what a power cut left, without a word."""
    files = in_use(tmp_path / "journal.db", starts=1)
    whole = files.sent(tmp_path / "whole").rows
    silent = 0
    for at in range(0, len(files.log), PAGE):
        after = files.with_log_at(at, zeros(at)).sent(tmp_path / "damaged")
        assert len(after.lost(whole)) <= 2, at
        silent += bool(after.lost(whole)) and not after.set_aside
    assert silent <= 4  # the last transaction's end alone looks like one that never came to it


def test_what_lies_between_two_damages_of_a_log_counts_whatever_became_of_what_follows(
    tmp_path: Path,
) -> None:
    """The second is where the last transaction begins: that it was begun proves the end of the one before."""
    files = in_use(tmp_path / "journal.db", starts=1)
    salt = files.log[16:24]
    frames = [at for at in range(32, len(files.log), 24 + PAGE) if files.log[at + 8 : at + 16] == salt]
    ends = [at for at in frames if files.log[at + 4 : at + 8] != bytes(4)]
    *_, (before, end) = ((at, end) for at, end in pairwise(ends[:-1]) if end - at > 24 + PAGE)
    damaged = bytearray(files.log[: end + 2 * (24 + PAGE)])  # the last transaction is the next one
    for at in (before, end):
        damaged[at + 24 + PAGE + 500 : at + 24 + PAGE + 600] = noise(1)[:100]
    log = read_log(lambda at, size: bytes(damaged[at : at + size]), len(damaged))
    assert log.damaged
    assert end + 24 in log.pages.values(), "the page that ends the transaction before"


def test_a_log_that_a_power_cut_ended_anywhere_is_no_damage(tmp_path: Path) -> None:
    files = in_use(tmp_path / "journal.db")
    for end in range(33, len(files.log), 4120 * 5 + 777):
        torn = Files(files.file, files.log[:end] + noise(end)[: PAGE // 3])
        assert not torn.sent(tmp_path / "torn").set_aside


def test_of_a_transaction_that_did_not_come_to_its_end_nothing_is_taken(tmp_path: Path) -> None:
    """Its frames may be on the disk all but one: nobody was told that it is written."""
    files = in_use(tmp_path / "journal.db", starts=1)
    whole = files.sent(tmp_path / "whole").rows
    salt = files.log[16:24]
    frames = [at for at in range(32, len(files.log), 24 + PAGE) if files.log[at + 8 : at + 16] == salt]
    ends = [at for at in frames if files.log[at + 4 : at + 8] != bytes(4)]
    *_, (before, last) = (
        (at, end) for at, end in pairwise(ends) if end - at > 24 + PAGE
    )  # of several frames
    cut = Files(files.file, files.log[: last + 24 + PAGE])
    torn = cut.with_log_at(before + 24 + PAGE + 100, noise(0)[:1000]).sent(tmp_path / "torn")
    assert not torn.set_aside
    ((_, number),) = torn.lost(whole)
    assert number == 10  # its answer was not written: it is open, and waits


def test_what_was_deleted_does_not_come_back(tmp_path: Path) -> None:
    """Pages that are free now hold rows that the server has had for long, or earlier words of others."""
    path = tmp_path / "journal.db"
    write_starts(path, 2, 100)
    journal = QuickJournal(path)
    journal.hurry()
    journal.start(moment(5), "serial-1", "start")
    with journal.together():
        journal.server_is(GENERATION)
        early = sent(journal)
        journal.digest(date(2026, 11, 24), moment(1))
        journal.forget(0, 1000)
        journal.forget(0, 1000)
        for number in range(20):
            answered(journal, journal.append(visit(number + 5000), 7), 1)
    journal.close()
    files = Files.of(path)
    after = files.with_page(1, zeros(1))
    assert len(early) == 203
    assert kept(files.lay(tmp_path / "whole")) == kept(after.lay(tmp_path / "damaged"))


def kept(path: Path) -> Names:
    """All that a restored server gets."""
    journal = open_journal(path)
    assert journal.server_is(OTHER_GENERATION)
    rows = sent(journal, OTHER_GENERATION)
    journal.close()
    return rows


def receipted(path: Path) -> tuple[Files, Names]:
    """All but the last start's, and one of it was refused."""
    write_starts(path, 3, 30)
    journal = SqliteJournal(path)
    journal.server_is(GENERATION)
    said = ClockPair(boot_id=moment(1).boot_id, boottime_ms=7, utc=moment(1).wall_utc, source="server")
    refused = (Refused(seq=3, why="of no use"),)
    for _ in range(2):
        batch = journal.batch(10_000, 2**30)
        assert batch is not None
        journal.receipt(
            Receipt(generation=GENERATION, epoch=batch.epoch, upto=batch.last, refused=refused, heard=said)
        )
    journal.close()
    files = Files.of(path)
    return files, files.sent(path.with_name("waiting")).rows


def test_what_has_its_receipt_is_known_to_have_it_without_the_schema(tmp_path: Path) -> None:
    files, waiting = receipted(tmp_path / "journal.db")
    path = files.with_page(1, zeros(1)).lay(tmp_path / "damaged")
    journal = open_journal(path)
    letters = journal.dead_letters()
    batch = journal.batch(1, 1)
    after = sent(journal)
    moved = journal.server_is(OTHER_GENERATION)
    start = journal.start(moment(9, synced=False), "serial-1", "start")
    journal.close()
    assert after == waiting
    assert [(letter.ref.seq, letter.why) for letter in letters] == [(3, "of no use")] * 2
    assert batch is not None
    assert batch.heard is not None
    assert batch.heard.boottime_ms == 7
    assert moved
    assert start.known_utc is not None


def test_receipts_of_a_server_that_nobody_knows_any_more_are_not_believed(tmp_path: Path) -> None:
    """It may be another since: what it lacks is sent again, and what it has does no harm."""
    files, waiting = receipted(tmp_path / "journal.db")
    (page,) = (
        number
        for number in range(1, len(files.file) // PAGE + 1)
        if GENERATION.encode() in files.file[(number - 1) * PAGE : number * PAGE]
    )
    after = files.with_page(page, zeros(page)).sent(tmp_path / "damaged")
    assert len(waiting) == 31
    assert len(after.rows) == 93
