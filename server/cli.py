"""The command line of the fleet server. Each command imports what it needs: `--help` costs no database."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from agent.told import ToldError
from server.config import ConfigError, load
from server.domain.register import Category

if TYPE_CHECKING:
    from server.adapters.database import Database

C = TypeVar("C", bound=Callable[..., object])


def _with_fleet(command: C) -> C:
    """The two options that say which fleet, on every command."""
    folder = click.option(
        "--fleet",
        type=click.Path(path_type=Path),
        envvar="KAIKU_FLEET",
        default=Path("fleet"),
        show_default=True,
        show_envvar=True,
        help="The fleet's folder.",
    )
    database = click.option(
        "--database-url",
        envvar="DATABASE_URL",
        show_envvar=True,
        help="In SQLAlchemy's form. Left out: fleet.db in the fleet's folder.",
    )
    return folder(database(command))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kaiku-kiosk", message="%(version)s")
def main() -> None:
    """The fleet server: takes the kiosks' records, keeps the register of cards, shows the figures."""


@main.command()
@_with_fleet
@click.option("--port", type=click.IntRange(0, 65535), help="Of the page; 0 takes a free one.")
@click.option("--insecure-demo", is_flag=True, help="Allow a broker without mutual TLS, on loopback only.")
def serve(fleet: Path, database_url: str | None, port: int | None, *, insecure_demo: bool) -> None:
    """Run ingest and page until Ctrl-C.

    Another one on the same database shows its page, and takes the records in once this one has ended.
    """
    with _plain_errors():
        import logging  # noqa: PLC0415  (see the module's docstring)

        from server.main import serve as run  # noqa: PLC0415  (likewise)

        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
        logging.getLogger("alembic").setLevel(logging.WARNING)
        run(load(fleet), database_url, port, click.echo, insecure_demo=insecure_demo)


@main.group()
def cards() -> None:
    """The register of cards."""


@cards.command("import")
@_with_fleet
@click.argument("file", type=click.Path(path_type=Path))
def import_file(fleet: Path, database_url: str | None, file: Path) -> None:
    """Take a distributor's CSV FILE into the register: all of it, or nothing.

    Columns: code, kind, distributor, area, issued_on, valid_until, max_children, status.
    """
    with _plain_errors():
        from server.adapters.card_csv import CardFile  # noqa: PLC0415  (see the module's docstring)
        from server.adapters.register import import_cards  # noqa: PLC0415  (likewise)

        settings = load(fleet)
        list_key = settings.list_key()
        if sys.stderr.isatty():  # half a minute of silence for a million rows
            click.echo("Checking the file ...", err=True)
        table = CardFile(file, settings.pattern)
        with (
            _store(fleet, database_url) as database,
            click.progressbar(table.cards(), length=table.rows, label="Cards", update_min_steps=1000) as rows,
        ):
            done = import_cards(database, list_key, rows)
    click.echo(f"{done.new} new, {done.changed} changed, {done.unchanged} unchanged.")


@main.group()
def venues() -> None:
    """The places where kiosks stand."""


@venues.command("add")
@_with_fleet
@click.option("--name", required=True, help="As people call it.")
@click.option("--area", required=True, help="The municipalities that run the scheme together.")
@click.option("--category", required=True, type=click.Choice(get_args(Category)))
@click.option("--zone", help="Time zone. Left out: the fleet's.")
def add_venue(
    *, fleet: Path, database_url: str | None, name: str, area: str, category: Category, zone: str | None
) -> None:
    """Add a venue; its id is made of its name."""
    with _plain_errors():
        from server.adapters.clock import utc_now  # noqa: PLC0415  (see the module's docstring)
        from server.adapters.places import Places  # noqa: PLC0415  (likewise)

        time_zone = _zone(zone or load(fleet).config.zone)
        with _store(fleet, database_url) as database:
            venue = Places(database, utc_now).add_venue(name, area, category, time_zone)
    click.echo(venue.id)


@main.group()
def kiosks() -> None:
    """The devices."""


@kiosks.command("list")
@_with_fleet
def list_kiosks(fleet: Path, database_url: str | None) -> None:
    """Id, state, venue and name of each kiosk."""
    with _plain_errors():
        from server.adapters.clock import utc_now  # noqa: PLC0415  (see the module's docstring)
        from server.adapters.figures import StoredFigures  # noqa: PLC0415  (likewise)

        settings = load(fleet)
        with _store(fleet, database_url) as database:
            figures = StoredFigures(database, settings.zone, utc_now, count_assistants=False)
            rows = figures.overview().kiosks
    for row in rows:
        click.echo(f"{row.kiosk}  {row.state:<9}  {row.venue_name or '-'}  {row.name}")
    if not rows:
        click.echo("No kiosks yet. Add one with: kaiku-provision add --venue VENUE --out FOLDER")


@main.group()
def letters() -> None:
    """Dead letters: records that could not be read. They are kept as they came, and are in no figure."""


