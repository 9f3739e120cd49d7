"""What the disk did not take goes before what comes after it, in its order, and is done once."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.adapters.simulated.journal import MemoryJournal
from agent.ports.journal import Journal, JournalError
from agent.scribe import Scribe
from tests.agent.examples import ANNA, BENGT, LIST_KEY, answered, moment, scan


def a_journal() -> MemoryJournal:
    journal = MemoryJournal()
    journal.start(moment(0), "serial-1", "start")
    return journal


def test_a_mark_that_failed_is_made_before_the_record_that_settles_its_own() -> None:
    journal = a_journal()
    scribe = Scribe(journal)
    anna = scribe.write(lambda at: at.append(scan(), LIST_KEY.card_key(ANNA)))
    journal.broken = True
    with pytest.raises(JournalError):
        scribe.note(lambda at: at.mark_shown(anna, "staff", moment(1)))
    journal.broken = False
    scribe.write(lambda at: at.append(scan(), LIST_KEY.card_key(BENGT)))
    assert [getattr(record, "shown", "") for record in journal.records()] == ["", "staff", None]


def test_nothing_is_written_while_something_is_owed() -> None:
    journal = a_journal()
    scribe = Scribe(journal)
    anna = scribe.write(lambda at: at.append(scan(), LIST_KEY.card_key(ANNA)))
    journal.broken = True
    with pytest.raises(JournalError):
        scribe.note(lambda at: answered(at, anna, 2))
    written: list[str] = []
    with pytest.raises(JournalError):
        scribe.write(lambda _: written.append("too early"))
    assert written == []


@given(st.lists(st.tuples(st.sampled_from(["note", "write"]), st.booleans()), max_size=30))
def test_notes_are_done_once_each_in_their_order_and_before_what_was_written_after_them(
    story: list[tuple[str, bool]],
) -> None:
    done: list[int] = []
    works = True

    def take(number: int) -> Callable[[Journal], None]:
        def work(_: Journal) -> None:
            if not works:
                raise JournalError("no room")
            done.append(number)

        return work

    scribe = Scribe(MemoryJournal())
    promised: list[int] = []
    for number, (what, works) in enumerate(story):
        do: Callable[[Callable[[Journal], object]], object]
        if what == "note":
            promised.append(number)
            do = scribe.note
        else:
            promised += [number] if works else []
            do = scribe.write
        if works:
            do(take(number))
            assert done == promised
        else:
            with pytest.raises(JournalError):
                do(take(number))
    works = True
    scribe.write(lambda _: None)
    assert done == promised
