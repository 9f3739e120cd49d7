"""Rows that this version cannot read, and who reads them once more."""

from nacl.public import PrivateKey

from agent.wire.sealing import opener
from server.adapters.database import Database
from server.adapters.facts import FactWriter
from server.adapters.letters import StoredLetters
from server.domain.facts import Unseal
from tests.server.kiosk import open_code
from tests.server.stored_fleet import HELSINKI

LOST_KEY = opener(bytes(PrivateKey.generate()))
LATER = b'{"seq":1,"type":"later/1"}'


def letters(database: Database, unseal: Unseal = open_code) -> StoredLetters:
    return StoredLetters(database, FactWriter(unseal, HELSINKI), lambda: None)
