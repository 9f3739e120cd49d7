"""The contract of Journal: what a start finds of the one before it."""

from dataclasses import replace
from datetime import date, timedelta

import msgspec

from agent.ports.journal import Journal, LastGreen, LastRefused, LastStart, OpenHand, OpenScan
from agent.wire.records import ByHand, Correction, Party, RecordName
from tests.agent.examples import OTHER_EPOCH, answered, moment, scan
from tests.ports.journals import AT, KEY, Reopen, everything, receipted, rows, start, write


def test_the_first_start_of_a_device_knows_none_before_it(journal: Journal) -> None:
    began = start(journal)
    assert (began.ordinal, began.open) == (1, None)
    (opened,) = rows(everything(journal))
    assert (opened["type"], opened["seq"], opened["previous"]) == ("opened/1", 0, "unknown")
    assert (opened["serial"], opened["why"], opened["clock"]["boottime_ms"]) == ("serial-1", "start", 10_000)


def test_each_start_names_the_last_record_of_the_one_before(reopen: Reopen) -> None:
    first = start(reopen())
    journal = reopen()
    second = start(journal)
    write(journal, 2)
    third = start(reopen())
    assert [began.ordinal for began in (first, second, third)] == [1, 2, 3]
    assert len({first.epoch, second.epoch, third.epoch}) == 3
    journal = reopen()
    chain = {}
    while batch := everything(journal):
        chain[batch.epoch] = rows(batch)[0]["previous"]
        receipted(journal, batch.epoch, batch.last, {})
    assert chain == {
        first.epoch: "unknown",
        second.epoch: {"epoch": first.epoch, "last_seq": 0},
        third.epoch: {"epoch": second.epoch, "last_seq": 2},
    }


def test_a_scan_that_no_light_was_lit_for_is_found_by_the_next_start(reopen: Reopen) -> None:
    journal = reopen()
    start(journal)
    ref = journal.append(scan(), KEY)
    assert start(reopen()).open == OpenScan(ref, KEY, lets_in=True, shown=None, clock=scan().clock)


def test_a_refused_scan_is_found_as_refused(reopen: Reopen) -> None:
    journal = reopen()
    start(journal)
    ref = journal.append(scan("ask_staff"), KEY)
    assert start(reopen()).open == OpenScan(ref, KEY, lets_in=False, shown=None, clock=scan().clock)


def test_it_stays_open_over_the_restart_and_nothing_younger_is_sent_before_it(reopen: Reopen) -> None:
    journal = reopen()
    first = start(journal)
    ref = journal.append(scan(), KEY)
    receipted(journal, first.epoch, 0, {})
    journal = reopen()
    second = start(journal)
    assert everything(journal) is None
    journal.mark_shown(ref, "green", AT)
    answered(journal, ref, 1)
    batch = everything(journal)
    assert batch is not None
    (row,) = rows(batch)
    assert (batch.epoch, row["shown"], row["party"]["children"]) == (first.epoch, "green", 1)
    receipted(journal, first.epoch, ref.seq, {})
    assert [batch.epoch for batch in [everything(journal)] if batch] == [second.epoch]


def test_a_record_of_the_next_start_settles_it_as_never_shown(reopen: Reopen) -> None:
    journal = reopen()
    start(journal)
    journal.append(scan(), KEY)
    journal = reopen()
    start(journal)
    journal.append(scan(), KEY)
    (_, row) = rows(everything(journal))
    assert row["shown"] is None


def test_a_scan_that_was_shown_is_found_as_shown_and_stays_open(reopen: Reopen) -> None:
    journal = reopen()
    start(journal)
    ref = journal.append(scan(), KEY)
    journal.mark_shown(ref, "green", AT)
    journal = reopen()
    assert start(journal).open == OpenScan(ref, KEY, lets_in=True, shown="green", clock=scan().clock)
    assert [row["seq"] for row in rows(everything(journal))] == [0]


def test_a_settled_scan_is_not_found_by_the_next_start(reopen: Reopen) -> None:
    journal = reopen()
    start(journal)
    journal.settle(journal.append(scan(), KEY))
    assert start(reopen()).open is None


def test_a_digest_is_a_record_and_the_next_start_knows_its_day(reopen: Reopen) -> None:
    journal = reopen()
    assert start(journal).digested is None
    ref = journal.digest(date(2026, 11, 24), AT)
    (_, row) = rows(everything(journal))
    assert (row["type"], row["seq"], ref.seq) == ("digest/1", 1, 1)
    assert row["clock"]["boottime_ms"] == AT.boottime_ms
    assert start(reopen()).digested == date(2026, 11, 24)


def test_the_best_time_known_outlives_the_start(reopen: Reopen) -> None:
    journal = reopen()
    unset = moment(10, synced=False)
    assert journal.start(unset, "serial-1", "start").known_utc is None
    journal.append(scan(), KEY)
    journal = reopen()
    assert journal.start(unset, "serial-1", "start").known_utc is None
    journal.append(scan(), KEY, AT.wall_utc)
    journal = reopen()
    assert journal.start(unset, "serial-1", "start").known_utc == AT.wall_utc
    later = moment(500)
    journal.digest(date(2026, 11, 24), later)
    assert reopen().start(moment(10_000), "serial-1", "start").known_utc == later.wall_utc
    journal = reopen()
    assert journal.start(unset, "serial-1", "start").known_utc == moment(10_000).wall_utc
    journal.remember(moment(20_000).wall_utc)
    assert reopen().start(unset, "serial-1", "start").known_utc == moment(20_000).wall_utc


