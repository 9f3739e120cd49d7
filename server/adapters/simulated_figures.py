"""Figures and changes in memory: the twin of the store, for tests and for looking at the pages."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from server.domain.completeness import Proof
from server.domain.endings import EndingRefused
from server.domain.figures import (
    By,
    CopiedKiosk,
    KioskRow,
    Letter,
    Letters,
    Overview,
    Reread,
    Summary,
    SummaryRow,
    Unproved,
    VisitRow,
)
from server.domain.history import Way
from server.domain.troubles import Problem

LETTERS_ON_A_PAGE: Final = 20


class SimulatedFigures:
    """Counts the visits it was given; ``as_of`` is its clock and its zone is the fleet's."""

    def __init__(self, as_of: datetime) -> None:
        self.as_of = as_of
        self.kiosks: list[KioskRow] = []
        self.problems: tuple[Problem, ...] = ()
        self.unproved: tuple[Unproved, ...] = ()
        self.dead: list[Letter] = []
        self.copied: tuple[CopiedKiosk, ...] = ()
        self.records = Proof()
        self.elsewhere = False
        self._visits: list[VisitRow] = []

    def add(self, visit: VisitRow) -> None:
        self._visits.append(visit)

    def summary(self, first: date | None, last: date | None, by: By) -> Summary:
        today = self.as_of.date()
        start, end = first or today, last or today
        groups: dict[str, list[VisitRow]] = defaultdict(list)
        for visit in self._visits:
            local = visit.seen_at.astimezone(self.as_of.tzinfo)
            if start <= local.date() <= end and _counts(visit):
                groups[_key(visit, local, by)].append(visit)
        rows = tuple(_row(key, visits) for key, visits in sorted(groups.items()))
        return Summary(first=start, last=end, by=by, rows=rows, as_of=self.as_of, records=self.records)

    def overview(self) -> Overview:
        return Overview(
            kiosks=tuple(self.kiosks),
            by_venue=self.summary(None, None, "venue"),
            by_hour=self.summary(None, None, "hour"),
            latest=tuple(sorted(self._visits, key=lambda visit: visit.seen_at, reverse=True)),
            letters=self.letters(),
            copied=self.copied,
            problems=self.problems,
            unproved=self.unproved,
            elsewhere=self.elsewhere,
            as_of=self.as_of,
        )

    def letters(self, after: int | None = None) -> Letters:
        """What follows a page is named by how many came before it."""
        ordered = sorted(self.dead, key=lambda letter: letter.received_at, reverse=True)
        upto = (after or 0) + LETTERS_ON_A_PAGE
        return Letters(
            page=tuple(ordered[after or 0 : upto]),
            total=len(ordered),
            as_of=self.as_of,
            next=upto if upto < len(ordered) else None,
        )

    def change_kiosk(self, kiosk: str, change: Callable[[KioskRow], KioskRow]) -> None:
        self.kiosks = [change(row) if row.kiosk == kiosk else row for row in self.kiosks]


class SimulatedLetters:
    """Those in ``readable`` are visits when they are read once more; the others stay as they are."""

    def __init__(self, figures: SimulatedFigures, readable: Mapping[Letter, VisitRow] | None = None) -> None:
        self._figures = figures
        self._readable = readable or {}

    def retry(self) -> Reread:
        before = self._figures.dead
        for letter in before:
            if letter in self._readable:
                self._figures.add(self._readable[letter])
        self._figures.dead = [letter for letter in before if letter not in self._readable]
        left = len(self._figures.dead)
        return Reread(read=len(before) - left, unread=left)


class SimulatedMemoryCards:
    """The copied kiosks of ``figures``; refuses what the store refuses."""

    def __init__(self, figures: SimulatedFigures) -> None:
        self._figures = figures

    def copied(self) -> tuple[CopiedKiosk, ...]:
        return self._figures.copied

    def end(self, kiosk: str, epoch: str, way: Way) -> None:
        del way
        found = self._found(kiosk, epoch)
        if next(card.gone for card in found.cards if card.epoch == epoch):
            raise EndingRefused("gone_already")
        if found.settled:
            raise EndingRefused("last_one")
        self._mark(kiosk, epoch, gone=True)

    def take_back(self, kiosk: str, epoch: str) -> None:
        if not next(card.gone for card in self._found(kiosk, epoch).cards if card.epoch == epoch):
            raise EndingRefused("not_gone")
        self._mark(kiosk, epoch, gone=False)

    def _found(self, kiosk: str, epoch: str) -> CopiedKiosk:
        for known in self._figures.copied:
            if known.kiosk == kiosk and any(card.epoch == epoch for card in known.cards):
                return known
        raise EndingRefused("unknown")

    def _mark(self, kiosk: str, epoch: str, *, gone: bool) -> None:
        self._figures.copied = tuple(
            replace(
                known,
                cards=tuple(
                    replace(card, gone=gone) if card.epoch == epoch else card for card in known.cards
                ),
            )
            if known.kiosk == kiosk
            else known
            for known in self._figures.copied
        )


class SimulatedChanges:
    """Told by hand that something changed; may be told and closed from any thread."""

    def __init__(self) -> None:
        self._watchers: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._closed = False

    @property
    def watchers(self) -> int:
        return len(self._watchers)

    async def watch(self) -> AsyncIterator[None]:
        changed = asyncio.Event()
        watcher = (asyncio.get_running_loop(), changed)
        self._watchers.add(watcher)
        try:
            while not self._closed:
                await changed.wait()
                changed.clear()
                if not self._closed:
                    yield
        finally:
            self._watchers.discard(watcher)

    def tell(self) -> None:
        for loop, changed in tuple(self._watchers):
            loop.call_soon_threadsafe(changed.set)

    def close(self) -> None:
        self._closed = True
        self.tell()


def _counts(visit: VisitRow) -> bool:
    return visit.counted and visit.verdict != "ask_staff" and visit.shown != "staff"


def _key(visit: VisitRow, local: datetime, by: By) -> str:
    match by:
        case "venue":
            return visit.venue_name
        case "day":
            return local.date().isoformat()
        case "hour":
            return f"{local:%Y-%m-%dT%H}"


def _row(key: str, visits: list[VisitRow]) -> SummaryRow:
    row = SummaryRow(
        key=key,
        name=key,
        visits=len(visits),
        uses=0,
        adults=sum(visit.adults for visit in visits),
        children=sum(visit.children or 0 for visit in visits),
        assistants=sum(visit.assistants for visit in visits),
        unanswered=sum(visit.children is None for visit in visits),
        unchecked=sum(visit.verdict == "unchecked" for visit in visits),
        by_hand=sum(visit.verdict == "by_hand" for visit in visits),
        bounded=sum(visit.quality == "bounded" for visit in visits),
        matched=sum(visit.matched and visit.verdict == "unchecked" for visit in visits),
    )
    return replace(row, uses=row.adults + row.children)
