"""Codes go after their time or on request, on both databases; records stay known, and figures the same."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from nacl.public import PrivateKey
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url

from agent.core.judge import Policy, judge
from agent.wire.canonical import canonical_record
from agent.wire.card_code import CardCode
from agent.wire.card_key import ListKey
from agent.wire.sealing import opener, seal
from server.adapters.backup import back_up, restore
from server.adapters.card_desk import StoredDesk
from server.adapters.card_undo import CardUndo
from server.adapters.facts import FactWriter
from server.adapters.forgetting import forget_codes
from server.adapters.keeping import Keeper
from server.adapters.keeping_tables import erased_codes, years
from server.adapters.letters import StoredLetters
from server.adapters.locking import lock_year
from server.adapters.migrate import open_database
from server.adapters.statistics import StoredStatistics
from server.adapters.tables import cards, visits
from server.adapters.years import YearKeys, years_in
from server.domain.desk import CardRefused
from server.domain.keeping import Kept, YearKept, YearRefused
from server.domain.statistics import AreaUnknown, Frequency, Statistics
from server.domain.undoing import UndoRefused
from tests.server import postgres
from tests.server.adapters.test_matching import unknown
from tests.server.cards import NOW, card, import_cards
from tests.server.kiosk import LIST_KEY, batch, by_hand, correction, open_code, opened, refused, scan, sealed
from tests.server.list_client import ListClient
from tests.server.stored_fleet import HELSINKI, Fleet

DUE = date(2028, 1, 1)
"""The first day on which visits of 2026 have had their time."""
PATTERN = re.compile("A[0-9]{9}")


def code(number: int) -> str:
    return f"A{number:09}"


def desk(fleet: Fleet, list_key: ListKey = LIST_KEY) -> StoredDesk:
    return StoredDesk(fleet.database, list_key, PATTERN, HELSINKI, lambda: NOW, unseal=open_code)


def keep(fleet: Fleet, today: date = DUE) -> Kept:
    return Keeper(fleet.database, lambda: today, 1).run()


def lock(fleet: Fleet, year: int = 2026, *, force: bool = True) -> None:
    lock_year(fleet.database, year, datetime(2028, 1, 2, tzinfo=UTC), force=force)


def told(fleet: Fleet, year: int = 2026, area: str | None = None) -> Statistics:
    return StoredStatistics(fleet.database, HELSINKI, lambda: NOW, count_assistants=False).of_year(year, area)


def figures(fleet: Fleet) -> Statistics:
    """What must stay the same to the last digit."""
    return replace(told(fleet), locked_at=None)


def a_year(fleet: Fleet) -> None:
    """Six cards of two distributors, one of them lost and replaced, and one that nobody registered."""
    import_cards(fleet.database, LIST_KEY, [card(number) for number in range(1, 4)])
    import_cards(fleet.database, LIST_KEY, [card(number, distributor="Mielitiimi") for number in (4, 5)])
    desk(fleet).replace(code(1), code(6), "cli")
    shown = [1, 1, 6, 2, 3, 3, 3, 3, 3, 3, 4, 4]
    rows = [scan(seq, code_sealed=sealed(code(n)), children=n) for seq, n in enumerate(shown, start=1)]
    stopped = refused(20, code_sealed=sealed(code(5)))
    rows += [unknown(13, 9), unknown(14, 9), unknown(15, 2)]
    fleet.send(batch([opened(), *rows]))
    fleet.send(batch([stopped, by_hand(21, 20), by_hand(22), correction(23, 1, scan(1, adults=3).party)]))


def kept(fleet: Fleet) -> list[tuple[Any, ...]]:
    """Code, card and pseudonym of each visit."""
    with fleet.database.reading() as connection:
        found = select(visits.c.code, visits.c.card_id, visits.c.pseudonym).order_by(visits.c.record_id)
        return [tuple(row) for row in connection.execute(found)]


@contextmanager
def all_bytes(fleet: Fleet) -> Iterator[bytes]:
    """Everything that the database keeps on the disk, or that PostgreSQL would dump."""
    url = make_url(str(fleet.database.engine.url))
    if fleet.database.engine.dialect.name == "sqlite":
        assert url.database
        found = b"".join(
            path.read_bytes()
            for path in sorted(Path(url.database).parent.glob("fleet.db*"))
            if path.is_file()
        )
        assert found.startswith(b"SQLite")
        yield found
        return
    folder = postgres.binaries()
    assert folder
    address = f"postgresql://{url.username}@{url.host}:{url.port}/{url.database}"
    dump = subprocess.run([str(folder / "pg_dump"), address], check=True, capture_output=True).stdout
    assert b"PostgreSQL" in dump
    yield dump


def in_dump(value: bytes) -> tuple[bytes, bytes]:
    """As it is, and as PostgreSQL writes bytes."""
    return value, value.hex().encode()


def test_the_year_s_figures_use_the_words_of_the_scheme(fleet: Fleet) -> None:
    a_year(fleet)
    found = told(fleet)
    assert (found.issued, found.issued_and_used) == (5, 5), "a replaced card is one card, of one person"
    assert found.usage_rate == 1.0
    # 1 and 6 are one person with three visits; 2 twice; 3 six times; 4 twice; 5 once; the stranger twice
    assert found.frequency == Frequency(once=1, twice=3, three_to_five=1, over_five=1)
    assert found.frequency.used == 6
    assert [(one.distributor, one.issued, one.used, one.visits) for one in found.by_distributor] == [
        ("Seurakunta", 3, 3, 11),
        ("Mielitiimi", 2, 2, 3),
        ("", 0, 1, 3),
    ]
    assert (found.visits, found.uses) == (17, sum(one.uses for one in found.by_distributor))
    assert sum(one.visits for one in found.by_kind) == 17
    assert told(fleet, 2025).frequency.used == 0
    assert told(fleet, 2025).usage_rate is None
    ours = told(fleet, area="Rovaniemi")
    assert (ours.visits, ours.frequency.used) == (14, 5), "the stranger is of no area"
    with pytest.raises(AreaUnknown):
        told(fleet, area="Oulu")


def test_a_card_that_a_later_list_issues_anew_was_issued_in_both_years(fleet: Fleet) -> None:
    def issued(year: int) -> int:
        return told(fleet, year).issued

    import_cards(fleet.database, LIST_KEY, [card(1)])
    later = import_cards(
        fleet.database, LIST_KEY, [replace(card(1), issued_on=date(2027, 1, 5), valid_until=None)]
    )
    assert (issued(2026), issued(2027)) == (1, 1)
    assert later.import_id is not None
    CardUndo(fleet.database, lambda: NOW).undo(later.import_id, "cli")
    assert (issued(2026), issued(2027)) == (1, 0)


def test_a_visit_before_the_list_that_issues_its_card_anew_is_a_use_of_that_year(fleet: Fleet) -> None:
    def rate() -> tuple[int, int]:
        found = told(fleet)
        return found.issued, found.issued_and_used

    import_cards(fleet.database, LIST_KEY, [card(1, distributor="A"), card(9, distributor="A")])
    last_year = replace(card(2), issued_on=date(2025, 11, 20), valid_until=None)
    moves = replace(card(3), issued_on=date(2025, 11, 20), valid_until=None)
    import_cards(fleet.database, LIST_KEY, [last_year, moves])
    fleet.send(batch([opened(), *(scan(n, code_sealed=sealed(code(n))) for n in (1, 2, 3))]))
    assert rate() == (2, 1)
    anew = [
        replace(last_year, issued_on=date(2026, 11, 20)),
        replace(moves, issued_on=date(2026, 11, 20), distributor="B"),
    ]
    later = import_cards(fleet.database, LIST_KEY, anew)
    assert rate() == (4, 3), "also where it changed hands with the list"
    assert all(one.issued_and_used <= one.issued for one in told(fleet).by_distributor)
    fleet.send(batch([scan(4, code_sealed=sealed(code(3)))]))
    assert rate() == (4, 3)
    assert told(fleet, 2025).issued == 2
    assert later.import_id is not None
    CardUndo(fleet.database, lambda: NOW).undo(later.import_id, "cli")
    assert fleet.agrees()
    assert (rate(), told(fleet, 2025).issued) == ((2, 1), 2)


def test_codes_go_after_their_time_and_the_figures_stay(fleet: Fleet) -> None:
    a_year(fleet)
    before = figures(fleet)
    keeper = Keeper(fleet.database, lambda: DUE, 1)
    assert Keeper(fleet.database, lambda: date(2027, 12, 31), 1).run() == Kept()
    assert keeper.plan() == Kept(visits=((2026, 17),)), "a scan that was adopted has its code, too"
    assert keeper.run() == Kept(visits=((2026, 17),))
    assert keeper.run() == keeper.plan() == Kept()
    assert figures(fleet) == before
    found = kept(fleet)
    assert {(held, of_card) for held, of_card, _ in found} == {(None, None)}
    assert found[0][2] == found[2][2] != found[3][2], "one person with two cards has one pseudonym"
    assert fleet.agrees()
    lock(fleet)
    assert figures(fleet) == before
    assert fleet.agrees()
    assert told(fleet).locked_at is not None


def test_half_a_run_tells_the_same_figures(fleet: Fleet) -> None:
    a_year(fleet)
    before = figures(fleet)
    with fleet.database.writing() as connection:
        assert len(forget_codes(connection, YearKeys(connection), limit=5)) == 5
    assert figures(fleet) == before
    assert fleet.agrees()


def test_a_resend_is_known_by_its_digest_and_does_not_bring_the_code_back(fleet: Fleet) -> None:
    rows = batch([opened(), scan(1, code_sealed=sealed(code(1))), unknown(2, 2)])
    fleet.send(rows)
    keep(fleet)
    before = kept(fleet), fleet.states()
    fleet.send(rows)
    assert (kept(fleet), fleet.states()) == before
    assert fleet.conflicts() == [False] * 3
    assert fleet.agrees()


def test_a_visit_that_comes_late_falls_on_the_same_pseudonym_until_the_year_is_locked(fleet: Fleet) -> None:
    a_year(fleet)
    keep(fleet)
    fleet.send(batch([scan(30, code_sealed=sealed(code(1)))], first=30))
    assert told(fleet).frequency == Frequency(once=1, twice=3, three_to_five=1, over_five=1)
    keep(fleet)
    assert kept(fleet)[-1] == kept(fleet)[0]
    lock(fleet)
    before = told(fleet)
    fleet.send(batch([scan(31, code_sealed=sealed(code(1))), unknown(32, 9)], first=31))
    assert kept(fleet)[-2:] == [(None, None, None)] * 2, "of a locked year no code is written down"
    after = told(fleet)
    assert (after.visits, after.frequency, after.issued_and_used) == (
        before.visits + 2,
        before.frequency,
        before.issued_and_used,
    )
    assert [one.visits for one in after.by_distributor] == [13, 3, 4]
    assert fleet.agrees()


def test_a_correction_and_an_adoption_after_the_code_went_keep_the_card(fleet: Fleet) -> None:
    stopped = msgspec.structs.replace(refused(1, code_sealed=sealed(code(1))), reason="unlisted")
    import_cards(fleet.database, LIST_KEY, [card(1)])
    fleet.send(batch([opened(), stopped, scan(2, code_sealed=sealed(code(1)))]))
    keep(fleet)
    fleet.send(batch([by_hand(3, 1, children=2), correction(4, 2, scan(1, children=4).party)]))
    found = kept(fleet)
    assert found == [found[0]] * 3
    assert told(fleet).frequency == Frequency(twice=1)
    assert told(fleet).uses == 8
    assert fleet.agrees()


def test_no_byte_of_a_code_is_left_in_the_visits_and_records(fleet: Fleet) -> None:
    """The register has its codes as long as its cards are cards; an erased one is nowhere."""
    secret = sealed(code(8))
    a_year(fleet)
    fleet.send(batch([unknown(40, 77), scan(41, code_sealed=secret), unknown(42, 78)], first=40))
    dead = canonical_record(msgspec.structs.replace(scan(43, code_sealed=secret), venue="a\x07b"))
    fleet.send(batch([dead], first=43))
    searched = [code(77).encode(), code(8).encode(), secret.encode()]
    with all_bytes(fleet) as found:
        assert all(any(form in found for form in in_dump(one)) for one in searched)
    keep(fleet)
    desk(fleet).erase(code(3), "cli")
    with all_bytes(fleet) as found:
        for one in (*searched, code(3).encode()):
            assert not any(form in found for form in in_dump(one)), one


def test_a_dead_letter_goes_whole_after_its_time_and_is_read_when_it_comes_again(fleet: Fleet) -> None:
    other = PrivateKey.generate()
    lost = batch([opened(), scan(1, code_sealed=seal(CardCode(code(1)), bytes(other.public_key)))])
    fleet.send(lost)
    assert fleet.states() == ["stored", "refused"]
    assert keep(fleet) == Kept(letters=1)
    assert keep(fleet) == Kept()
    reader = StoredLetters(fleet.database, FactWriter(opener(bytes(other)), HELSINKI), lambda: None)
    assert (reader.retry().read, reader.retry().unread) == (0, 1)
    assert fleet.figures.letters().total == 1
    Fleet(fleet.database, opener(bytes(other)), fleet.places).send(lost)
    assert fleet.states() == ["stored", "stored"]
    assert fleet.agrees()


def test_an_erased_card_leaves_its_visits_in_the_figures_and_no_trace_of_its_code(fleet: Fleet) -> None:
    a_year(fleet)
    fleet.send(batch([msgspec.structs.replace(scan(50, code_sealed=sealed(code(6))), venue="a\x07b")]))
    before = figures(fleet)
    register = [one.issued for one in before.by_distributor]
    erased = desk(fleet).erase(code(6), "cli")
    assert (erased.cards, erased.visits, erased.letters) == (2, 3, 1), "the lost card of the same person, too"
    assert figures(fleet) == before
    assert [one.issued for one in told(fleet).by_distributor] == register
    assert fleet.agrees()
    with pytest.raises(CardRefused, match="no such card"):
        desk(fleet).find(code(1))
    with pytest.raises(CardRefused, match="no such card"):
        desk(fleet).erase(code(6), "cli")
    with all_bytes(fleet) as found:
        for number in (1, 6):
            assert code(number).encode() not in found
    again = import_cards(fleet.database, LIST_KEY, [card(1), card(6), card(2)])
    assert (again.erased, again.new) == (2, 0)
    with fleet.database.reading() as connection:
        gone = connection.execute(
            select(cards.c.status, cards.c.code, cards.c.issued_on, cards.c.valid_until, cards.c.max_children)
            .where(cards.c.code.is_(None))
            .distinct()
        ).all()
    day = date(2026, 1, 1)
    assert sorted(tuple(row) for row in gone) == [
        ("barred", None, day, day, None),
        ("gone", None, day, day, None),
    ]


def test_an_erased_card_that_was_stopped_is_refused_by_the_kiosks_as_before(fleet: Fleet) -> None:
    """Lost, blocked, withdrawn or over: forgetting it must not turn a red light green."""
    stopped = {2: "blocked", 3: "withdrawn", 4: "expired", 5: "lost"}
    import_cards(fleet.database, LIST_KEY, [card(n) for n in (1, 2, 3, 5)])
    import_cards(fleet.database, LIST_KEY, [card(4, valid_until=date(2026, 1, 31))])
    desk(fleet).block(code(2), "cli")
    desk(fleet).withdraw(code(3), "cli")
    desk(fleet).replace(code(5), code(6), "cli")
    kiosk = ListClient(fleet.database)

    def lets_in(number: int) -> bool:
        return judge(kiosk.row(code(number)), NOW.date(), Policy()).lets_in

    before = {number: lets_in(number) for number in range(1, 7)}
    assert before == {1: True, 6: True} | dict.fromkeys(stopped, False)
    for number in (1, 2, 3, 4, 6):
        desk(fleet).erase(code(number), "cli")
    assert {number: lets_in(number) for number in range(1, 7)} == before
    assert {kiosk.row(code(number)).status for number in stopped} == {"withdrawn"}, "no more than that"
    with pytest.raises(CardRefused, match="no such card"):
        desk(fleet).unblock(code(2), "cli")
    import_cards(fleet.database, LIST_KEY, [card(7)])
    with pytest.raises(CardRefused, match="belongs to another card"):
        desk(fleet).replace(code(7), code(2), "cli")
    again = import_cards(fleet.database, LIST_KEY, [card(n) for n in range(1, 7)])
    assert (again.erased, again.new, again.changed) == (6, 0, 0)


def test_who_comes_in_with_an_erased_card_is_the_same_pseudonym_also_under_another_list_key(
    fleet: Fleet,
) -> None:
    import_cards(fleet.database, LIST_KEY, [card(1)])
    fleet.send(batch([opened(), scan(1, code_sealed=sealed(code(1)))]))
    desk(fleet).erase(code(1), "cli")
    rows = batch([scan(2, code_sealed=sealed(code(1))), unknown(3, 1)], first=2)
    fleet.send(rows)
    fleet.send(rows)
    found = kept(fleet)
    assert found == [found[0]] * 3
    assert found[0][:2] == (None, None)
    assert told(fleet).frequency == Frequency(three_to_five=1)
    assert (told(fleet).issued, told(fleet).issued_and_used) == (1, 1)
    assert fleet.agrees()
    with fleet.database.writing() as connection:  # as when the list's key is changed
        connection.execute(cards.update().values(key=5))
    other = ListKey(bytes(range(32)))
    assert import_cards(fleet.database, other, [card(1), card(2)]).erased == 1
    with pytest.raises(CardRefused, match="belongs to another"):
        desk(fleet, other).replace(code(2), code(1), "cli")


def test_a_card_that_the_register_never_had_is_erased_from_its_visits(fleet: Fleet) -> None:
    fleet.send(batch([opened(), unknown(1, 9), unknown(2, 9), unknown(3, 8)]))
    before = figures(fleet)
    erased = desk(fleet).erase(code(9), "cli")
    assert (erased.cards, erased.visits) == (0, 2)
    assert figures(fleet) == before
    assert [held for held, *_ in kept(fleet)] == [None, None, code(8)]
    with fleet.database.reading() as connection:
        assert connection.execute(select(erased_codes.c.card_id)).all() == [(None,)]
    fleet.send(batch([unknown(4, 9), scan(5, code_sealed=sealed(code(9)))], first=4))
    found = kept(fleet)
    assert found[3] == found[4] == found[0], "it is known again at a door"
    assert told(fleet).frequency == Frequency(once=1, three_to_five=1)
    again = import_cards(fleet.database, LIST_KEY, [card(9), card(7)])
    assert (again.new, again.erased) == (1, 1), "and in a file"
    assert fleet.agrees()
    with pytest.raises(CardRefused, match="no such card"):
        desk(fleet).erase(code(5), "cli")


def test_a_year_is_locked_when_it_is_over_without_codes_and_proved(fleet: Fleet) -> None:
    a_year(fleet)
    with pytest.raises(YearRefused, match="17 visits of 2026 still have"):
        lock(fleet)
    keep(fleet)
    with pytest.raises(YearRefused, match="is not over"):
        lock_year(fleet.database, 2026, datetime(2026, 12, 31, 12, tzinfo=UTC), force=True)
    with pytest.raises(YearRefused, match="--force"):
        lock(fleet, force=False)
    with fleet.database.reading() as connection:
        key = connection.scalar(select(years.c.key))
        assert key is not None
    lock(fleet)
    with pytest.raises(YearRefused, match="locked already"):
        lock(fleet)
    with all_bytes(fleet) as found:
        assert not any(form in found for form in in_dump(key))
    with fleet.database.reading() as connection:
        (one,) = years_in(connection)
    assert isinstance(one, YearKept)
    assert (one.year, one.with_code, one.with_pseudonym) == (2026, 0, 17)
    assert one.locked_at is not None


def test_what_comes_after_the_lock_moves_nothing_of_the_year_s_cards(fleet: Fleet) -> None:
    a_year(fleet)
    done = import_cards(fleet.database, LIST_KEY, [card(8)])
    keep(fleet)
    before = figures(fleet)
    lock(fleet)
    import_cards(fleet.database, LIST_KEY, map(card, range(20, 40)))
    anew = [replace(card(number), issued_on=date(2027, 3, 1), valid_until=None) for number in (2, 3)]
    import_cards(fleet.database, LIST_KEY, anew)
    assert done.import_id is not None
    CardUndo(fleet.database, lambda: NOW).undo(done.import_id, "cli")
    assert figures(fleet) == before
    assert before.issued == 6
    assert told(fleet, 2027).issued == 2


def test_an_import_is_not_undone_once_visits_of_its_cards_have_no_code(fleet: Fleet) -> None:
    first = import_cards(fleet.database, LIST_KEY, [card(1), card(2)])
    elsewhere = [card(1, distributor="Mielitiimi"), card(2)]
    moved = import_cards(fleet.database, LIST_KEY, elsewhere)
    longer = import_cards(fleet.database, LIST_KEY, [replace(elsewhere[0], valid_until=date(2027, 1, 31))])
    unused = import_cards(fleet.database, LIST_KEY, [card(3)])
    fleet.send(batch([opened(), scan(1, code_sealed=sealed(code(1)))]))
    keep(fleet)
    before = figures(fleet)
    undo = CardUndo(fleet.database, lambda: NOW).undo
    assert longer.import_id
    assert moved.import_id
    assert first.import_id
    assert unused.import_id
    assert undo(longer.import_id, "cli") == 1, "whose card it was stays as it is"
    for number in (moved.import_id, first.import_id):
        with pytest.raises(UndoRefused) as raised:
            undo(number, "cli")
        assert raised.value.name == ("forgotten" if number == moved.import_id else "differ")
    assert figures(fleet) == before
    assert undo(unused.import_id, "cli") == 1


@pytest.mark.parametrize("how", ["kept", "erased"])
def test_what_an_undone_import_had_said_of_a_visit_s_card_is_gone_once_its_code_goes(
    fleet: Fleet, how: str
) -> None:
    first = replace(card(1), issued_on=date(2025, 1, 4), valid_until=None)
    import_cards(fleet.database, LIST_KEY, [first])
    anew = replace(first, issued_on=date(2026, 1, 4), distributor="Mielitiimi")
    done = import_cards(fleet.database, LIST_KEY, [anew])
    fleet.send(batch([opened(), scan(1, code_sealed=sealed(code(1)))]))
    assert done.import_id
    CardUndo(fleet.database, lambda: NOW).undo(done.import_id, "cli")
    before = figures(fleet)
    assert (before.issued, before.issued_and_used) == (0, 0)
    if how == "kept":
        keep(fleet)
    else:
        desk(fleet).erase(code(1), "cli")
    assert figures(fleet) == before
    if how == "kept":
        lock(fleet)
        assert figures(fleet) == before


def test_nor_once_one_came_in_without_its_code_to_a_year_that_was_locked(fleet: Fleet) -> None:
    done = import_cards(fleet.database, LIST_KEY, [card(1), card(2)])
    keep(fleet)
    lock(fleet)
    fleet.send(batch([opened(), scan(1, code_sealed=sealed(code(1)))]))
    assert done.import_id
    with pytest.raises(UndoRefused, match="1 of its cards have visits whose codes had their time"):
        CardUndo(fleet.database, lambda: NOW).undo(done.import_id, "cli")
    assert fleet.agrees()


def test_verify_sees_a_code_that_stayed_in_its_record(fleet: Fleet) -> None:
    fleet.send(batch([opened(), unknown(1, 9)]))
    with fleet.database.writing() as connection:
        connection.execute(visits.update().values(code=None))
    assert not fleet.agrees()


def test_the_keeping_costs_what_is_due_and_not_the_visits(fleet: Fleet) -> None:
    with fleet.database.reading() as connection:
        if connection.dialect.name != "sqlite":
            return
        asked = str(
            select(func.count())
            .select_from(visits)
            .where(visits.c.code.is_not(None), visits.c.day <= text("'2026-12-31'"))
        )
        plan = " ".join(str(row) for row in connection.execute(text(f"EXPLAIN QUERY PLAN {asked}")))
    assert "SEARCH visits USING" in plan
    assert "ix_visits_coded" in plan


def test_a_backup_brings_codes_back_until_the_keeping_has_run_again(fleet: Fleet, tmp_path: Path) -> None:
    if fleet.database.engine.dialect.name != "sqlite":
        return
    a_year(fleet)
    before = figures(fleet)
    url = str(fleet.database.engine.url)
    back_up(url, tmp_path / "copy.db", lambda _, __: None)
    keep(fleet)
    lock(fleet)
    fleet.database.close()
    restore(url, tmp_path / "copy.db", tmp_path / "aside.db", lambda _, __: None)
    with open_database(url) as database:
        again = Fleet(database, places=fleet.places)
        assert [held for held, *_ in kept(again)].count(None) == 1, "all but the one without a card"
        assert told(again).locked_at is None
        keep(again)
        assert {held for held, *_ in kept(again)} == {None}
        assert figures(again) == before
        assert again.agrees()