def test_the_test_card_s_record_waits_for_nobody_after_a_power_cut(reopen: Reopen) -> None:
    journal = reopen()
    start(journal)
    journal.append(msgspec.structs.replace(scan(), test=True), 0)
    journal = reopen()
    assert start(journal).open is None
    journal.digest(date(2026, 11, 24), AT)
    assert [row["type"] for row in rows(everything(journal))] == ["opened/1", "scan/1"]


def test_a_record_of_the_staff_keeps_the_best_time_known(reopen: Reopen) -> None:
    journal = reopen()
    start(journal)
    name = RecordName(epoch=OTHER_EPOCH, seq=1)
    void = Correction(seq=0, of=name, party="void", why="mistake", clock=moment(20).stamp())
    journal.add(void, moment(99).wall_utc)
    assert start(reopen()).known_utc == moment(99).wall_utc.replace(microsecond=0)


def test_a_start_is_told_of_a_letting_in_whose_light_was_not_marked(reopen: Reopen) -> None:
    by_hand = ByHand(
        seq=0, adopts=None, party=Party(), reason="button", venue="v-102", clock=moment(20).stamp()
    )
    journal = reopen()
    assert start(journal).hand is None
    ref = journal.add(by_hand, None, KEY)
    journal = reopen()
    assert start(journal).hand == OpenHand(ref, KEY)
    ref = journal.add(by_hand)
    journal = reopen()
    assert start(journal).hand == OpenHand(ref, None)
    marked = journal.add(by_hand)
    journal.mark_shown(marked, "green", AT)
    journal = reopen()
    assert start(journal).hand is None, "told once, and its light is known"
    journal.add(by_hand)
    write(journal, 1)
    assert start(reopen()).hand is None, "what came before another record has its light"


def test_the_last_card_that_was_shown_green_is_told_until_the_next_is_written(reopen: Reopen) -> None:
    journal = reopen()
    assert start(journal).green is None
    ref = journal.append(scan(), KEY)
    journal.mark_shown(ref, "green", AT)
    answered(journal, ref, 2)
    journal.digest(date(2026, 11, 24), AT)
    for _ in range(2):  # starts make nobody forget
        journal = reopen()
        assert start(journal).green == LastGreen(ref, KEY, AT.boot_id, AT.boottime_ms)
    refused = journal.append(scan("ask_staff"), KEY)
    journal.mark_shown(refused, "staff", AT)
    journal = reopen()
    assert start(journal).green is None


def test_the_last_card_that_was_sent_to_the_staff_is_told_until_they_let_it_in(reopen: Reopen) -> None:
    """Others may be green in between, and the record is settled long before the staff have come."""
    journal = reopen()
    assert start(journal).refused is None
    ref = journal.append(scan("ask_staff"), KEY)
    journal.mark_shown(ref, "staff", AT)
    journal.settle(ref)
    write(journal, 1)
    journal.mark_shown(journal.append(scan(), KEY - 1), "green", AT)
    for _ in range(2):  # starts make nobody forget
        journal = reopen()
        told = LastRefused(ref, KEY, lets_in=False, boot_id=AT.boot_id, boottime_ms=AT.boottime_ms)
        assert start(journal).refused == told
    adopts = RecordName(epoch=ref.epoch, seq=ref.seq)
    clock = moment(20).stamp()
    journal.add(
        ByHand(seq=0, adopts=adopts, party=Party(), reason="button", venue="v-102", clock=clock), None, KEY
    )
    assert start(reopen()).refused is None


def test_a_card_that_shows_green_after_all_is_no_refused_one(reopen: Reopen) -> None:
    journal = reopen()
    start(journal)
    ref = journal.append(scan(), KEY)
    journal.mark_shown(ref, "staff", AT)
    journal = reopen()
    assert (told := start(journal).refused) is not None
    assert told.lets_in, "a slow disk sent it to the staff"
    journal.mark_shown(ref, "green", AT)
    assert start(reopen()).refused is None


def test_a_card_that_the_staff_let_in_is_told_likewise_and_one_without_a_card_is_not(reopen: Reopen) -> None:
    by_hand = ByHand(
        seq=0, adopts=None, party=Party(), reason="button", venue="v-102", clock=moment(20).stamp()
    )
    journal = reopen()
    start(journal)
    ref = journal.add(by_hand, None, KEY)
    journal.mark_shown(ref, "green", AT)
    journal = reopen()
    assert start(journal).green == LastGreen(ref, KEY, AT.boot_id, AT.boottime_ms)
    journal.mark_shown(journal.add(by_hand), "green", AT)
    assert start(reopen()).green is None


def test_a_start_goes_on_above_the_starts_that_are_known_of_and_says_that_it_lacks_them(
    reopen: Reopen,
) -> None:
    journal = reopen()
    began = journal.start(AT, "serial-1", "start", LastStart(5, "e" * 32))
    assert (began.ordinal, began.lost) == (6, True)
    (opened,) = rows(everything(journal))
    assert (opened["previous"], opened["why"]) == ("unknown", "journal lost")
    assert opened["after"] == {"epoch": "e" * 32, "last_seq": 0}
    for known in (0, 6):
        journal = reopen()
        before, began = began, journal.start(AT, "serial-1", "start", LastStart(known, "e" * 32))
        assert not began.lost
        receipted(journal, before.epoch, 0, {})
        (opened,) = rows(everything(journal))
        assert opened["previous"] == {"epoch": before.epoch, "last_seq": 0}
        assert "after" not in opened
    assert began.ordinal == 8


def test_a_start_by_a_calendar_that_is_set_back_forgets_no_later_time(reopen: Reopen) -> None:
    start(reopen())
    earlier = replace(AT, wall_utc=AT.wall_utc - timedelta(days=1))
    for _ in range(2):
        assert reopen().start(earlier, "serial-1", "start").known_utc == AT.wall_utc.replace(microsecond=0)
