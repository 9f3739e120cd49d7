"""A list of twenty cards, and what the database knows of its key."""

from agent.wire.card_key import ListKey
from server.adapters.database import Database
from server.adapters.fleet_state import key_in_force, list_state_of
from server.domain.feed import ListState
from tests.server.cards import card, import_cards
from tests.server.kiosk import LIST_KEY

CODE = "A000000003"


def state_of(database: Database) -> ListState:
    with database.reading() as connection:
        return list_state_of(connection)


def key_of(database: Database) -> ListKey:
    with database.reading() as connection:
        return key_in_force(connection, LIST_KEY)


def listed(database: Database, *numbers: int) -> None:
    """With the key that is in force."""
    import_cards(database, key_of(database), map(card, numbers))
