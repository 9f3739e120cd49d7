"""How many random stories a test of whole databases plays: few in ``make test``, many in ``make torture``."""

import os
from typing import Final

from hypothesis import settings

TIMES: Final = int(os.environ.get("KAIKU_STORIES", "1"))


def stories(few: int) -> settings:
    """``few`` examples, or so many times ``KAIKU_STORIES``."""
    return settings(max_examples=few * TIMES)
