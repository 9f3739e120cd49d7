"""The whole town, started and stopped."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.town import Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    try:
        yield made.start()
    finally:
        made.stop()
