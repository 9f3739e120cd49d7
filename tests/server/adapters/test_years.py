"""The years of the figures are found by indexes, on both databases."""

from datetime import date
from typing import Any

from sqlalchemy import event

from server.adapters.keeping import Keeper
from server.adapters.years import years_in, years_of_figures
from server.domain.keeping import YearKept
from tests.server.adapters.test_issues import LAST_YEAR, NEXT_YEAR, issued, visit
from tests.server.cards import NOW, import_cards
from tests.server.kiosk import LIST_KEY, batch, by_hand, opened, refused
from tests.server.stored_fleet import Fleet


def years(fleet: Fleet) -> list[int]:
    with fleet.database.reading() as connection:
        return years_of_figures(connection)


def test_a_year_is_there_by_a_visit_an_issue_or_an_earlier_issue(fleet: Fleet) -> None:
    assert years(fleet) == []
    import_cards(fleet.database, LIST_KEY, [issued(1, date(2024, 3, 1))])
    assert years(fleet) == [2024]
    import_cards(fleet.database, LIST_KEY, [issued(1, date(2030, 3, 1))])
    assert years(fleet) == [2030, 2024]
    visit(fleet, 1, 1, LAST_YEAR)
    visit(fleet, 2, 9, NEXT_YEAR)
    assert years(fleet) == [2030, 2027, 2025, 2024]
    fleet.send(batch([opened(), by_hand(1)], number=2))
    assert years(fleet) == [2030, 2027, 2026, 2025, 2024], "by hand, without a card"
    with fleet.database.reading() as connection:
        assert [one.year for one in years_in(connection)] == [2027, 2026, 2025]


def test_what_was_refused_is_of_a_year_too_with_code_and_without(fleet: Fleet) -> None:
    fleet.send(batch([opened(), refused(1), refused(2)]))
    for day, expected in ((date(2026, 11, 24), (2, 0)), (date(2028, 1, 1), (0, 2))):
        Keeper(fleet.database, [day].pop, 1).run()
        with fleet.database.reading() as connection:
            (one,) = years_in(connection)
        assert one == YearKept(year=2026, with_code=expected[0], with_pseudonym=expected[1], locked_at=None)
    assert years(fleet) == [2026]


def test_no_table_is_read_through(fleet: Fleet) -> None:
    import_cards(fleet.database, LIST_KEY, [issued(1, date(2024, 3, 1))])
    visit(fleet, 1, 1, NOW)
    asked: list[tuple[str, Any]] = []

    def note(*call: Any) -> None:  # noqa: ANN401  (SQLAlchemy's own)
        asked.append((call[2], call[3]))

    event.listen(fleet.database.engine, "before_cursor_execute", note)
    with fleet.database.reading() as connection:
        years_in(connection)
        years_of_figures(connection)
    event.remove(fleet.database.engine, "before_cursor_execute", note)
    with fleet.database.reading() as connection:
        if connection.dialect.name != "sqlite":
            return
        for words, values in (one for one in asked if one[0].startswith("SELECT")):
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values)
            plan = " ".join(str(row) for row in rows)
            assert "SEARCH" in plan or "SCAN years" in plan, plan
