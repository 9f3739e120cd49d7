"""Codes go after their time, on both databases; records stay known, and figures the same."""

from datetime import date
from pathlib import Path

import msgspec
from nacl.public import PrivateKey
from sqlalchemy import func, select, text

from agent.wire.canonical import canonical_record
from agent.wire.card_code import CardCode
from agent.wire.sealing import opener, seal
from server.adapters.backup import back_up, restore
from server.adapters.facts import FactWriter
from server.adapters.forgetting import forget_codes
from server.adapters.keeping import Keeper
from server.adapters.letters import StoredLetters
from server.adapters.migrate import open_database
from server.adapters.record_tables import visits
from server.adapters.years import YearKeys
from server.domain.keeping import Kept
from server.domain.statistics import Frequency
from tests.server.adapters.all_bytes import all_bytes, in_dump
from tests.server.adapters.test_matching import unknown
from tests.server.adapters.year_of_visits import DUE, a_year, code, desk, figures, keep, kept, lock, told
from tests.server.cards import card, import_cards
from tests.server.kiosk import LIST_KEY, batch, by_hand, correction, opened, refused, scan, sealed
from tests.server.stored_fleet import HELSINKI, Fleet


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
