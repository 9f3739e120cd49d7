"""A fleet whose store is empty yet, on each database."""

import pytest

from server.adapters.database import Database
from tests.server.stored_fleet import Fleet


@pytest.fixture
def fleet(database: Database) -> Fleet:
    return Fleet(database)
