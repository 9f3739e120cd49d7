"""Imports on both databases: counted as they come, all or nothing, and what a dry run says comes true."""

import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date
from pathlib import Path

import pytest
from sqlalchemy import select, update

from agent.wire.card_code import DEFAULT_PATTERN, CardCode
from server.adapters.card_desk import StoredDesk
from server.adapters.card_import import CardImports, imports_in
from server.adapters.card_spool import CardSpool
from server.adapters.database import Database
from server.adapters.erased import mark_erased
from server.adapters.rotation import rotate_key
from server.adapters.tables import cards
from server.adapters.trials import Trials
from server.domain.faults import Fault
from server.domain.history import KeyChanged, Wish
from server.domain.outcome import Outcome, RowsRefused
from server.domain.register import RegisterCard
from server.domain.uploads import Step, Tell
from tests.server.cards import NOW, SOURCE, card, import_cards
from tests.server.kiosk import LIST_KEY
from tests.server.list_client import ListClient


def counts(outcome: Outcome) -> tuple[int, int, int]:
    return outcome.new, outcome.changed, outcome.unchanged


def dry(database: Database, wanted: list[RegisterCard], checked: Outcome | None = None) -> Outcome:
    with CardSpool(LIST_KEY) as spool:
        for row, one in enumerate(wanted, start=2):
            assert spool.add(row, one) is None
        imports = CardImports(database, lambda: NOW)
        return imports.dry_run(spool, checked or Outcome(rows=spool.rows))


def test_an_import_tells_what_is_new_changed_and_unchanged(database: Database) -> None:
    assert counts(import_cards(database, LIST_KEY, map(card, range(10)))) == (10, 0, 0)
    assert counts(import_cards(database, LIST_KEY, map(card, range(10)))) == (0, 0, 10)
    moved = [card(0, status="blocked"), card(1, distributor="Mielitiimi"), card(2), card(99)]
    outcome = import_cards(database, LIST_KEY, moved)
    assert counts(outcome) == (1, 2, 1)
    assert outcome.columns == Counter(status=1, distributor=1)
    with database.reading() as connection:
        newest, *_, oldest = imports_in(connection)
    assert (newest.id, newest.new, newest.changed, newest.gone) == (outcome.import_id, 1, 2, 7)
    assert (oldest.new, oldest.file_name, oldest.way, oldest.at) == (10, "kortit.csv", "cli", NOW)


def test_a_dry_run_comes_true_and_writes_nothing(database: Database) -> None:
    chance = random.Random(7)  # noqa: S311  (a seed)
    for _ in range(6):
        wanted = [
            card(number, status=chance.choice(["active", "blocked", None]), distributor=chance.choice("AB"))
            for number in chance.sample(range(40), 20)
        ]
        said = dry(database, wanted)
        assert said == dry(database, wanted)
        done = import_cards(database, LIST_KEY, wanted)
        said.import_id = done.import_id
        assert said == done


def take(database: Database, wanted: list[RegisterCard], tell: Tell) -> Outcome:
    with CardSpool(LIST_KEY) as spool:
        for row, one in enumerate(wanted, start=2):
            assert spool.add(row, one) is None
        imports = CardImports(database, lambda: NOW)
        return imports.take(
            spool, Outcome(rows=spool.rows), SOURCE, Wish("withdraw", withdraw_most=True), tell
        )


def once(act: Callable[[], object]) -> Tell:
    """While the file is compared, and not again."""
    left = [act]

    def told(step: Step) -> None:
        if step.what == "comparing" and left:
            left.pop()()

    return told


