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
        return cls(median(values) / 1e6, quantiles(values, n=100)[98] / 1e6)

    def __str__(self) -> str:
        return f"{self.median_ms:.3f} / {self.p99_ms:.3f} ms"


def table(title: str, rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table; the first row is its head."""
    head, *body = rows
    lines = [f"\n### {title}\n", _line(head), _line(tuple("---" for _ in head)), *map(_line, body)]
    return "\n".join(lines)


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
