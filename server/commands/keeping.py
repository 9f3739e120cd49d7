"""What is kept of a card, for how long, and the year's figures that stay the same."""

from pathlib import Path

import click

from server.commands.common import plain_errors, store, with_fleet
from server.commands.counted import agreeing, counted
from server.config import load
from server.domain.completeness import Proof
from server.domain.keeping import Kept
from server.domain.statistics import Statistics


@click.command()
@with_fleet
@click.option("--dry-run", is_flag=True, help="Say how many visits of which year it would be.")
def keep(fleet: Path, database_url: str | None, *, dry_run: bool) -> None:
    """Replace the codes of visits that have had their time by the year's pseudonyms.

    The server does it by itself every day (years under [keeping] in fleet.toml). It may run meanwhile.
    """
    with plain_errors():
        from server.adapters.clock import utc_now  # noqa: PLC0415  (`--help` costs no database)
        from server.adapters.keeping import Keeper  # noqa: PLC0415  (likewise)

        settings = load(fleet)
        with store(fleet, database_url) as database:
            keeper = Keeper(
                database, lambda: utc_now().astimezone(settings.zone).date(), settings.config.keeping.years
            )
            found = keeper.plan() if dry_run else keeper.run()
    click.echo(_kept(found, dry_run=dry_run))


def _kept(found: Kept, *, dry_run: bool) -> str:
    if not found.total and not found.letters:
        return "No visit has had its time."
    did, left = ("would get", "would lose") if dry_run else ("got", "lost")
    lines = [f"{counted(count, 'visits')} of {year} {did} a pseudonym." for year, count in found.visits]
    if found.letters:
        their = agreeing(found.letters, "its", "their")
        lines.append(f"{counted(found.letters, 'dead letters')} {left} {their} content.")
    return "\n".join([*lines, *(["Nothing was written."] if dry_run else [])])


@click.group()
def years() -> None:
    """The years of visits, and what each still knows of its cards."""


@years.command("list")
@with_fleet
def list_years(fleet: Path, database_url: str | None) -> None:
    """Cards shown, refused ones too, with code and with pseudonym in each year; and whether it is locked."""
    with plain_errors():
        from server.adapters.years import years_in  # noqa: PLC0415  (`--help` costs no database)

        with store(fleet, database_url) as database, database.reading() as connection:
            found = years_in(connection)
    for one in found:
        locked = f"locked {one.locked_at:%Y-%m-%dT%H:%M:%SZ}" if one.locked_at else "open"
        shown = f"{one.with_code} shown with code  {one.with_pseudonym} with pseudonym"
        click.echo(f"{one.year}  {shown}  {locked}")
    if not found:
        click.echo("No visits yet.")


@years.command("lock")
@with_fleet
@click.argument("year", type=click.IntRange(2000, 2149))
@click.option("--force", is_flag=True, help="Also while records of the year may be missing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def lock(fleet: Path, database_url: str | None, year: int, *, force: bool, yes: bool) -> None:
    """Destroy the key of YEAR, so that nobody can find a card's visits of that year any more.

    Its figures stay. There is no way back, but a backup from before still has the key: delete those, too.
    """
    with plain_errors():
        from server.adapters.clock import utc_now  # noqa: PLC0415  (`--help` costs no database)
        from server.adapters.locking import lock_year  # noqa: PLC0415  (likewise)
        from server.adapters.years import years_in  # noqa: PLC0415  (likewise)

        settings = load(fleet)
        with store(fleet, database_url) as database:
            if not yes:
                with database.reading() as connection:
                    known = {one.year for one in years_in(connection)}
                empty = "" if year in known else f"{year} has no visits here. "
                click.confirm(f"{empty}Destroy the key of {year} for good?", abort=True)
            lock_year(database, year, utc_now().astimezone(settings.zone), force=force)
    click.echo(f"{year} is locked. Backups from before still have its key: delete those, too.")


@click.command()
@with_fleet
@click.option("--year", type=click.IntRange(2000, 2149), help="Left out: this one.")
@click.option("--area", help="Of the cards of this area's distributors alone, wherever they were used.")
def statistics(fleet: Path, database_url: str | None, year: int | None, area: str | None) -> None:
    """The year's usage rate and use frequency, and visits and uses by distributor and kind of card."""
    with plain_errors():
        from server.adapters.clock import utc_now  # noqa: PLC0415  (`--help` costs no database)
        from server.adapters.statistics import StoredStatistics  # noqa: PLC0415  (likewise)

        settings = load(fleet)
        with store(fleet, database_url) as database:
            asked = StoredStatistics(
                database, settings.zone, utc_now, count_assistants=settings.config.count_assistants
            )
            found = asked.of_year(year, area)
    click.echo("\n".join(lines(found)))


def lines(found: Statistics) -> list[str]:
    where = f"cards of distributors in {found.area}, used anywhere" if found.area else "all cards"
    locked = f", locked {found.locked_at:%Y-%m-%d}" if found.locked_at else ""
    rate = "-" if found.usage_rate is None else f"{found.usage_rate:.1%}"
    often = found.frequency
    times = (
        f"once {often.once}, twice {often.twice}, 3-5 times {often.three_to_five}, over 5 {often.over_five}"
    )
    head = [
        f"{found.year}, {where}, as of {found.as_of:%Y-%m-%dT%H:%M:%S%z}{locked}",
        f"visits {found.visits}, uses {found.uses}",
        _coverage(found.records),
        f"issued in the year {found.issued}; of these used at least once {found.issued_and_used}: {rate}",
        f"used in the year, whenever issued {often.used}: {times}",
    ]
    table: list[tuple[str, ...]] = [
        ("distributor", "area", "issued", "of these used", "used", "visits", "uses")
    ]
    for one in found.by_distributor:
        figures = (one.issued, one.issued_and_used, one.used, one.visits, one.uses)
        table.append((one.distributor or "(not in the register)", one.area, *map(str, figures)))
    kinds: list[tuple[str, ...]] = [("kind", "used", "visits", "uses", "adults", "children", "assistants")]
    for of in found.by_kind:
        counts = (of.used, of.visits, of.uses, of.adults, of.children, of.assistants)
        kinds.append((of.kind, *map(str, counts)))
    return [*head, "", *_laid_out(table, 2), "", *_laid_out(kinds, 1)]


def _coverage(records: Proof) -> str:
    """Whether the year is whole, as the pages say it."""
    here = f"records here {records.here} of {records.expected}"
    if records.doubts:
        return f"{here}, which may not be all: {', '.join(records.doubts)}"
    return f"{here}, all until {records.as_of:%Y-%m-%dT%H:%M:%S%z}" if records.as_of else here


def _laid_out(table: list[tuple[str, ...]], words: int) -> list[str]:
    """Words to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if number < words else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]