def test_others_write_while_a_file_is_compared_and_what_they_did_counts(database: Database) -> None:
    import_cards(database, LIST_KEY, [card(1), card(2), card(3), card(4)])
    desk = StoredDesk(database, LIST_KEY, re.compile(DEFAULT_PATTERN), UTC, lambda: NOW)

    def others() -> None:
        desk.block("A000000001", "web")
        desk.renew("A000000003", None, "web")
        desk.withdraw("A000000002", "web")

    moved = [card(n, distributor="Mielitiimi", status=None) for n in (1, 2)]
    done = take(database, [*moved, card(9)], once(others))
    assert (done.new, done.changed, done.erased, done.withdrawn, done.newer) == (1, 2, 0, 1, 1)
    view = desk.find("A000000001")
    assert (view.card.status, view.card.distributor) == ("blocked", "Mielitiimi")
    client = ListClient(database)
    assert client.is_whole(client.follow())


def test_a_code_that_is_erased_while_its_file_is_compared_stays_erased(database: Database) -> None:
    def others() -> None:
        with database.writing() as connection:
            mark_erased(connection, [(CardCode("A000000001"), None)])

    done = take(database, [card(1), card(2)], once(others))
    assert (done.new, done.erased) == (1, 1)


def test_a_trial_that_is_set_while_a_file_is_compared_holds(database: Database) -> None:
    import_cards(database, LIST_KEY, [card(1, valid_until=date(2026, 12, 24))])
    ends = date(2026, 6, 30)
    done = take(
        database,
        [card(2, valid_until=None)],
        once(lambda: Trials(database, UTC, lambda: NOW).set("Rovaniemi", ends, "cli")),
    )
    assert done.new == 1
    assert ListClient(database).row("A000000002").last_day == ends


def test_a_key_that_is_changed_while_a_file_is_compared_ends_the_import(database: Database) -> None:
    import_cards(database, LIST_KEY, [card(1)])
    with pytest.raises(KeyChanged):
        take(database, [card(2)], once(lambda: rotate_key(database)))
    with database.reading() as connection:
        assert len(imports_in(connection)) == 1


def test_an_import_tells_how_far_it_is(database: Database) -> None:
    import_cards(database, LIST_KEY, map(card, range(2_100)))
    told: list[Step] = []
    take(database, [card(n, status="blocked") for n in range(2_050)], told.append)
    assert told == [
        Step("comparing", 2_000, 2_050),
        Step("comparing", 2_050, 2_050),
        Step("writing", 2_000, 2_100),
        Step("writing", 2_050, 2_100),
        Step("writing", 2_100, 2_100),
    ]


def test_areas_and_distributors_that_come_into_being_are_named_with_their_rows(database: Database) -> None:
    import_cards(database, LIST_KEY, [card(1), card(2, distributor="Mielitiimi")])
    new = [replace(card(n), area="Tornio") for n in (3, 4)]
    moved = [card(2, distributor="MIELITIIMI"), card(1, distributor="Uusi"), card(5, distributor="uusi")]
    said = dry(database, [*new, *moved])
    assert said.new_areas == {"Tornio": 2}
    assert said.new_distributors == {("Tornio", "Seurakunta"): 2, ("Rovaniemi", "Uusi"): 2}
    assert import_cards(database, LIST_KEY, [*new, *moved]).new_distributors == said.new_distributors
    with database.reading() as connection:
        newest, first = imports_in(connection)
    assert (newest.new_areas, newest.new_distributors) == (1, 2)
    assert (first.new_areas, first.new_distributors) == (1, 2)
    assert not dry(database, [*new, *moved]).new_distributors


def test_examples_are_the_first_rows_of_the_file(database: Database) -> None:
    import_cards(database, LIST_KEY, map(card, range(10)))
    said = dry(database, [*map(card, range(3)), card(3, status="blocked"), *map(card, range(100, 2_000))])
    first = said.first_examples()
    assert (len(first), first[0].row, first[0].columns) == (100, 5, (("status", "active", "blocked"),))
    assert [example.row for example in first[1:]] == list(range(6, 105))


