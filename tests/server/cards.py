"""Cards for tests, and an import of them without a file."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime

from agent.wire.card_code import DEFAULT_PATTERN, CardCode
from agent.wire.card_key import ListKey
from server.adapters.card_desk import StoredDesk
from server.adapters.card_import import AS_IT_IS, CardImports
from server.adapters.card_spool import CardSpool
from server.adapters.database import Database
from server.domain.history import Source, Wish
from server.domain.outcome import Outcome
from server.domain.register import CardStatus, RegisterCard
from tests.server.kiosk import LIST_KEY

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SOURCE = Source("kortit.csv", "0" * 64, "cli")


def card(
    number: int,
    *,
    status: CardStatus | None = "active",
    distributor: str = "Seurakunta",
    valid_until: date | None = date(2026, 12, 31),
) -> RegisterCard:
    return RegisterCard(
        code=CardCode(f"A{number:09d}"),
        kind="personal",
        distributor=distributor,
        area="Rovaniemi",
        issued_on=date(2026, 1, 1),
        valid_until=valid_until,
        max_children=number % 5 or None,
        status=status,
    )


def import_cards(
    database: Database,
    list_key: ListKey,
    wanted: Iterable[RegisterCard],
    wish: Wish = AS_IT_IS,
    *,
    now: datetime = NOW,
) -> Outcome:
    with CardSpool(list_key, now.date()) as spool:
        for row, one in enumerate(wanted, start=2):
            assert spool.add(row, one) is None
        return CardImports(database, lambda: now).take(spool, Outcome(rows=spool.rows), SOURCE, wish)


def desk_of(database: Database) -> StoredDesk:
    return StoredDesk(database, LIST_KEY, re.compile(DEFAULT_PATTERN), UTC, lambda: NOW)
