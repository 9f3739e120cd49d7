"""What asks for a person at a kiosk or in its records, by name: the pages have the words."""

from dataclasses import dataclass
from typing import Final, Literal

CLOCK_UNKNOWN: Final = "clock_unknown"
CLOCK_OFF: Final = "clock_off"
NO_LIST: Final = "no_list"

ProblemName = Literal["copied", "conflict", "misplaced", "refused"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Of a kiosk: an alert by the name that the kiosk gave it, or one of the server's own above."""

    name: str
    ahead_s: int = 0
    """Of ``clock_off``: by how much the kiosk's clock is ahead; negative where it is behind."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Of the records: so many (or kiosks, where ``copied``) are not as they should be."""

    name: ProblemName
    count: int
