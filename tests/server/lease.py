"""The lease for a test that writes as the one server there is."""

from server.adapters.database import Database
from server.adapters.lease import StoredLease
from server.domain.lease import Lease


def held(database: Database) -> Lease:
    """Taken anew each time: what an earlier store of the same test held is over."""
    return StoredLease(database, "test").take()
