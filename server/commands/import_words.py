"""What an import and its dry run say on the command line."""

import shlex
from collections import Counter
from collections.abc import Iterator
from typing import Final

from server.commands.counted import agreeing, counted
from server.domain.history import Import
from server.domain.matching import Matched
from server.domain.outcome import Distributor, Guarded, Missing, Outcome

SHOWN_FAULTS: Final = 20
SHOWN_CARDS: Final = 10
NEWER: Final = (
    "more are not in the file and were issued, renewed, replaced or reinstated since its newest card,"
    " or took the place of one that it still has; they are left alone."
)


def dry_run_lines(outcome: Outcome, gone: str) -> Iterator[str]:
    yield f"{counted(outcome.rows, 'rows')}: {_counts(outcome)}."
    for column, times in sorted(outcome.columns.items()):
        yield f"  {column} changes on {times}"
    yield from _gone_lines(outcome, gone)
    yield from _left_alone(outcome)
    yield from name_lines(outcome)
    yield from fault_lines(outcome)
    yield "Nothing was written."


def done_line(outcome: Outcome, gone: str, table: str) -> str:
    left = outcome.gone - outcome.withdrawn
    stay = f" {_absent(left, gone)} {_stay(left)}." if left else ""
    stay += f" {outcome.newer} {NEWER}" if outcome.newer else ""
    stay += "".join(f" {line}" for line in _left_alone(outcome))
    undo = f" Undo with: kaiku-server {table} undo {outcome.import_id}" if outcome.import_id else ""
    return f"{_counts(outcome)}.{stay}{matched_words(outcome.matched)}{undo}"


def _gone_lines(outcome: Outcome, gone: str) -> Iterator[str]:
    """Which cards the file no longer has, and which it may never have had: these have no rows."""
    if outcome.gone:
        they = agreeing(outcome.gone, "it", "they")
        what = f"{they} would be withdrawn" if outcome.withdrawn else _stay(outcome.gone)
        yield f"{_absent(outcome.gone, gone)} {what}."
        yield from _cards_lines(outcome.gone_from, outcome.gone_cards)
    for (area, name), count, all_of in outcome.most_gone if outcome.withdrawn else ():
        yield (
            f"Warning: {name} ({area}) has {all_of} cards in use and the file lacks {count}. Is it the whole"
            " list? An import is refused without --withdraw-most"
        )
    if outcome.newer:
        yield f"{outcome.newer} {NEWER}"
        yield from _cards_lines(outcome.newer_from, outcome.newer_cards)


def _absent(count: int, gone: str) -> str:
    return f"{counted(count, gone)} {agreeing(count, 'is', 'are')} not in the file;"


def _stay(count: int) -> str:
    return agreeing(count, "it stays as it is", "they stay as they are")


def _cards_lines(counts: Counter[Distributor], shown: list[Missing]) -> Iterator[str]:
    for (area, name), count in sorted(counts.items()):
        yield f"  {name} ({area}): {count}"
    for one in shown[:SHOWN_CARDS]:
        yield f"    {one.masked_code}  {one.issued_on} to {one.valid_until}  {one.distributor}"
    if (more := counts.total() - len(shown[:SHOWN_CARDS])) and shown:
        yield f"    and {more} more"


def _left_alone(outcome: Outcome) -> Iterator[str]:
    if outcome.expired:
        yield f"{outcome.expired} more are not in the file and have expired; they are left alone."
    yield from _guarded_lines(
        outcome.older,
        (
            "is older than what is known of its card",
            "are older than what is known of their card",
        ),
        " (an earlier issue, or of before it was made longer here)",
        "what is known stays. To take the file's: --shorten",
    )
    they_stay = agreeing(outcome.reopening.kept, "it stays shut. To open it", "they stay shut. To open them")
    yield from _guarded_lines(
        outcome.reopening,
        ("calls a card valid that was", "call cards valid that were"),
        " blocked or withdrawn here",
        f"{they_stay}: --reopen",
    )


