"""A few thousand cards that nobody owns: the demo's register, and what its visitors hold up. Pure."""

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from provisioning.demo.house import AREA
from server.domain.card_file import COLUMNS

CARDS: Final = 3000
VALID_DAYS: Final = 364
DISTRIBUTORS: Final = (
    "Esimerkkiseurakunta",
    "Monikulttuurikeskus",
    "Mielenterveysyhdistys",
    "Sosiaalityö",
    "Kuntoutuspalvelut",
)

Sort = Literal["valid", "expired", "blocked", "unknown", "foreign"]
"""What a visitor may hold up; ``unknown`` has a card's shape and is on no list, ``foreign`` is no card."""

FOREIGN_TEXT: Final = "https://example.org/lasku/2026?viite=1007"
"""Somebody's bill, for the QR code that is not ours."""


@dataclass(frozen=True, slots=True)
class MadeUpCard:
    code: str
    sort: Sort
    cells: tuple[str, ...]

    def __repr__(self) -> str:
        return f"MadeUpCard({self.sort})"


def made_up_cards(seed: int, today: date, count: int = CARDS) -> tuple[MadeUpCard, ...]:
    """The same seed gives the same codes; days are around ``today``, so an old demo still has valid cards."""
    chance = random.Random(seed)  # noqa: S311  (made-up cards need no secrets)
    numbers = chance.sample(range(10**9), count)
    return tuple(_card(f"A{number:09}", chance, today) for number in numbers)


def _card(code: str, chance: random.Random, today: date) -> MadeUpCard:
    sorts: tuple[Sort, ...] = ("valid", "expired", "blocked", "unknown")
    sort = chance.choices(sorts, weights=(84, 8, 4, 4))[0]
    age = chance.randrange(VALID_DAYS + 30, 2 * VALID_DAYS) if sort == "expired" else chance.randrange(300)
    issued = today - timedelta(days=age)
    community = chance.random() < 0.05  # noqa: PLR2004  (one in twenty)
    cell = {
        "code": code,
        "kind": "community" if community else "personal",
        "distributor": chance.choice(DISTRIBUTORS),
        "area": AREA,
        "issued_on": issued.isoformat(),
        "valid_until": (issued + timedelta(days=VALID_DAYS)).isoformat(),
        "max_children": "" if community else chance.choice(("", "0", "1", "2", "3", "4")),
        "status": "blocked" if sort == "blocked" else "active",
    }
    return MadeUpCard(code, sort, tuple(cell[column] for column in COLUMNS))


def card_list(cards: Sequence[MadeUpCard]) -> str:
    """The table for ``kaiku-server cards import``. The unknown ones are not in it: that makes them so."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(card.cells for card in cards if card.sort != "unknown")
    return text.getvalue()


class Deck:
    """Draws cards by their sort."""

    def __init__(self, cards: Sequence[MadeUpCard], chance: random.Random) -> None:
        self._chance = chance
        self._codes: dict[Sort, list[str]] = {}
        for card in cards:
            self._codes.setdefault(card.sort, []).append(card.code)

    def draw(self, sort: Sort) -> str:
        """The text that the code on the card holds."""
        return FOREIGN_TEXT if sort == "foreign" else self._chance.choice(self._codes[sort])
