"""The contract of Journal, over SQLite on a disk and its twin in memory: records, and what settles them."""

from datetime import date

from agent.core.actions import Ref
from agent.ports.journal import Journal
from agent.wire.records import ByHand, Correction, Party, RecordName
from tests.agent.examples import OTHER_EPOCH, answered, moment, scan
from tests.ports.journals import AT, KEY, everything, rows, start, write


def test_records_are_numbered_without_a_gap_and_the_writer_s_own_number_is_ignored(journal: Journal) -> None:
    epoch = start(journal).epoch
    assert write(journal, 3) == [Ref(epoch, 1), Ref(epoch, 2), Ref(epoch, 3)]
    assert [row["seq"] for row in rows(everything(journal))] == [0, 1, 2, 3]


def test_the_next_record_settles_the_open_one_as_it_stands(journal: Journal) -> None:
    start(journal)
    first = journal.append(scan(), KEY)
    journal.mark_shown(first, "green", AT)
    journal.append(scan(), KEY)
    assert [row.get("shown") for row in rows(everything(journal))] == [None, "green"]
    answered(journal, first, 3)  # too late
    assert rows(everything(journal))[1]["party"]["children"] is None


def test_an_answer_is_in_the_record_that_it_settles(journal: Journal) -> None:
    start(journal)
    ref = journal.append(scan(), KEY)
    journal.mark_shown(ref, "green", AT)
    answered(journal, ref, 2)
    (_, row) = rows(everything(journal))
    assert (row["shown"], row["party"]) == ("green", {"adults": 1, "children": 2, "assistants": 0})


def test_no_answer_is_null(journal: Journal) -> None:
    start(journal)
    write(journal, 1)
    assert rows(everything(journal))[1]["party"]["children"] is None


def test_the_bytes_of_a_settled_record_never_change(journal: Journal) -> None:
    start(journal)
    (ref,) = write(journal, 1)
    before = everything(journal)
    journal.mark_shown(ref, "staff", AT)
    answered(journal, ref, 5)
    assert everything(journal) == before


def test_notes_for_a_record_of_another_epoch_change_nothing(journal: Journal) -> None:
    start(journal)
    ref = journal.append(scan(), KEY)
    answered(journal, Ref(OTHER_EPOCH, ref.seq), 5)
    assert len(rows(everything(journal))) == 1


def test_a_trial_leaves_no_record(journal: Journal) -> None:
    start(journal)
    journal.trial()
    assert len(rows(everything(journal))) == 1


def test_a_digest_settles_the_open_scan(journal: Journal) -> None:
    start(journal)
    journal.append(scan(), KEY)
    journal.digest(date(2026, 11, 24), AT)
    assert [row["seq"] for row in rows(everything(journal))] == [0, 1, 2]


def test_a_record_of_the_staff_gets_its_number_and_settles_the_open_scan(journal: Journal) -> None:
    epoch = start(journal).epoch
    ref = journal.append(scan(), KEY)
    name = RecordName(epoch=ref.epoch, seq=ref.seq)
    clock = moment(20).stamp()
    by_hand = ByHand(seq=0, adopts=name, party=Party(), reason="button", venue="v-102", clock=clock)
    void = Correction(seq=0, of=name, party="void", why="mistake", clock=clock)
    assert journal.add(by_hand) == Ref(epoch, 2)
    assert journal.add(void) == Ref(epoch, 3)
    found = rows(everything(journal))
    assert [row["type"] for row in found] == ["opened/1", "scan/1", "by_hand/1", "correction/1"]
    assert [row["seq"] for row in found] == [0, 1, 2, 3]
    assert (found[2]["adopts"], found[3]["party"]) == ({"epoch": epoch, "seq": 1}, "void")
