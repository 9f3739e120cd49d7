"""What several tests of the agent begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.adapters.simulated.cards import MemoryCards
from agent.adapters.sqlite_cards import SqliteCards
from agent.ports.card_list import CardList
from tests.agent.ear import Ear


@pytest.fixture(params=["sqlite", "memory"])
def cards(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CardList]:
    """A list that is still empty."""
    cards: CardList = SqliteCards(tmp_path / "cards.db") if request.param == "sqlite" else MemoryCards()
    yield cards
    cards.close()


@pytest.fixture
def ear() -> Ear:
    return Ear()
