"""A fleet whose store is empty yet, on each database."""

import pytest

from server.adapters.database import Database
from server.adapters.fleet_state import tell_first_key
from tests.server.adapters.twenty_cards import listed
from tests.server.kiosk import LIST_KEY
from tests.server.stored_fleet import Fleet


@pytest.fixture
def fleet(database: Database) -> Fleet:
    return Fleet(database)


@pytest.fixture
def filled(database: Database) -> Database:
    """With twenty cards under the first key."""
    tell_first_key(database, LIST_KEY)
    listed(database, *range(20))
    return database