@letters.command("list")
@_with_fleet
def list_letters(fleet: Path, database_url: str | None) -> None:
    """When it came, kiosk, number, venue and why, of the newest; never a word of what is in them."""
    with _plain_errors():
        from server.adapters.letters import letters_in  # noqa: PLC0415  (see the module's docstring)

        with _store(fleet, database_url) as database, database.reading() as connection:
            found = letters_in(connection)
    for letter in found.newest:
        number = f"{letter.epoch[:8]} {letter.seq}"
        came = f"{letter.received_at:%Y-%m-%dT%H:%M:%SZ}"
        click.echo(f"{came}  {letter.kiosk}  {number}  {letter.venue_name or '-'}  {letter.why}")
    if found.total:
        click.echo(f"{found.total} in all. Once the cause is mended: kaiku-server letters retry")
    else:
        click.echo("No dead letters: every record could be read.")


@letters.command("retry")
@_with_fleet
def retry_letters(fleet: Path, database_url: str | None) -> None:
    """Read them once more, as after an update of the server or with its right key. The server may run."""
    with _plain_errors():
        from agent.wire.sealing import opener  # noqa: PLC0415  (see the module's docstring)
        from server.adapters.facts import FactWriter  # noqa: PLC0415  (likewise)
        from server.adapters.letters import StoredLetters  # noqa: PLC0415  (likewise)

        settings = load(fleet)
        facts = FactWriter(opener(settings.sealing_key()), settings.zone)
        with _store(fleet, database_url) as database:
            outcome = StoredLetters(database, facts, lambda: None).retry()
    click.echo(f"{outcome.read} are records now, {outcome.unread} still cannot be read.")
    if outcome.unread:
        click.echo("Those are kept as they came. Why: kaiku-server letters list")


@main.command()
@_with_fleet
def verify(fleet: Path, database_url: str | None) -> None:
    """Count all totals again from the records and compare."""
    with _plain_errors():
        from server.adapters.verify import verify as count_again  # noqa: PLC0415  (see the docstring)

        with _store(fleet, database_url) as database:
            outcome = count_again(database)
    for difference in outcome.differences:
        click.echo(difference)
    if outcome.differences:
        raise click.ClickException(
            f"{len(outcome.differences)} differences. Keep a copy of the database and report it."
        )
    click.echo(f"{outcome.records} records, {outcome.counted} visits: all totals agree.")


@main.command()
@_with_fleet
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(fleet: Path, database_url: str | None, file: Path) -> None:
    """Copy the database to FILE, as of one moment, while the server runs.

    The fleet's folder also holds its authority and keys: keep a copy of those files, too.
    """
    with _plain_errors():
        from server.adapters.backup import back_up  # noqa: PLC0415  (see the module's docstring)

        url = load(fleet).database_url(database_url)
        with _pages() as progress:
            back_up(url, file, progress)
    click.echo(f"{file}: the database as of now. It holds card codes: keep it as safe as the server.")


@main.command()
@_with_fleet
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def restore(fleet: Path, database_url: str | None, file: Path) -> None:
    """Put the backup FILE in the database's place; stop the server first.

    The kiosks then send again what they keep of the past 30 days, by themselves.
    """
    with _plain_errors():
        from agent.folder_lock import only_user_of  # noqa: PLC0415  (see the module's docstring)
        from server.adapters.backup import restore as put_back  # noqa: PLC0415  (likewise)
        from server.adapters.clock import utc_now  # noqa: PLC0415  (likewise)

        settings = load(fleet)
        url = settings.database_url(database_url)
        aside = settings.folder / f"fleet.db.before-{utc_now():%Y%m%dT%H%M%SZ}"
        with only_user_of(settings.folder, "server", "Check whose it is."), _pages() as progress:
            put_back(url, file, aside, progress)
    click.echo(f"Restored from {file}. What was there before is in {aside}.")


@main.command()
@_with_fleet
def restored(fleet: Path, database_url: str | None) -> None:
    """Say that the database was put back from a backup by other means, as PostgreSQL's own.

    The kiosks then send again what they keep of the past 30 days. It does no harm where nothing was lost.
    """
    with _plain_errors():
        from server.adapters.backup import rename_generation  # noqa: PLC0415  (see the docstring)

        with _store(fleet, database_url) as database:
            rename_generation(database)
    click.echo("The kiosks are told to send again what they keep.")


@contextmanager
def _pages() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal for a copy that counts its pages."""
    with click.progressbar(length=1, label="Database") as bar:

        def progress(done: int, pages: int) -> None:
            bar.length = max(1, pages)
            bar.update(done - bar.pos)

        yield progress


@contextmanager
def _store(fleet: Path, database_url: str | None) -> Iterator["Database"]:
    from server.adapters.migrate import open_database  # noqa: PLC0415  (likewise)

    with open_database(load(fleet).database_url(database_url)) as database:
        yield database


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigError("--zone is no time zone such as Europe/Helsinki.") from None


@contextmanager
def _plain_errors() -> Iterator[None]:
    """What the world or the person did wrong ends as one sentence; our own faults keep their trace."""
    try:
        yield
    except ToldError as error:
        raise click.ClickException(str(error)) from None
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"{error.name} is missing. Install the server's parts: pip install 'kaiku-kiosk[server]'"
        ) from None


if __name__ == "__main__":
    main()
