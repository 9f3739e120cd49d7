"""``kaiku-agent cards sample``: card pictures to print or show on a phone, and the list that knows them."""

import csv
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from agent.adapters.simulated.card_picture import card_picture
from agent.told import ToldError

LIST_NAME = "cards.csv"
LEAST = 5
"""One of each sort: valid, expired, blocked, community, and one that is not on the list."""
DISTRIBUTORS = ("Esimerkkiseurakunta", "Esimerkkikaupungin sosiaalityö", "Esimerkkiyhdistys")
AREA = "Esimerkkilä"

Sort = Literal["valid", "expired", "blocked", "community", "unlisted"]


class SampleError(ToldError):
    """The cards cannot be made. The text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCard:
    """A line of the list, in the columns that ``kaiku-server cards import`` takes."""

    code: str
    kind: Literal["personal", "community"]
    distributor: str
    area: str
    issued_on: date
    valid_until: date
    max_children: int | None
    status: Literal["active", "blocked"]


@dataclass(frozen=True, slots=True)
class SampleCard:
    sort: Sort
    listed: ListedCard


def make_sample_cards(folder: Path, count: int, seed: int, today: date) -> tuple[Path, ...]:
    """Write the pictures and the list; gives the files. Raises :class:`SampleError`."""
    if count < LEAST:
        raise SampleError(
            f"--count {count} is too few: there are {LEAST} sorts of cards, one of each at least."
        )
    cards = tuple(sample_cards(count, seed, today))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise SampleError(f"{folder} is not empty. Give a new folder, so that nothing is overwritten.")
        pictures = tuple(_write_picture(folder, number, card) for number, card in enumerate(cards, start=1))
        return (*pictures, _write_list(folder, cards))
    except OSError as error:
        raise SampleError(
            f"{folder} cannot be written: {error.strerror or error}. Give another one."
        ) from error


def sample_cards(count: int, seed: int, today: date) -> Iterator[SampleCard]:
    """One of each sort that is not plainly valid, the rest valid; the same seed gives the same codes."""
    chance = random.Random(seed)  # noqa: S311  (made-up cards need no secrets)
    sorts: list[Sort] = ["expired", "blocked", "community", "unlisted"]
    while len(sorts) < count:
        sorts.insert(0, "valid")
    digits = chance.sample(range(10**9), count)
    for sort, number in zip(sorts, digits, strict=True):
        yield SampleCard(sort, _listed(f"A{number:09}", sort, chance, today))


def _listed(code: str, sort: Sort, chance: random.Random, today: date) -> ListedCard:
    # A card is valid for 12 months, the day of issue included.
    issued_on = today - timedelta(
        days=chance.randrange(400, 700) if sort == "expired" else chance.randrange(300)
    )
    community = sort == "community"
    return ListedCard(
        code=code,
        kind="community" if community else "personal",
        distributor=chance.choice(DISTRIBUTORS),
        area=AREA,
        issued_on=issued_on,
        valid_until=issued_on + timedelta(days=364),
        max_children=None if community else chance.choice((0, 1, 2, 3)),
        status="blocked" if sort == "blocked" else "active",
    )


def _write_picture(folder: Path, number: int, card: SampleCard) -> Path:
    # The sort and a number: a card's code belongs into no file name.
    path = folder / f"{number:02}-{card.sort}.png"
    card_picture(card.listed.code).save(path, dpi=(305, 305))
    return path


def _write_list(folder: Path, cards: tuple[SampleCard, ...]) -> Path:
    path = folder / LIST_NAME
    with path.open("x", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(ListedCard)])
        writer.writeheader()
        writer.writerows(asdict(card.listed) for card in cards if card.sort != "unlisted")
    return path
