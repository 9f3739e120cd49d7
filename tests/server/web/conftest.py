"""What the web's tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.ports import Register
from tests.browser import browser
from tests.server.web.register import register_in

__all__ = ["browser"]


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    """Without a card."""
    with register_in(tmp_path) as made:
        yield made
