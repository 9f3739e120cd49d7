"""The tables of reading: what is to be reached, what was, and what plain engines do on the same pictures."""

from dataclasses import dataclass
from pathlib import Path

from agent.adapters.simulated.damage import Damage
from tests.bench import reading
from tests.bench.figures import table
from tests.bench.reading import Shares

NO_SCANS = (
    "No real pictures: name their folder as KAIKU_SCANS; it holds a list, scans.tsv,"
    " with the columns file, kind and expected."
)


@dataclass(frozen=True, slots=True)
class Extent:
    cards: int
    """On each rung of the ladder."""
    live: int
    frames: int
    """For the costs."""
    looks: int
    hunted: int
    """Damaged frames in which no wrong text may be accepted."""
    creased: int
    """Creased cards, ten frames each, likewise."""


SHORT = Extent(cards=8, live=2, frames=160, looks=300, hunted=2_000, creased=100)
LONG = Extent(cards=40, live=8, frames=480, looks=900, hunted=100_000, creased=2_200)


def measured(scans: Path | None, extent: Extent) -> tuple[str, int]:
    """The tables, and how many wrong texts were accepted."""
    engines = tuple(engine.name for engine in reading.engines())
    rows = [*_real(scans)]
    ladders = {what: reading.on_the_ladder(what, extent.cards) for what in ("code39", "qr")}
    rows.append(_row("damaged cards, Code 39 alone", "≥ 0.89", reading.average(ladders["code39"])))
    rows.append(_row("damaged cards, QR alone", "", reading.average(ladders["qr"])))
    rows.append(_row("shown 1.5 s, a whole card", "≥ 0.95", reading.shown_live("card", extent.live)))
    rows.append(_row("shown 1.5 s, Code 39 alone", "", reading.shown_live("code39", extent.live)))
    most = {"still": "≤ 0.3", "walking": "≤ 1.5", "unread": "≤ 5"}
    for what, (ours, second) in reading.costs(extent.frames).items():
        goal = next(goal for word, goal in most.items() if word in what)
        rows.append((f"time a frame: {what}", goal, f"{ours:.2f}", "1", f"{second:.1f}"))
    ours, alone = reading.first_looks(extent.looks)
    looks = f"{ours / alone:.2f} ({ours:.1f} ms)"
    rows.append(("first look p95, with a rescue beside it", "≤ 1.1", looks, f"1 ({alone:.1f} ms)", ""))
    wrong = reading.hunt(extent.hunted)
    rows.append(
        (
            f"wrong texts accepted in {wrong.frames:,} damaged frames",
            "0",
            f"{wrong.wrong} ({wrong.right} of {wrong.cards} cards right)",
            "",
            "",
        )
    )
    creased = reading.hunt_creased(extent.creased)
    rows.append(
        (
            f"wrong texts accepted of {creased.cards:,} creased cards, Code 39 alone",
            "0",
            f"{creased.wrong} ({creased.right} right)",
            "",
            "",
        )
    )
    note = f"\n\n{NO_SCANS}" if scans is None else ""
    rungs = _rungs(engines, ladders["code39"], ladders["qr"])
    return f"{_table('Reading', engines, rows)}{note}\n{rungs}", wrong.wrong + creased.wrong


def _real(scans: Path | None) -> list[tuple[str, ...]]:
    if scans is None:
        return []
    return [
        _row("real QR pictures", "≥ 0.95", reading.real(scans, "qr")),
        _row("real Code 39 pictures", "≥ 0.90", reading.real(scans, "c39")),
    ]


def _row(what: str, goal: str, shares: Shares) -> tuple[str, ...]:
    return what, goal, f"{shares.ours:.3f}", *(f"{share:.3f}" for share in shares.alone)


def _table(title: str, engines: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    head = ("what", "to reach", "the kiosk", *(f"{engine} alone" for engine in engines))
    return table(title, [head, *(row[: len(head)] for row in rows)])


def _rungs(engines: tuple[str, ...], code39: dict[Damage, Shares], qr: dict[Damage, Shares]) -> str:
    head = ("damage", *(f"{code}, {who}" for code in ("Code 39", "QR") for who in ("kiosk", *engines)))

    def cells(shares: Shares) -> list[str]:
        return [f"{share:.2f}" for share in (shares.ours, *shares.alone)]

    body = [(str(rung), *cells(code39[rung]), *cells(qr[rung])) for rung in code39]
    return table("The damage ladder, rung by rung", [head, *body])
