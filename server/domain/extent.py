"""How much of an epoch the server has: what its receipts may claim, and whether a row is missing."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Extent:
    """``upto``: all rows to here are stored or refused, or the kiosk has them no more; -1 where none is.

    ``last`` is the highest row seen, ``rows`` how many were: one is missing where they are fewer than
    ``last`` + 1.
    """

    upto: int = -1
    last: int = -1
    rows: int = 0


def grown(known: Extent, first: int, last: int, new: int, kept_from: int) -> Extent:
    """After the rows ``first`` to ``last``, ``new`` of them seen for the first time.

    Rows that came before their turn may follow: see :func:`has_more`. Below ``kept_from`` the kiosk has
    nothing to send again, so nothing is waited for.
    """
    upto = max(known.upto, kept_from - 1)
    if first <= upto + 1:
        upto = max(upto, last)
    return Extent(upto=upto, last=max(known.last, last), rows=known.rows + new)


def has_more(extent: Extent) -> bool:
    """Whether rows above ``upto`` are there, which may follow it without a gap."""
    return extent.last > extent.upto


def followed_by(extent: Extent, seq: int) -> Extent | None:
    """One row further, where ``seq`` (rising from call to call) is the next one; ``None`` at the gap."""
    if seq <= extent.upto:
        return extent
    return replace(extent, upto=seq) if seq == extent.upto + 1 else None
