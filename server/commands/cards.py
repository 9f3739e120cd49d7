"""The register of cards."""

import sys
from pathlib import Path

import click

from server.commands.common import plain_errors, store, with_fleet
from server.config import load


@click.group()
def cards() -> None:
    """The register of cards."""


@cards.command("import")
@with_fleet
@click.argument("file", type=click.Path(path_type=Path))
def import_file(fleet: Path, database_url: str | None, file: Path) -> None:
    """Take a distributor's CSV FILE into the register: all of it, or nothing.

    Columns: code, kind, distributor, area, issued_on, valid_until, max_children, status.
    """
    with plain_errors():
        from server.adapters.card_csv import CardFile  # noqa: PLC0415  (`--help` costs no database)
        from server.adapters.register import import_cards  # noqa: PLC0415  (likewise)

        settings = load(fleet)
        list_key = settings.list_key()
        if sys.stderr.isatty():  # half a minute of silence for a million rows
            click.echo("Checking the file ...", err=True)
        table = CardFile(file, settings.pattern)
        with (
            store(fleet, database_url) as database,
            click.progressbar(table.cards(), length=table.rows, label="Cards", update_min_steps=1000) as rows,
        ):
            done = import_cards(database, list_key, rows)
    click.echo(f"{done.new} new, {done.changed} changed, {done.unchanged} unchanged.")