def _guarded_lines(guarded: Guarded, would: tuple[str, str], more: str, stay: str) -> Iterator[str]:
    """``would`` of one row and of more, and what follows it in both."""
    if guarded.kept:
        yield f"{counted(guarded.kept, 'rows')} {agreeing(guarded.kept, *would)}{more}; {stay}"
    if guarded.done:
        yield (
            f"{counted(guarded.done, 'rows')} {agreeing(guarded.done, *would)}{more};"
            " that is done, as was asked for."
        )


def name_lines(outcome: Outcome) -> Iterator[str]:
    """Columns that were not read, names that come into being, and names that were taken as others."""
    for one in outcome.ignored:
        if one.meant:
            yield (
                f"Warning: the column {one.heading!r} was not read. If it is {one.meant}, say so with:"
                f" --column {one.meant}={shlex.quote(one.heading)}"
            )
    if others := [repr(one.heading) for one in outcome.ignored if not one.meant]:
        yield f"Columns that were not read: {', '.join(others)}."
    yield from _some(
        [f"  new area {area!r}: {counted(count, 'rows')}" for area, count in outcome.new_areas.items()]
    )
    yield from _some(
        [
            f"  new distributor {name!r} ({area}): {counted(count, 'rows')}"
            for (area, name), count in outcome.new_distributors.items()
        ]
    )
    yield from spelling_lines(outcome)


def _some(lines: list[str]) -> Iterator[str]:
    yield from lines[:SHOWN_FAULTS]
    if (more := len(lines) - SHOWN_FAULTS) > 0:
        yield f"  and {more} more"


def spelling_lines(outcome: Outcome) -> Iterator[str]:
    """Names of the file that were taken as others."""
    shown = outcome.spellings[:SHOWN_FAULTS]
    for one in shown:
        yield f"  {one.column} {one.written!r} is taken as {one.stands!r}"
    if len(outcome.spellings) > len(shown):
        yield f"  and {len(outcome.spellings) - len(shown)} more spellings"


def undone_words(count: int, what: str, number: int) -> str:
    were = agreeing(count, "is what it was", "are what they were")
    return f"{counted(count, what)} {were} before import {number}."


def matched_words(found: Matched) -> str:
    """A sentence with its blank before it; empty where no visit had waited."""
    if not found.visits:
        return ""
    refused = (
        f"; {found.refused} of these the register would not have let in on their day" if found.refused else ""
    )
    visits, cards = counted(found.visits, "unchecked visits"), counted(found.cards, "cards")
    return f" {visits} of {cards} {agreeing(found.visits, 'was', 'were')} matched{refused}."


def kept_words(one: Import) -> str:
    """What an older list did not do, with its comma before it; empty where nothing."""
    older, shut = one.shortens - one.shortened, one.reopens - one.reopened
    parts = [f", {older} older rows left alone"] * bool(older) + [f", {shut} kept shut"] * bool(shut)
    return "".join(parts)


def refusal(file: str, outcome: Outcome) -> str:
    head = f"{file}: {outcome.faulty} of {outcome.rows} rows cannot be taken, so nothing was imported."
    return "\n".join([head, *fault_lines(outcome)])


def fault_lines(outcome: Outcome) -> Iterator[str]:
    shown = outcome.first_faults()[:SHOWN_FAULTS]
    for at in shown:
        yield f"  row {at.row}: {at.fault}"
    if outcome.fault_count > len(shown):
        yield f"  and {outcome.fault_count - len(shown)} more"


def _counts(outcome: Outcome) -> str:
    more = [(outcome.erased, "erased and left so"), (outcome.withdrawn, "withdrawn")]
    parts = [f"{outcome.new} new", f"{outcome.changed} changed", f"{outcome.unchanged} unchanged"]
    return ", ".join([*parts, *(f"{count} {word}" for count, word in more if count)])
