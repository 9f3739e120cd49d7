"""Random registers, visits and lists: with keeping, erasing and locking the figures are those without."""

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.wire.records import CardKind, Record
from server.adapters.card_undo import CardUndo
from server.adapters.keeping import Keeper
from server.adapters.locking import lock_year
from server.adapters.migrate import open_database
from server.domain.completeness import NOTHING
from server.domain.desk import CardRefused
from server.domain.history import Wish
from server.domain.keeping import YearRefused
from server.domain.register import RegisterCard
from server.domain.statistics import Statistics
from server.domain.undoing import UndoRefused
from tests.server.adapters.year_of_visits import code, desk, told
from tests.server.cards import card, import_cards
from tests.server.kiosk import (
    BOOT,
    LIST_KEY,
    by_hand,
    correction,
    pair,
    refused,
    scan,
    sealed,
    stamp,
)
from tests.server.kiosk import batch as batch_of
from tests.server.stored_fleet import Fleet
from tests.stories import stories

AS_IT_SAYS = Wish(shorten=True, reopen=True)
YEARS = (2025, 2026)
CARDS = 8
FIRST = datetime(2025, 1, 10, 12, tzinfo=UTC)

Step = tuple[str, int, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["visit"] * 6
            + ["unknown"] * 3
            + ["import"] * 3
            + ["staff", "correct", "replace", "undo", "block", "erase", "erase", "keep", "lock"]
        ),
        st.integers(0, CARDS - 1),
        st.integers(0, CARDS - 1),
        st.integers(0, 9_999),
    ),
    min_size=5,
    max_size=40,
)


