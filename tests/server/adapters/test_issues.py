"""Cards that are issued anew or change hands: every visit belongs to one issue, on both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from alembic import command
from sqlalchemy import select, text

from agent.wire.records import Scan
from server.adapters.card_undo import CardUndo
from server.adapters.database import Database, database_url
from server.adapters.keeping_tables import earlier_issues
from server.adapters.migrate import alembic_config, open_database
from server.adapters.tables import cards
from server.domain.register import RegisterCard
from server.domain.statistics import Statistics
from tests.server.adapters.year_of_visits import code, desk, keep, lock, told
from tests.server.cards import NOW, card, import_cards
from tests.server.kiosk import BOOT, LIST_KEY, batch, pair, scan, sealed, stamp
from tests.server.stored_fleet import Fleet

LAST_YEAR = datetime(2025, 6, 1, 10, tzinfo=UTC)
NEXT_YEAR = datetime(2027, 3, 1, 10, tzinfo=UTC)


def issued(number: int, on: date, distributor: str = "A") -> RegisterCard:
    return replace(card(number, distributor=distributor), issued_on=on, valid_until=None)


def visit(fleet: Fleet, seq: int, number: int, at: datetime) -> None:
    ms = round((at - datetime(2024, 12, 1, tzinfo=UTC)).total_seconds() * 1000)
    made: Scan = scan(
        seq, code_sealed=sealed(code(number)), clock=stamp(at, boot=BOOT, boottime_ms=ms), at=at
    )
    fleet.send(batch([made], first=seq, clock=pair(at, boottime_ms=ms)), at=at)


def rate(fleet: Fleet, year: int) -> tuple[int, int]:
    found = told(fleet, year)
    return found.issued, found.issued_and_used


def shares(found: Statistics) -> dict[str, tuple[int, int, int]]:
    return {one.distributor: (one.issued, one.issued_and_used, one.visits) for one in found.by_distributor}


@pytest.mark.parametrize("late", [False, True])
def test_a_visit_that_comes_after_its_card_was_issued_anew_is_a_use_of_its_own_year(
    fleet: Fleet, *, late: bool
) -> None:
    first, anew = [issued(1, date(2025, 3, 1))], [issued(1, date(2026, 3, 2), "B")]
    import_cards(fleet.database, LIST_KEY, first)
    if late:
        import_cards(fleet.database, LIST_KEY, anew)
    visit(fleet, 1, 1, LAST_YEAR)
    if not late:
        import_cards(fleet.database, LIST_KEY, anew)
    assert (rate(fleet, 2025), rate(fleet, 2026)) == ((1, 1), (1, 0))
    assert shares(told(fleet, 2025)) == {"A": (1, 1, 1)}
    assert shares(told(fleet, 2026)) == {"B": (1, 0, 0)}
    visit(fleet, 2, 1, NOW)
    assert shares(told(fleet, 2026)) == {"B": (1, 1, 1)}
    visit(fleet, 3, 1, NEXT_YEAR)
    assert shares(told(fleet, 2027)) == {"B": (0, 0, 1)}
    assert fleet.agrees()


def test_a_locked_year_takes_a_late_visit_for_the_distributor_of_its_own_issue(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [issued(1, date(2025, 3, 1))])
    visit(fleet, 1, 1, LAST_YEAR)
    import_cards(fleet.database, LIST_KEY, [issued(1, date(2026, 3, 2), "B")])
    keep(fleet)
    before = told(fleet, 2025)
    lock(fleet, 2025)
    assert shares(told(fleet, 2025)) == shares(before) == {"A": (1, 1, 1)}
    visit(fleet, 2, 1, LAST_YEAR)
    assert shares(told(fleet, 2025)) == {"A": (1, 1, 2)}


def test_a_card_that_changes_hands_is_of_whom_issued_it_in_every_figure(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [issued(1, date(2026, 1, 2))])
    visit(fleet, 1, 1, NOW)
    moved = import_cards(fleet.database, LIST_KEY, [issued(1, date(2026, 1, 2), "B")])
    assert shares(told(fleet)) == {"A": (1, 1, 1)}
    visit(fleet, 2, 1, NOW)
    assert shares(told(fleet)) == {"A": (1, 1, 2)}
    assert desk(fleet).find(code(1)).card.distributor == "B"
    import_cards(fleet.database, LIST_KEY, [issued(1, date(2026, 12, 20), "C")])
    assert shares(told(fleet)) == {"A": (1, 1, 2)}, "once in a year"
    visit(fleet, 3, 1, NEXT_YEAR)
    assert shares(told(fleet, 2027)) == {"C": (0, 0, 1)}
    assert moved.import_id is not None


def test_an_undone_change_of_hands_is_forgotten(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [issued(1, date(2026, 1, 2))])
    moved = import_cards(fleet.database, LIST_KEY, [issued(1, date(2027, 1, 2), "B")])
    assert moved.import_id is not None
    CardUndo(fleet.database, lambda: NOW).undo(moved.import_id, "cli")
    with fleet.database.reading() as connection:
        assert connection.execute(select(earlier_issues)).all() == []
    assert (rate(fleet, 2026), rate(fleet, 2027)) == ((1, 0), (0, 0))


def test_a_list_that_comes_after_the_codes_have_gone_moves_the_figures_as_if_they_had_not(
    fleet: Fleet,
) -> None:
    import_cards(fleet.database, LIST_KEY, [issued(1, date(2025, 3, 1)), issued(2, date(2026, 3, 1))])
    for seq, number in enumerate((1, 2), start=1):
        visit(fleet, seq, number, NOW)
    keep(fleet)
    import_cards(fleet.database, LIST_KEY, [issued(1, date(2026, 11, 1), "B")])
    assert shares(told(fleet)) == {"A": (1, 1, 1), "B": (1, 1, 1)}
    lock(fleet)
    assert shares(told(fleet)) == {"A": (1, 1, 1), "B": (1, 1, 1)}
    assert fleet.agrees()


def test_an_erased_person_keeps_the_order_of_the_issues_and_not_their_days(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [issued(1, date(2026, 3, 2))])
    import_cards(fleet.database, LIST_KEY, [issued(1, date(2026, 5, 2), "B")])
    visit(fleet, 1, 1, NOW)
    visit(fleet, 2, 1, NEXT_YEAR)
    desk(fleet).replace(code(1), code(2), "cli")
    before = told(fleet), told(fleet, 2027)
    desk(fleet).erase(code(2), "cli")
    assert (told(fleet), told(fleet, 2027)) == before
    with fleet.database.reading() as connection:
        days = list(connection.scalars(select(earlier_issues.c.issued_on)))
        days += connection.scalars(select(cards.c.issued_on)).all()
    assert sorted(days) == [date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 2)]
    visit(fleet, 3, 1, NEXT_YEAR)
    assert shares(told(fleet, 2027))["B"] == (0, 0, 2)


_BEFORE = """
INSERT INTO areas (id, name) VALUES (1, 'R');
INSERT INTO distributors (id, name, area_id) VALUES (7, 'D', 1);
INSERT INTO cards
  (id, code, key, kind, distributor_id, issued_on, valid_until, status, revision, row_hash)
  VALUES (5, 'A1', 1, 'personal', 7, '2026-03-01', '2027-02-28', 'active', 2, 1),
    (6, NULL, 2, 'personal', 7, '2026-01-01', '2026-01-01', 'gone', 3, 1);
INSERT INTO card_changes (card_id, at, what, way, revision, before_revision, distributor_id, issued_on)
  VALUES (5, '2026-03-01', 'imported', 'cli', 2, 1, 7, '2025-03-02');
INSERT INTO earlier_issues (card_id, year, distributor_id, kind, import_id)
  VALUES (5, 2025, 7, 'personal', 4), (6, 2025, 7, 'personal', NULL)
"""


def test_earlier_issues_of_an_older_server_get_the_day_that_the_history_knows(
    empty_database_url: str,
) -> None:
    with Database(database_url(empty_database_url)) as old, old.writing() as connection:
        command.upgrade(alembic_config(connection), "0015")
        for statement in _BEFORE.split(";\n"):
            connection.execute(text(statement))
    with open_database(empty_database_url) as database, database.reading() as connection:
        found = connection.execute(select(earlier_issues).order_by(earlier_issues.c.card_id)).all()
        assert [tuple(row) for row in found] == [
            (5, date(2025, 3, 2), 7, 4),
            (6, date(2025, 1, 1), 7, None),
        ]
