"""A whole kiosk that loses power at random points while cards are shown; broker and server live on.

A visitor whose card shows no green shows it again once the kiosk is back. In the end the server must have
each of the visitors, once.
"""

import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from agent.adapters.simulated.frame_socket import FrameRefusedError, show
from tests.end_to_end.processes import wait_until
from tests.end_to_end.town import Card, Town, scene_with
from tests.torture.power_cut import KILLED, build, environment

GREEN: Final = "light accepted"
GIVE_UP_S: Final = 8.0
"""Of a life that is to end at a count that it does not come to."""
HOLD_S: Final = 30.0
LONGEST_LIFE_S: Final = 4.0
SENT_S: Final = 60.0
MOST_CALLS: Final = 120
"""A start makes some 30 changes and syncs, a visit about ten."""


@dataclass
class Outcome:
    cuts: int = 0
    green: list[str] = field(default_factory=list)
    """The cards that showed green, in their order."""
    counted: Counter[str] = field(default_factory=Counter)
    """Visits in the totals, by card."""

    @property
    def lost(self) -> list[str]:
        return [code for code in self.green if not self.counted[code]]

    @property
    def twice(self) -> list[str]:
        return [code for code, visits in self.counted.items() if visits > 1]

    @property
    def never_green(self) -> list[str]:
        """Counted without a green light: the visitor may be at the door still."""
        return [code for code in self.counted if code not in set(self.green)]


class Door:
    """Visitors in a row before a kiosk that dies."""

    def __init__(self, town: Town, library: Path, seed: int, *, blind: bool) -> None:
        self.outcome = Outcome()
        self._blind = blind
        self._town = town
        self._library = library
        self._chance = random.Random(seed)  # noqa: S311  (no secret)
        self._next = 0
        self._waiting: Card | None = None

    def one_life(self) -> None:
        """The kiosk starts, serves, and loses power."""
        agent, chance = self._town.agent, self._chance
        by_count = chance.random() < 0.6
        at = chance.randrange(1, MOST_CALLS) if by_count else 0
        keep, seed = chance.choice([0, 50, 90]), chance.randrange(2**31)
        data = self._town.folder / "kiosk" / "data"
        opened = self._town.log("agent").count("camera open")
        agent.start(environment(self._library, data, seed=seed, at=at, keep_percent=keep, blind=self._blind))
        ends_at = time.monotonic() + (GIVE_UP_S if at else chance.uniform(0.2, LONGEST_LIFE_S))
        while not agent.ended and time.monotonic() < ends_at:
            if self._town.log("agent").count("camera open") > opened:
                self.serve_one(lambda: agent.ended or time.monotonic() > ends_at)
            else:
                time.sleep(0.02)
        agent.cut()
        self.outcome.cuts += agent.reap() == KILLED

    def serve_one(self, over: Callable[[], bool]) -> None:
        card = self._waiting or self._new_card()
        self._waiting = card
        before = len(self._town.agent.said(GREEN))
        try:
            show(self._town.folder / "kiosk" / "data" / "camera.sock", scene_with(card.code), HOLD_S)
        except (FrameRefusedError, OSError):  # the kiosk has just died
            time.sleep(0.02)
            return
        while len(self._town.agent.said(GREEN)) == before and not over():
            time.sleep(0.005)
        if over():
            time.sleep(0.05)  # a line may be on its way still
        if len(self._town.agent.said(GREEN)) > before:
            self.outcome.green.append(card.code)
            self._waiting = None

    def last_visitor(self) -> None:
        """Power stays; whoever waits is served, and all is sent."""
        self._town.start_agent()
        self.serve_one(lambda: self._town.agent.ended)
        assert self._waiting is None
        settled = Card(f"B{self._chance.randrange(10**9):09}", "unknown")
        self._waiting = settled
        self.serve_one(lambda: self._town.agent.ended)
        wanted = len(self.outcome.green) - 1  # the last one's question is open

        def all_sent() -> bool:
            return self._town.summary()["visits"] >= wanted

        with suppress(AssertionError):  # what is missing is counted below
            wait_until(all_sent, f"{wanted} visits in the summary", SENT_S)
        self._town.agent.stop()

    def _new_card(self) -> Card:
        self._next += 1
        return Card(f"A{self._next:09}", "unknown")


def power_cuts(
    folder: Path, cuts: int, seed: int, progress: Callable[[int], None], *, blind: bool = False
) -> Outcome:
    """Cut until ``cuts`` hit. The last green card is left out: its record is open until somebody answers.

    ``blind`` makes every fsync do nothing: what is written is never safe.
    """
    town = Town(folder)
    library = build(folder)
    town.broker.start()
    town.server.start().wait_for_line("The fleet's page")
    door = Door(town, library, seed, blind=blind)
    try:
        while door.outcome.cuts < cuts:
            door.one_life()
            progress(door.outcome.cuts)
        door.last_visitor()
    finally:
        town.stop()
    door.outcome.green.pop()
    town.verify()
    with closing(sqlite3.connect(town.fleet / "fleet.db")) as database:
        rows = database.execute("SELECT code, count(*) FROM visits WHERE counted GROUP BY code").fetchall()
    door.outcome.counted = Counter({code: visits for code, visits in rows if not code.startswith("B")})
    return door.outcome