def test_only_the_file_s_distributors_miss_cards(database: Database) -> None:
    import_cards(database, LIST_KEY, [card(n, distributor="A") for n in range(5)])
    import_cards(database, LIST_KEY, [card(n, distributor="B") for n in range(5, 10)])
    import_cards(database, LIST_KEY, [card(4, status="withdrawn", distributor="A")])
    kept = import_cards(database, LIST_KEY, [card(0, distributor="A")])
    assert (kept.gone, kept.withdrawn) == (3, 0)
    done = import_cards(database, LIST_KEY, [card(0, distributor="A")], Wish("withdraw", withdraw_most=True))
    assert (done.gone, done.withdrawn) == (3, 3)
    client = ListClient(database)
    assert [client.row(f"A{n:09}").status for n in range(10)] == ["active"] + ["withdrawn"] * 4 + [
        "active"
    ] * 5


def test_nothing_is_written_where_a_row_cannot_be_taken(database: Database) -> None:
    Trials(database, UTC, lambda: NOW).set("Rovaniemi", date(2025, 12, 31), "cli")
    wanted = [
        card(number, valid_until=None if number == 2_500 else date(2026, 5, 1)) for number in range(5_000)
    ]
    with pytest.raises(RowsRefused) as raised:
        import_cards(database, LIST_KEY, wanted)
    (at,) = raised.value.outcome.faults
    assert (at.row, at.fault) == (2_502, Fault("after_trial", "issued_on", "2025-12-31"))
    assert dry(database, wanted).faults == [at]
    client = ListClient(database)
    assert client.is_whole(client.follow())
    assert client.since == 0
    with database.reading() as connection:
        assert imports_in(connection) == []


def test_a_checked_file_with_faults_is_refused_and_still_compared(database: Database) -> None:
    checked = Outcome(rows=3)
    checked.fault(3, Fault("code_shape", "code"))
    said = dry(database, [card(1), card(2)], checked)
    assert (said.new, said.faulty, said.faults) == (2, 1, checked.faults)
    with CardSpool(LIST_KEY) as spool, pytest.raises(RowsRefused, match="1 of 3 rows"):
        CardImports(database, lambda: NOW).take(spool, checked, SOURCE)


def test_a_code_twice_and_a_key_twice_are_told_apart() -> None:
    with CardSpool(LIST_KEY) as spool:
        assert spool.add(2, card(1)) is None
        assert spool.add(3, card(1, status="blocked")) == Fault("twice", "code", "2")
        assert spool.add(4, card(1)) == Fault("twice", "code", "2")


def test_an_erased_card_is_found_by_its_key_and_stays_erased(database: Database) -> None:
    import_cards(database, LIST_KEY, map(card, range(3)))
    with database.writing() as connection:
        connection.execute(update(cards).where(cards.c.code == "A000000001").values(code=None, status="gone"))
    outcome = import_cards(database, LIST_KEY, map(card, range(3)))
    assert (counts(outcome), outcome.erased) == ((0, 0, 2), 1)
    with database.reading() as connection:
        assert connection.scalars(select(cards.c.code).where(cards.c.status == "gone")).all() == [None]


def test_a_new_distributor_is_made_once_and_only_when_it_is_written(database: Database) -> None:
    said = dry(database, [card(1, distributor="Uusi")])
    assert said.new == 1
    assert (
        import_cards(database, LIST_KEY, [card(1, distributor="Uusi"), card(2, distributor="Uusi")]).new == 2
    )
    assert CardCode("A000000001").masked() not in repr(said)


def test_a_file_of_60_000_rows_takes_no_more_memory_than_a_small_one(tmp_path: Path) -> None:
    """Some 15 MB are SQLite's cache, which grows to 64; as a list of cards the file would be 45 MB more."""
    program = [sys.executable, "-m", "tests.server.adapters.large_import", str(tmp_path), "60000"]
    said = subprocess.run(program, check=True, capture_output=True, text=True).stdout.split()
    assert said[:2] == ["60000", "60000"]
    assert int(said[2]) < 40
