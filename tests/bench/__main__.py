"""Measure everything in one run and print README's tables."""

import sys
from importlib import metadata

import click

from tests.bench import catch_up, decoding, frame_to_light, ingest, memory
from tests.bench.catch_up import CatchUp
from tests.bench.decoding import Decoding
from tests.bench.figures import Spread, table
from tests.bench.frame_to_light import FrameToLight
from tests.bench.ingest import Ingest
from tests.bench.memory import Memory

CARDS = 1_000_000
SCANS = 500
BATCHES = 100
FRAMES = 200
WAITING = 100_000


def main() -> None:
    say = click.echo
    _progress(f"from a read to the light, with {CARDS:,} cards")
    light = frame_to_light.measure(CARDS, SCANS)
    _progress(f"a catch-up of {WAITING:,} rows")
    late = catch_up.measure(WAITING, SCANS)
    _progress("decoding")
    engines = decoding.measure(FRAMES)
    _progress("memory")
    used = memory.measure()
    _progress("ingest")
    taken = ingest.measure(BATCHES)
    say(_light(light))
    say(_catch_up(late))
    say(_decoding(engines))
    say(_memory(used))
    say(_ingest(taken))
    say(f"\nPython {sys.version.split()[0]}, zxing-cpp {metadata.version('zxing-cpp')}.")


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
                _ratio(light.commit, light.raw_commit),
            ),
            (
                "looking a card up",
                str(light.lookup),
                f"sqlite3 alone: {light.raw_lookup}",
                _ratio(light.lookup, light.raw_lookup),
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
            _ratio(late.during, late.idle),
        ),
        (
            "the record's commit",
            str(late.during_commit),
            str(late.idle_commit),
            _ratio(late.during_commit, late.idle_commit),
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
            *((one.name, str(one.empty), str(one.card), _ratio(one.empty, first.empty)) for one in engines),
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


def _ratio(ours: Spread, floor: Spread) -> str:
    return f"{ours.median_ms / floor.median_ms:.1f}"


def _progress(what: str) -> None:
    click.echo(f"measuring {what} ...", err=True)


if __name__ == "__main__":
    main()
