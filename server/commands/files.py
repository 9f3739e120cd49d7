"""What the imports of all tables share on the command line."""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from agent.wire.told_code import without_codes
from server.commands.common import plain_errors, store
from server.commands.import_words import done_line, dry_run_lines, name_lines, refusal, undone_words
from server.config import ConfigError
from server.domain.faults import FileError
from server.domain.headings import Column
from server.domain.history import Places
from server.domain.outcome import Outcome, RowsRefused
from server.domain.uploads import Step, Tell


def headings_given(said: tuple[str, ...], columns: Sequence[Column]) -> dict[str, str]:
    """``("code=Kortin numero",)`` → ``{"code": "Kortin numero"}``."""
    names = [column.name for column in columns]
    found = {}
    for text in said:
        name, equals, words = text.partition("=")
        if not equals or name not in names or not words.strip():
            raise ConfigError(f"--column takes COLUMN=HEADING, COLUMN being one of {', '.join(names)}.")
        found[name] = words
    return found


def values_given(**said: str | None) -> dict[str, str]:
    return {name: text for name, text in said.items() if text}


@contextmanager
def file_named(file: Path, pattern: re.Pattern[str]) -> Iterator[None]:
    """A fault of a file as a sentence that names it, without the codes of ``pattern`` in its name."""
    try:
        yield
    except FileError as error:
        name, fault = without_codes(str(file), pattern), error.fault.without_codes(pattern)
        raise click.ClickException(f"{name}: {fault}. Nothing was imported.") from None


@contextmanager
def taking(file: Path, pattern: re.Pattern[str]) -> Iterator[None]:
    """A fault of the file or of its rows as one message."""
    with file_named(file, pattern):
        try:
            yield
        except RowsRefused as error:
            raise click.ClickException(refusal(without_codes(str(file), pattern), error.outcome)) from None


def tell(outcome: Outcome, gone: str, table: str, *, dry_run: bool) -> None:
    """What was done, or what would be; then the exit code says whether the file can be taken."""
    if not dry_run:
        click.echo("\n".join([done_line(outcome, gone, table), *name_lines(outcome)]))
        return
    click.echo("\n".join(dry_run_lines(outcome, gone)))
    sys.exit(1 if outcome.faulty else 0)


def tell_imports(fleet: Path, database_url: str | None, what: Places) -> None:
    with plain_errors():
        from server.adapters.place_import import place_imports_in  # noqa: PLC0415  (see common)

        with store(fleet, database_url) as database, database.reading() as connection:
            found = place_imports_in(connection, what)
    for one in found:
        counts = f"{one.new} new, {one.changed} changed, {one.unchanged} unchanged"
        file = f"{one.file_name}  {one.sha256[:12]}"
        undone = f"  undone {one.undone_at:%Y-%m-%dT%H:%M:%SZ}" if one.undone_at else ""
        click.echo(f"{one.id}  {one.at:%Y-%m-%dT%H:%M:%SZ}  {one.way}  {file}  {counts}{undone}")
    if not found:
        click.echo("No imports yet.")


def undo_places(fleet: Path, database_url: str | None, what: Places, number: int) -> None:
    with plain_errors():
        from server.adapters.clock import utc_now  # noqa: PLC0415  (see common)
        from server.adapters.place_undo import PlaceUndo  # noqa: PLC0415  (likewise)

        with store(fleet, database_url) as database:
            count = PlaceUndo(database, utc_now).undo(what, number)
    click.echo(undone_words(count, what, number))


@contextmanager
def steps() -> Iterator[Tell]:
    """A bar on a terminal, for one step after the other."""
    with click.progressbar(length=1, label="Cards") as bar:

        def told(step: Step) -> None:
            bar.label = f"Cards, {step.what}"
            bar.length = max(1, step.of or 1)
            bar.pos = 0
            bar.update(step.rows)

        yield told


@contextmanager
def counting(label: str) -> Iterator[Callable[[int], None]]:
    """A line that counts rows on a terminal, where nobody knows how many there will be."""
    on_terminal = sys.stderr.isatty()

    def tell(rows: int) -> None:
        if on_terminal:
            click.echo(f"\r{label}: {rows} rows", nl=False, err=True)

    yield tell
    if on_terminal:
        click.echo("\r\x1b[K", nl=False, err=True)
