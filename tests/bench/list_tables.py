"""The card list's tables: each figure with its floor, the ratio, and what is to be reached."""

import statistics
from collections.abc import Sequence

from tests.bench.figures import Spread, ratio, table
from tests.bench.frame_to_light import FrameToLight
from tests.bench.list_fill import ListFill
from tests.bench.memory import FillMemory
from tests.bench.revocation import Revocation
from tests.bench.scans_while_filling import ScansWhileFilling

HEAD = ("what", "measured", "floor in the same run", "ratio", "to reach")


def of_lookups(light: FrameToLight) -> str:
    raw = f"sqlite3 alone, by primary key: {light.raw_lookup}"

    def row(what: str, ours: Spread) -> tuple[str, ...]:
        both = f"{ratio(ours, light.raw_lookup)} / {ours.p99_ms / light.raw_lookup.p99_ms:.1f}"
        return what, str(ours), raw, both, "≤ 2 / ≤ 2"

    return table(
        f"Looking a card up among {light.cards:,}, median / p99",
        [
            HEAD,
            row("as a scan does it: the code's keyed hash, the row, the list's age", light.lookup),
            row("of it the list alone, from the hash on", light.find),
        ],
    )


def of_fill(fill: ListFill) -> str:
    def rate(taken_s: Sequence[float]) -> str:
        return f"{fill.cards / statistics.median(taken_s):,.0f} rows/s"

    fill_s, delta_s = statistics.median(fill.fill_s), statistics.median(fill.delta_s)
    each = ", ".join(f"{fill.cards / taken:,.0f}" for taken in fill.fill_s)
    by_page = f"sqlite3 alone, as the pages come: {rate(fill.raw_pages_s)}"
    sorted_rows = f"sqlite3 alone, one transaction in the keys' order: {rate(fill.raw_s)}"
    measured = f"{fill.rate:,.0f} cards/s"
    size, delta = fill.fill_bytes / fill.cards, fill.delta_bytes / fill.changes
    return table(
        f"The card list over Mosquitto: {fill.cards:,} cards, median of {len(fill.fill_s)} fills ({each})",
        [
            HEAD,
            ("first fill", measured, by_page, f"{fill.share(fill.raw_pages_s):.2f}", "≥ 50,000 cards/s"),
            ("", measured, sorted_rows, f"{fill.share(fill.raw_s):.2f}", ""),
            ("on the wire, base64 and all", f"{size:.1f} bytes a card", "", "", "about 12"),
            (
                f"delta after {fill.changes:,} changes",
                f"{delta_s * 1000:.0f} ms",
                f"the first fill: {fill_s:.1f} s",
                f"1/{fill_s / delta_s:.0f}",
                "≤ 1/200",
            ),
            (
                "of it on the wire",
                f"{fill.delta_bytes:,} bytes, {delta:.1f} a card",
                f"the first fill: {fill.fill_bytes:,} bytes",
                f"1/{fill.fill_bytes / fill.delta_bytes:.0f}",
                "",
            ),
            (
                "written to the kiosk's disk",
                f"{statistics.median(fill.written) / 1e6:.0f} MB a fill",
                "",
                "",
                "",
            ),
        ],
    )


def of_revocation(blocked: Revocation) -> str:
    floor = f"a message of {blocked.bytes} bytes to {blocked.clients} subscribers: {blocked.floor}"
    p99 = blocked.refused.p99_ms
    both = (
        f"p99 / floor's median {p99 / blocked.floor.median_ms:.1f}, its p99 {p99 / blocked.floor.p99_ms:.1f}"
    )
    return table(
        f"{blocked.blocks} blocks, each until {blocked.clients} kiosks refuse the card, median / p99",
        [
            HEAD,
            ("from the request to block to a refusal", str(blocked.refused), floor, both, "≤ 20"),
            ("of it until the request is answered", str(blocked.answered), "", "", ""),
        ],
    )


def of_scans(still: ScansWhileFilling, hurried: ScansWhileFilling) -> str:
    def row(what: str, ours: Spread, idle: Spread, limit: str) -> tuple[str, ...]:
        more = f"median {ratio(ours, idle)}, p99 {ours.p99_ms - idle.p99_ms:+.1f} ms"
        return what, str(ours), str(idle), more, limit

    one = f"{still.shown_during} cards at a visitor's pace"
    many = f"{hurried.shown_during} cards, twenty a second, the fill never still"
    return (
        table(
            f"From a read to the light while {still.cards:,} cards come in, median / p99",
            [
                ("what", "meanwhile", "before and after", "ratio", "to reach"),
                row(one, still.during, still.idle, "median ≤ 2, p99 ≤ +50 ms"),
                row("of it the record's commit", still.during_commit, still.idle_commit, ""),
                row(many, hurried.during, hurried.idle, ""),
                row("of it the record's commit", hurried.during_commit, hurried.idle_commit, ""),
            ],
        )
        + f"\n\nThe fills took {still.fill_s:.0f} and {hurried.fill_s:.0f} s."
    )


def of_memory(used: FillMemory) -> str:
    return table(
        f"Memory of the agent while {used.cards:,} cards come in",
        [
            ("resident", "without a list", "more"),
            (f"at most {used.most:.0f} MB", f"{used.idle:.0f} MB", f"{used.most - used.idle:.0f} MB"),
        ],
    )
