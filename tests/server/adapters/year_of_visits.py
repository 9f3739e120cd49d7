"""A year of visits on a fleet, what a person does to its cards, and what becomes of its codes."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from agent.wire.card_key import ListKey
from server.adapters.card_desk import StoredDesk
from server.adapters.keeping import Keeper
from server.adapters.locking import lock_year
from server.adapters.record_tables import visits
from server.adapters.statistics import StoredStatistics
from server.domain.keeping import Kept
from server.domain.statistics import Statistics
from tests.server.adapters.test_matching import unknown
from tests.server.cards import NOW, card, import_cards
from tests.server.kiosk import LIST_KEY, batch, by_hand, correction, open_code, opened, refused, scan, sealed
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
