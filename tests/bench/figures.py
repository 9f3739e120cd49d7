"""How the bench says a figure: median and 99th percentile, in milliseconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Self


@dataclass(frozen=True, slots=True)
class Spread:
    median_ms: float
    p99_ms: float

    @classmethod
    def of_ns(cls, values: Sequence[int]) -> Self:
        """At least one value; of few ones the 99th percentile is about the largest, and never above it."""
        twice = [*values, *values] if len(values) == 1 else values
        return cls(median(values) / 1e6, quantiles(twice, n=100, method="inclusive")[98] / 1e6)

    def __str__(self) -> str:
        return f"{self.median_ms:.3f} / {self.p99_ms:.3f} ms"


def ratio(ours: Spread, floor: Spread) -> str:
    return f"{ours.median_ms / floor.median_ms:.1f}"


def table(title: str, rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table; the first row is its head."""
    head, *body = rows
    lines = [f"\n### {title}\n", _line(head), _line(tuple("---" for _ in head)), *map(_line, body)]
    return "\n".join(lines)


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
