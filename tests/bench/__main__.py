"""Measure everything in one run, or the parts that are named, and print README's tables."""

import os
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Final

import click

from tests.bench import (
    catch_up,
    decoding,
    frame_to_light,
    ingest,
    list_fill,
    list_tables,
    memory,
    painting,
    reading_tables,
    revocation,
    scans_while_filling,
)
from tests.bench.catch_up import CatchUp
from tests.bench.decoding import Decoding
from tests.bench.figures import ratio, table
from tests.bench.frame_to_light import FrameToLight
from tests.bench.ingest import Ingest
from tests.bench.memory import Memory
from tests.bench.painting import Painting
from tests.bench.reading_tables import LONG, SHORT, Extent

CARDS = 1_000_000
SCANS = 500
BATCHES = 100
FRAMES = 200
WAITING = 100_000
FILLS = 3
CHANGES = 1_000
CLIENTS = 50
BLOCKS = 100
LIST_OF_CLIENTS = 20_000
PACED_SCANS = 60
PAINTED = 100

ONLY_NAMED: Final = ("reading-long",)
"""100,000 frames take an hour."""

Part = Callable[["Wrong"], str]


class Wrong:
    """What was counted and is not as it must be. A slow machine is none of it."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def unless(self, right: bool, what: str) -> None:
        if not right:
            self.said.append(what)


def main() -> None:
    """All parts, or those that are named."""
    if {"--help", "-h"} & set(sys.argv[1:]):
        click.echo(f"python -m tests.bench [PART ...]\n\n{main.__doc__} There are: {', '.join(PARTS)}.")
        return
    chosen = sys.argv[1:] or [name for name in PARTS if name not in ONLY_NAMED]
    if unknown := [name for name in chosen if name not in PARTS]:
        sys.exit(f"There is no part {', '.join(unknown)} of the bench. There are: {', '.join(PARTS)}.")
    wrong = Wrong()
    tables = []
    for name in chosen:
        click.echo(f"measuring {name} ...", err=True)
        tables.append(PARTS[name](wrong))
    for one in tables:
        click.echo(one)
    click.echo(f"\nPython {sys.version.split()[0]}, zxing-cpp {metadata.version('zxing-cpp')}.")
    if wrong.said:
        sys.exit("\n".join(f"WRONG: {what}" for what in wrong.said))


def _scans_to_light(_: Wrong) -> str:
    light = frame_to_light.measure(CARDS, SCANS)
    return f"{_light(light)}\n{list_tables.of_lookups(light)}"


def _caught_up(wrong: Wrong) -> str:
    late = catch_up.measure(WAITING, SCANS)
    wrong.unless(late.whole, f"of a catch-up of {late.rows:,} rows the server has {late.there}")
    return _catch_up(late)


def _filled(wrong: Wrong) -> str:
    fill = list_fill.measure(CARDS, CHANGES, FILLS)
    for what in fill.wrong:
        wrong.unless(False, what)
    return list_tables.of_fill(fill)


def _blocked(wrong: Wrong) -> str:
    blocked = revocation.measure(CLIENTS, BLOCKS, LIST_OF_CLIENTS)
    for what in blocked.wrong:
        wrong.unless(False, what)
    return list_tables.of_revocation(blocked)


def _scanned_while_filling(wrong: Wrong) -> str:
    still = scans_while_filling.measure(CARDS, PACED_SCANS, keeps_still=True)
    hurried = scans_while_filling.measure(CARDS, SCANS, keeps_still=False)
    for one in (still, hurried):
        wrong.unless(
            one.whole, f"{one.filled:,} cards of {one.cards:,} came in, {one.shown_during} were shown"
        )
    return list_tables.of_scans(still, hurried)


def _remembered(wrong: Wrong) -> str:
    filling = memory.while_filling(CARDS)
    wrong.unless(filling.filled == CARDS, f"{filling.filled:,} cards of {CARDS:,} came to the agent")
    return f"{_memory(memory.measure())}\n{list_tables.of_memory(filling)}"


def _light(light: FrameToLight) -> str:
    return table(
        f"From a read to the light: {light.cards:,} cards on the list, {light.scans} scans",
        [
            ("what", "median / p99", "floor in the same run", "ratio"),
            ("the kiosk, beyond decoding and commit", str(light.beyond), "", ""),
            (
                "the record's commit",
                str(light.commit),
                f"sqlite3 alone, 700 bytes, FULL: {light.raw_commit}",
                ratio(light.commit, light.raw_commit),
            ),
            ("all, from the child's read to the light", str(light.total), "", ""),
        ],
    )


def _catch_up(late: CatchUp) -> str:
    title = f"Cards shown while {late.rows:,} rows of 90 days offline are sent: {late.rows_per_s:,.0f} rows/s"
    rows = [
        ("what", f"meanwhile, {late.shown_during} cards", "before and after", "ratio"),
        (
            "from the child's read to the light",
            str(late.during),
            str(late.idle),
            ratio(late.during, late.idle),
        ),
        (
            "the record's commit",
            str(late.during_commit),
            str(late.idle_commit),
            ratio(late.during_commit, late.idle_commit),
        ),
    ]
    outcome = (
        "Every row and every card is in the server's totals once; none waits."
        if late.whole
        else f"NOT WHOLE: {late.shown} cards shown, {late.waiting} rows wait, the server has {late.there}"
    )
    return f"{table(title, rows)}\n\n{outcome}"


def _decoding(engines: list[Decoding]) -> str:
    first = engines[1]
    return table(
        "Decoding a frame of 1280x720, median / p99",
        [
            ("decoder", "empty counter", "card held up", "ratio, empty"),
            *((one.name, str(one.empty), str(one.card), ratio(one.empty, first.empty)) for one in engines),
        ],
    )


def _memory(used: Memory) -> str:
    return table(
        "Memory",
        [
            ("process", "resident", "its own"),
            ("agent", f"{used.agent:.0f} MB", f"{used.agent_unique:.0f} MB"),
            ("camera child with both decoders", f"{used.child:.0f} MB", f"{used.child_unique:.0f} MB"),
            ("floor: a bare Python", f"{used.bare:.0f} MB", ""),
        ],
    )


def _ingest(taken: Ingest) -> str:
    def row(what: str, rate: float) -> tuple[str, ...]:
        return what, f"{rate:,.0f}", f"{rate / taken.raw:.3f}"

    return table(
        "The server's ingest to the committed row, SQLite, FULL",
        [
            ("what", "visits/s", "of the floor"),
            row("batches of 100 from one kiosk, a commit each", taken.one_kiosk),
            row("batches of 100 from 20 kiosks, a commit for all", taken.many_kiosks),
            row("floor: sqlite3 alone inserts the same bytes, 100 a commit", taken.raw),
        ],
    )


def _painted(painted: Painting) -> str:
    return table(
        f"From what the agent shows to the painted screen, {painted.views} times",
        [
            ("Chromium", "median / p99"),
            ("with this machine's processor", str(painted.plain)),
            (f"with the processor slowed down {painting.SLOWER} times", str(painted.slowed)),
        ],
    )


def _read(wrong: Wrong, extent: Extent) -> str:
    """``KAIKU_SCANS`` names the folder of real pictures."""
    named = os.environ.get("KAIKU_SCANS")
    tables, accepted = reading_tables.measured(Path(named) if named else None, extent)
    wrong.unless(accepted == 0, f"{accepted} wrong texts were taken for a card")
    return tables


PARTS: Final[dict[str, Part]] = {
    "light": _scans_to_light,
    "catch-up": _caught_up,
    "fill": _filled,
    "block": _blocked,
    "scans-while-filling": _scanned_while_filling,
    "decoding": lambda _: _decoding(decoding.measure(FRAMES)),
    "reading": lambda wrong: _read(wrong, SHORT),
    "reading-long": lambda wrong: _read(wrong, LONG),
    "paint": lambda _: _painted(painting.measure(PAINTED)),
    "memory": _remembered,
    "ingest": lambda _: _ingest(ingest.measure(BATCHES)),
}


if __name__ == "__main__":
    main()
