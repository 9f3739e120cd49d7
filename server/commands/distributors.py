"""Who issues cards."""

from pathlib import Path

import click

from server.commands.common import plain_errors, store, with_fleet
from server.commands.files import headings_given, taking, tell, tell_imports, undo_places, values_given
from server.config import load
from server.domain.headings import Given
from server.domain.history import source_of
from server.domain.words_in_files import DISTRIBUTOR_COLUMNS


@click.group()
def distributors() -> None:
    """The organisations that issue cards."""


@distributors.command("list")
@with_fleet
def list_distributors(fleet: Path, database_url: str | None) -> None:
    """Name and area of each distributor."""
    with plain_errors():
        from server.adapters.stored_cards import named_distributors  # noqa: PLC0415  (see common)

        with store(fleet, database_url) as database, database.reading() as connection:
            found = sorted((area, name) for _, area, name in named_distributors(connection))
    for area, name in found:
        click.echo(f"{name}  {area}")
    if not found:
        click.echo("No distributors yet: they come with cards, or with: kaiku-server distributors import")


@distributors.command("import")
@with_fleet
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option("--column", "columns", multiple=True, metavar="COLUMN=HEADING", help="A heading of this file.")
@click.option("--area", help="Of rows that name none.")
def import_distributors(
    *,
    fleet: Path,
    database_url: str | None,
    file: Path,
    dry_run: bool,
    columns: tuple[str, ...],
    area: str | None,
) -> None:
    """Take the distributors of FILE (CSV or XLSX): all of them, or none.

    Columns: name and area; or jakaja and alue.
    """
    with plain_errors():
        from server.adapters.clock import utc_now  # noqa: PLC0415  (`--help` costs no database)
        from server.adapters.place_import import PlaceImports  # noqa: PLC0415  (likewise)
        from server.adapters.sheets import digest_of  # noqa: PLC0415  (likewise)

        given = Given(headings_given(columns, DISTRIBUTOR_COLUMNS), values_given(area=area))
        settings = load(fleet)
        with store(fleet, database_url) as database, taking(file, settings.pattern):
            source = None if dry_run else source_of(file.name, digest_of(file), "cli", settings.pattern)
            outcome = PlaceImports(database, settings.pattern, utc_now).distributors(file, given, source)
    tell(outcome, "distributors", "distributors", dry_run=dry_run)


@distributors.command("undo")
@with_fleet
@click.argument("number", metavar="ID", type=int)
def undo_import(fleet: Path, database_url: str | None, number: int) -> None:
    """Take the distributors that the import ID brought away again."""
    undo_places(fleet, database_url, "distributors", number)


@distributors.command("imports")
@with_fleet
def list_distributor_imports(fleet: Path, database_url: str | None) -> None:
    """The imports of distributors so far, the newest first."""
    tell_imports(fleet, database_url, "distributors")
