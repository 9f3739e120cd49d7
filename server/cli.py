"""The command line of the fleet server. Each command imports what it needs: `--help` costs no database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from server.commands.card_desk import add_desk
from server.commands.cards import cards
from server.commands.common import plain_errors, store, with_fleet
from server.commands.counted import counted
from server.commands.distributors import distributors
from server.commands.keeping import keep, statistics, years
from server.commands.memory_cards import add_memory_cards
from server.commands.places import areas, venues
from server.config import load

if TYPE_CHECKING:
    from server.domain.figures import Letters


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kaiku-kiosk", message="%(version)s")
def main() -> None:
    """The fleet server: takes the kiosks' records, keeps the register of cards, shows the figures."""


add_desk(cards)
for _group in (areas, cards, distributors, keep, statistics, venues, years):
    main.add_command(_group)


@main.command()
@with_fleet
@click.option("--port", type=click.IntRange(0, 65535), help="Of the page; 0 takes a free one.")
@click.option("--insecure-demo", is_flag=True, help="Allow a broker without mutual TLS, on loopback only.")
def serve(fleet: Path, database_url: str | None, port: int | None, *, insecure_demo: bool) -> None:
    """Run ingest and page until Ctrl-C.

    Another one on the same database shows its page, and takes the records in once this one has ended.
    """
    with plain_errors():
        import logging  # noqa: PLC0415  (see the module's docstring)

        from server.main import serve as run  # noqa: PLC0415  (likewise)

        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
        logging.getLogger("alembic").setLevel(logging.WARNING)
        run(load(fleet), database_url, port, click.echo, insecure_demo=insecure_demo)


@main.group()
def kiosks() -> None:
    """The devices."""


@kiosks.command("list")
@with_fleet
def list_kiosks(fleet: Path, database_url: str | None) -> None:
    """Id, state, venue and name of each kiosk."""
    with plain_errors():
        from server.adapters.clock import utc_now  # noqa: PLC0415  (see the module's docstring)
        from server.adapters.figures import StoredFigures  # noqa: PLC0415  (likewise)

        settings = load(fleet)
        with store(fleet, database_url) as database:
            figures = StoredFigures(database, settings.zone, utc_now, count_assistants=False)
            rows = figures.overview().kiosks
    for row in rows:
        click.echo(f"{row.kiosk}  {row.state:<9}  {row.venue_name or '-'}  {row.name}")
    if not rows:
        click.echo("No kiosks yet. Add one with: kaiku-provision add --venue VENUE --out FOLDER")


add_memory_cards(kiosks)


@main.group()
def letters() -> None:
    """Dead letters: records that could not be read. They are kept as they came, and are in no figure."""


@letters.command("list")
@with_fleet
@click.option("--all", "every", is_flag=True, help="Every one of them, and not the newest alone.")
@click.option("--after", type=click.IntRange(0, 10**18), help="Those that follow another list.")
def list_letters(fleet: Path, database_url: str | None, after: int | None, *, every: bool) -> None:
    """When it came, kiosk, number, venue and why, the newest first; never a word of what is in them."""
    with plain_errors():
        from server.adapters.letters import letters_in  # noqa: PLC0415  (see the module's docstring)

        with store(fleet, database_url) as database, database.reading() as connection:
            found = letters_in(connection, after)
            _tell_letters(found)
            while every and found.next is not None:
                found = letters_in(connection, found.next)
                _tell_letters(found)
    if found.next is not None:
        click.echo(f"Those that follow: kaiku-server letters list --after {found.next}, or --all")
    if found.total:
        click.echo(f"{found.total} in all. Once the cause is mended: kaiku-server letters retry")
    else:
        click.echo("No dead letters: every record could be read.")


def _tell_letters(found: "Letters") -> None:
    for letter in found.page:
        number = f"{letter.epoch[:8]} {letter.seq}"
        came = f"{letter.received_at:%Y-%m-%dT%H:%M:%SZ}"
        click.echo(f"{came}  {letter.kiosk}  {number}  {letter.venue_name or '-'}  {letter.why}")


@letters.command("retry")
@with_fleet
def retry_letters(fleet: Path, database_url: str | None) -> None:
    """Read them once more, as after an update of the server or with its right key. The server may run."""
    with plain_errors():
        from agent.wire.sealing import opener  # noqa: PLC0415  (see the module's docstring)
        from server.adapters.facts import FactWriter  # noqa: PLC0415  (likewise)
        from server.adapters.letters import StoredLetters  # noqa: PLC0415  (likewise)

        settings = load(fleet)
        facts = FactWriter(opener(settings.sealing_key()), settings.zone)
        with store(fleet, database_url) as database:
            outcome = StoredLetters(database, facts, lambda: None).retry()
    click.echo(f"{outcome.read} are records now, {outcome.unread} still cannot be read.")
    if outcome.unread:
        click.echo("Those are kept as they came. Why: kaiku-server letters list")


@main.command()
@with_fleet
def verify(fleet: Path, database_url: str | None) -> None:
    """Count all totals again from the records and compare."""
    with plain_errors():
        from server.adapters.verify import verify as count_again  # noqa: PLC0415  (see the docstring)

        with store(fleet, database_url) as database:
            outcome = count_again(database)
    for difference in outcome.differences:
        click.echo(difference)
    if outcome.differences:
        raise click.ClickException(
            f"{len(outcome.differences)} differences. Keep a copy of the database and report it."
        )
    records, visits = counted(outcome.records, "records"), counted(outcome.counted, "visits")
    click.echo(f"{records}, {visits}: all totals agree.")


@main.command()
@with_fleet
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(fleet: Path, database_url: str | None, file: Path) -> None:
    """Copy the database to FILE, as of one moment, while the server runs.

    The fleet's folder also holds its authority and keys: keep a copy of those files, too.
    """
    with plain_errors():
        from server.adapters.backup import back_up  # noqa: PLC0415  (see the module's docstring)

        url = load(fleet).database_url(database_url)
        with _pages() as progress:
            back_up(url, file, progress)
    click.echo(f"{file}: the database as of now. It holds card codes: keep it as safe as the server.")


@main.command()
@with_fleet
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def restore(fleet: Path, database_url: str | None, file: Path) -> None:
    """Put the backup FILE in the database's place; stop the server first.

    The kiosks then send again what they keep of the past 30 days, by themselves.
    """
    with plain_errors():
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
@with_fleet
def restored(fleet: Path, database_url: str | None) -> None:
    """Say that the database was put back from a backup by other means, as PostgreSQL's own.

    The kiosks then send again what they keep of the past 30 days. It does no harm where nothing was lost.
    """
    with plain_errors():
        from server.adapters.backup import rename_generation  # noqa: PLC0415  (see the docstring)

        with store(fleet, database_url) as database:
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


if __name__ == "__main__":
    main()
