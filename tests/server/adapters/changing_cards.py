"""People at work on the register, by a seed; run as a process of its own that is several of them at once."""

import random
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, date, timedelta

from sqlalchemy import Connection

from agent.wire.card_code import DEFAULT_PATTERN
from server.adapters.card_desk import StoredDesk
from server.adapters.card_undo import CardUndo
from server.adapters.database import Database, database_url
from server.domain.desk import CardRefused
from server.domain.register import CardStatus
from server.domain.undoing import UndoRefused
from tests.server.cards import NOW, card, import_cards
from tests.server.kiosk import LIST_KEY

CARDS = 120
PEOPLE = 3
ACTS = 12
HELD_S = 0.012


class Hesitant(Database):
    """Holds each of its transactions open for a while before it commits."""

    def __init__(self, url: str, dice: random.Random) -> None:
        super().__init__(database_url(url))
        self._dice = dice

    def writing(self) -> AbstractContextManager[Connection]:
        return self._held(super().writing())

    @contextmanager
    def _held(self, transaction: AbstractContextManager[Connection]) -> Iterator[Connection]:
        with transaction as connection:
            yield connection
            time.sleep(self._dice.random() * HELD_S)


def act(url: str, seed: int) -> None:
    """Imports, blocks, renewals, replacements, withdrawals and undos, one after the other."""
    dice = random.Random(seed)  # noqa: S311  (a story)
    with Hesitant(url, dice) as database:
        desk = StoredDesk(database, LIST_KEY, re.compile(DEFAULT_PATTERN), UTC, lambda: NOW)

        def code() -> str:
            return f"A{dice.randrange(CARDS):09d}"

        def imported() -> object:
            first = dice.randrange(CARDS)
            wanted = range(first, first + dice.randrange(1, 40))
            statuses: tuple[CardStatus | None, ...] = ("active", "blocked", None)
            status = dice.choice(statuses)
            return import_cards(database, LIST_KEY, (card(number, status=status) for number in wanted))

        def renewed() -> object:
            return desk.renew(code(), date(2027, 1, 1) + timedelta(days=dice.randrange(300)), "cli")

        acts: list[Callable[[], object]] = [
            imported,
            imported,
            lambda: desk.block(code(), "cli"),
            lambda: desk.unblock(code(), "cli"),
            renewed,
            lambda: desk.withdraw(code(), "cli"),
            lambda: desk.reinstate(code(), "cli"),
            lambda: desk.replace(code(), f"B{dice.randrange(10**9):09d}", "cli"),
            lambda: CardUndo(database, lambda: NOW).undo(dice.randrange(1, 20), "cli"),
        ]
        for _ in range(ACTS):
            with suppress(CardRefused, UndoRefused):
                dice.choice(acts)()


def main(url: str, seed: int) -> int:
    failed: list[BaseException] = []

    def one(number: int) -> None:
        try:
            act(url, seed * PEOPLE + number)
        except BaseException as error:
            failed.append(error)
            raise

    people = [threading.Thread(target=one, args=(number,)) for number in range(PEOPLE)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return len(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
