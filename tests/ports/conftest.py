"""The fixtures that the contract suites share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.adapters.simulated.journal import MemoryJournal
from agent.adapters.sqlite_journal import SqliteJournal
from agent.ports.journal import Journal
from tests.broker import mosquitto
from tests.ports.journals import Reopen

__all__ = ["mosquitto"]


@pytest.fixture(params=["sqlite", "memory"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Reopen]:
    """Gives the journal of this device, as the next start of the agent finds it."""
    memory = MemoryJournal()
    opened: list[Journal] = []

    def reopen() -> Journal:
        for journal in opened:
            journal.close()
        opened[:] = [SqliteJournal(tmp_path / "journal.db") if request.param == "sqlite" else memory]
        return opened[0]

    yield reopen
    for journal in opened:
        journal.close()


@pytest.fixture
def journal(reopen: Reopen) -> Journal:
    return reopen()