@dataclass
class Story:
    """The same is done to both; ``kept`` is also kept, erased and locked."""

    kept: Fleet
    plain: Fleet
    seq: int = 0
    imports: list[tuple[int, int]] = field(default_factory=list)
    erased: set[int] = field(default_factory=set)
    listed: set[int] = field(default_factory=set)
    settled: set[int] = field(default_factory=set)
    """Years whose codes have gone: a card that nobody knew then stays unknown in them."""
    strangers: dict[int, set[int]] = field(default_factory=dict)
    """By card that was not in the register, the years it came in."""
    locked: dict[int, list[Statistics]] = field(default_factory=dict)
    """The figures of each locked year, as they were without keeping when it was locked."""
    years: dict[int, int] = field(default_factory=dict)
    """Of each record with a visit."""

    def both(self) -> tuple[Fleet, Fleet]:
        return self.kept, self.plain

    def send(self, *rows: Record, at: datetime) -> None:
        for fleet in self.both():
            fleet.send(batch_of(rows, clock=pair(at, boottime_ms=self.ms(at))), at=at)

    def ms(self, at: datetime) -> int:
        return round((at - datetime(2024, 12, 1, tzinfo=UTC)).total_seconds() * 1000)

    def when(self, dice: int) -> datetime:
        year = YEARS[dice % 2]
        return FIRST.replace(year=year, month=1 + dice % 12, day=1 + dice % 28)

    def do(self, step: Step) -> None:
        name, one, other, dice = step
        getattr(self, f"_{name}")(one, other, dice)

    def _scan(self, one: int, dice: int, *, unlisted: bool) -> None:
        at = self.when(dice)
        if at.year in self.locked:
            return
        self.seq += 1
        self.years[self.seq] = at.year
        clock = stamp(at, boot=BOOT, boottime_ms=self.ms(at))
        made = scan(self.seq, code_sealed=sealed(code(one)), children=dice % 3, clock=clock)
        if unlisted:
            made = msgspec.structs.replace(made, verdict="unchecked", card_kind=None, reason="unlisted")
        if one not in self.listed and one not in self.erased:
            self.strangers.setdefault(one, set()).add(at.year)
        self.send(made, at=at)

    def _visit(self, one: int, _: int, dice: int) -> None:
        self._scan(one, dice, unlisted=False)

    def _unknown(self, one: int, _: int, dice: int) -> None:
        self._scan(one, dice, unlisted=True)

    def _staff(self, one: int, _: int, dice: int) -> None:
        at = self.when(dice)
        if at.year in self.locked:
            return
        clock = stamp(at, boot=BOOT, boottime_ms=self.ms(at))
        stopped = msgspec.structs.replace(
            refused(self.seq + 1, code_sealed=sealed(code(one))), clock=clock, reason="unlisted"
        )
        let_in = msgspec.structs.replace(by_hand(self.seq + 2, self.seq + 1), clock=clock)
        self.seq += 2
        self.years |= {self.seq - 1: at.year, self.seq: at.year}
        if one not in self.listed and one not in self.erased:
            self.strangers.setdefault(one, set()).add(at.year)
        self.send(stopped, let_in, at=at)

    def _correct(self, one: int, _: int, dice: int) -> None:
        if not self.seq:
            return
        of = 1 + dice % self.seq
        if self.years.get(of) in self.locked:
            return  # what staff take back counts at any time, and the figures at the lock do not have it
        self.seq += 1
        party = scan(1, adults=1 + one % 3, children=dice % 4).party if dice % 5 else None
        self.send(correction(self.seq, of, party), at=self.when(dice))

    def _import(self, one: int, other: int, dice: int) -> None:
        chance = random.Random(dice)  # noqa: S311  (a seed)
        wanted = [self._row(number, chance) for number in {one, other, (one + other) % CARDS}]
        wanted = [row for row in wanted if self._may_come(row)]
        first, second = (import_cards(fleet.database, LIST_KEY, wanted, AS_IT_SAYS) for fleet in self.both())
        assert first.import_id
        assert second.import_id
        self.imports.append((first.import_id, second.import_id))
        self.listed |= {int(row.code.reveal()[1:]) for row in wanted} - self.erased

    def _row(self, number: int, chance: random.Random) -> RegisterCard:
        made = card(number, distributor=chance.choice(["Seurakunta", "Mielitiimi"]))
        issued = date(chance.choice(YEARS), 1, 1 + number)
        kind: CardKind = chance.choice(["personal", "community"])
        return replace(made, issued_on=issued, valid_until=None, kind=kind)

    def _may_come(self, row: RegisterCard) -> bool:
        """A list has no word on an erased card any more; and see ``settled``."""
        number = int(row.code.reveal()[1:])
        waits = self.strangers.get(number, set()) & self.settled
        return number not in self.erased and not (waits and number not in self.listed)

    def _replace(self, one: int, other: int, _: int) -> None:
        if self.strangers.get(other, set()) & self.settled or other in self.erased:
            return
        if one in self.erased:
            return
        if other in self.listed and self.settled:
            return  # whether both were used at once is asked of the visits that still have their cards
        done = {_can(desk(fleet).replace, code(one), code(other), "cli") for fleet in self.both()}
        assert len(done) == 1
        if done == {True}:
            self.listed.add(other)

    def _undo(self, one: int, _: int, __: int) -> None:
        if not self.imports:
            return
        first, second = self.imports[one % len(self.imports)]
        try:
            CardUndo(self.kept.database, lambda: FIRST).undo(first, "cli")
        except UndoRefused:
            return
        CardUndo(self.plain.database, lambda: FIRST).undo(second, "cli")
        self.listed = {number for number in range(CARDS) if _can(desk(self.plain).find, code(number))}
        self.strangers = {number: set(YEARS) for number in range(CARDS) if number not in self.listed}

    def _block(self, one: int, _: int, __: int) -> None:
        if one not in self.erased:
            for fleet in self.both():
                _can(desk(fleet).block, code(one), "cli")

    def _erase(self, one: int, _: int, __: int) -> None:
        if one not in self.listed or one in self.erased:
            return
        desk(self.kept).erase(code(one), "cli")
        self.erased |= {number for number in self.listed if not _can(desk(self.kept).find, code(number))}

    def _keep(self, _: int, __: int, dice: int) -> None:
        year = YEARS[dice % 2]
        Keeper(self.kept.database, lambda: date(year + 2, 1, 1), 1).run()
        self.settled |= {one for one in YEARS if one <= year}

    def _lock(self, _: int, __: int, dice: int) -> None:
        year = YEARS[dice % 2]
        try:
            lock_year(self.kept.database, year, datetime(year + 2, 1, 1, tzinfo=UTC), force=True)
        except YearRefused:
            return
        self.locked[year] = figures(self.plain, year)


def _can(act: Callable[..., object], *given: str) -> bool:
    try:
        act(*given)
    except CardRefused:
        return False
    return True


@contextmanager
def two_fleets(migrated_file: Path, folder: Path) -> Iterator[Story]:
    with (
        open_database(f"sqlite:///{shutil.copy(migrated_file, folder / 'kept.db')}") as kept,
        open_database(f"sqlite:///{shutil.copy(migrated_file, folder / 'plain.db')}") as plain,
    ):
        yield Story(Fleet(kept), Fleet(plain))


def figures(fleet: Fleet, year: int) -> list[Statistics]:
    """What must stay the same; whether all records of a year are here may change after its lock."""
    found = [told(fleet, year, area) for area in (None, "Rovaniemi")]
    return [replace(one, locked_at=None, records=NOTHING) for one in found]


@stories(15)
@given(steps=STEPS)
def test_the_figures_are_the_same_to_the_last_digit(
    migrated_file: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[Step]
) -> None:
    with two_fleets(migrated_file, tmp_path_factory.mktemp("story")) as story:
        for step in steps:
            story.do(step)
        for year in YEARS:
            assert figures(story.kept, year) == story.locked.get(year, figures(story.plain, year))
            assert told(story.kept, year).records == told(story.plain, year).records
        assert story.kept.agrees()
        assert story.plain.agrees()
