"""Time zones by their names."""

from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_NO_PLACES: Final = frozenset({"localtime", "posixrules", "Factory"})
"""Files beside the zones: this machine's own, a default, and one that says that nobody set any."""
_OTHER_CLOCKS: Final = ("posix/", "right/")
"""The same zones once more; the second ones count leap seconds."""


def zone_named(name: str) -> ZoneInfo:
    """``Europe/Helsinki``. Raises :class:`ValueError`, also for a folder of zones such as ``Europe``."""
    try:
        if name not in _NO_PLACES and not name.startswith(_OTHER_CLOCKS):
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass  # its words may hold a path of this machine
    raise ValueError("no such time zone")
