"""The register of cards: files in and, if need be, out again."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

import click

from server.commands.common import plain_errors, store, with_fleet
from server.commands.counted import agreeing, counted
from server.commands.files import counting, file_named, headings_given, steps, taking, tell, values_given
from server.commands.import_words import kept_words, matched_words, undone_words
from server.config import load
from server.domain.headings import Given
from server.domain.history import GonePolicy, Wish, source_of
from server.domain.words_in_files import CARD_COLUMNS

if TYPE_CHECKING:
    from agent.wire.card_key import ListKey
    from server.adapters.card_spool import CardSpool
    from server.adapters.database import Database

GONE: Final = "cards of these distributors"


@click.group()
def cards() -> None:
    """The register of cards."""


@cards.command("import")
@with_fleet
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option(
    "--gone",
    type=click.Choice(get_args(GonePolicy)),
    default="keep",
    show_default=True,
    help="What becomes of cards of the file's distributors that the file no longer has. Those that have"
    " expired, or that it may be too old to have, are left alone.",
)
@click.option(
    "--withdraw-most",
    is_flag=True,
    help="With --gone withdraw: also more than half of a distributor's cards.",
)
@click.option(
    "--shorten",
    is_flag=True,
    help="Also by rows of an earlier issue, or of before a card was made valid for longer here.",
)
@click.option("--reopen", is_flag=True, help="Also open cards that were blocked or withdrawn here.")
@click.option("--column", "columns", multiple=True, metavar="COLUMN=HEADING", help="A heading of this file.")
@click.option("--distributor", help="Of rows that name none.")
@click.option("--area", help="Of rows that name none.")
@click.option("--kind", help="Of rows that name none: personal or community.")
def import_file(  # noqa: PLR0913  (each an option of its own)
    *,
    fleet: Path,
    database_url: str | None,
    file: Path,
    dry_run: bool,
    gone: GonePolicy,
    withdraw_most: bool,
    shorten: bool,
    reopen: bool,
    columns: tuple[str, ...],
    distributor: str | None,
    area: str | None,
    kind: str | None,
) -> None:
    """Take a distributor's FILE (CSV or XLSX) into the register: all of it, or nothing.

    Columns: code, kind, distributor, area, issued_on, and if need be valid_until, max_children, status;
    or the Finnish koodi, laji, jakaja, alue, myönnetty, voimassa, lapsia, tila. What a row leaves empty
    stays as it is on a card that is known.
    """
    with plain_errors():
        from server.adapters.card_import import CardImports  # noqa: PLC0415  (see common)
        from server.adapters.card_spool import check_cards  # noqa: PLC0415  (likewise)
        from server.adapters.clock import utc_now  # noqa: PLC0415  (likewise)
        from server.adapters.sheets import digest_of  # noqa: PLC0415  (likewise)

        settings = load(fleet)
        given = Given(
            headings_given(columns, CARD_COLUMNS),
            values_given(distributor=distributor, area=area, kind=kind),
        )
        with (
            store(fleet, database_url) as database,
            _spool(database, settings.list_key(), utc_now().astimezone(settings.zone).date()) as spool,
        ):
            with file_named(file, settings.pattern), counting("Checking") as count:
                checked = check_cards(file, given, settings.pattern, spool, count)
                source = source_of(file.name, digest_of(file), "cli", settings.pattern)
            wish = Wish(gone, shorten=shorten, reopen=reopen, withdraw_most=withdraw_most)
            imports = CardImports(database, utc_now, settings.zone)
            if dry_run:
                outcome = imports.dry_run(spool, checked, wish)
            else:
                with taking(file, settings.pattern), steps() as told:
                    outcome = imports.take(spool, checked, source, wish, told)
    tell(outcome, GONE, "cards", dry_run=dry_run)


def _spool(database: "Database", first: "ListKey", today: date) -> "CardSpool":
    from server.adapters.card_spool import CardSpool  # noqa: PLC0415  (see common)
    from server.adapters.fleet_state import key_in_force  # noqa: PLC0415  (likewise)

    with database.reading() as connection:
        return CardSpool(key_in_force(connection, first), today)


@cards.command("imports")
@with_fleet
def list_imports(fleet: Path, database_url: str | None) -> None:
    """The imports so far, the newest first."""
    with plain_errors():
        from server.adapters.card_import import imports_in  # noqa: PLC0415  (see common)

        with store(fleet, database_url) as database, database.reading() as connection:
            found = imports_in(connection)
    for one in found:
        counts = f"{one.new} new, {one.changed} changed, {one.withdrawn} withdrawn{kept_words(one)}"
        file = f"{one.file_name}  {one.sha256[:12]}"
        undone = f"  undone {one.undone_at:%Y-%m-%dT%H:%M:%SZ}" if one.undone_at else ""
        matched = matched_words(one.matched)
        click.echo(
            f"{one.id}  {one.at:%Y-%m-%dT%H:%M:%SZ}  {one.way}  {file}  {counts}{undone}{matched}".rstrip()
        )
    if not found:
        click.echo("No imports yet.")


@cards.command("undo")
@with_fleet
@click.argument("number", metavar="ID", type=int)
def undo_import(fleet: Path, database_url: str | None, number: int) -> None:
    """Bring every card of the import ID back to what it was before."""
    with plain_errors():
        from server.adapters.card_undo import CardUndo  # noqa: PLC0415  (see common)
        from server.adapters.clock import utc_now  # noqa: PLC0415  (likewise)

        with store(fleet, database_url) as database, counting("Undoing") as tell:
            count = CardUndo(database, utc_now).undo(number, "cli", lambda step: tell(step.rows))
    click.echo(undone_words(count, "cards", number))


@cards.command("rotate-key")
@with_fleet
def rotate(fleet: Path, database_url: str | None) -> None:
    """Give the card list a new key, as when a kiosk was lost.

    Kiosks hold keyed hashes in the place of codes, and the key beside them. Revoke the lost one first: a
    kiosk that may still connect is given the new key. All others fill their lists anew, each when it is
    connected, and go by the old one until then. No records are sent again.
    """
    with plain_errors():
        from server.adapters.rotation import cards_in, rotate_key  # noqa: PLC0415  (see common)

        with (
            store(fleet, database_url) as database,
            click.progressbar(length=cards_in(database), label="Cards") as bar,
        ):
            done = rotate_key(database, bar.update)
    click.echo(
        f"{counted(done.cards, 'cards')} {agreeing(done.cards, 'is', 'are')} listed under the new key"
        f" {done.key_id}; kiosks take it by themselves."
    )
    if done.dropped:
        were = agreeing(done.dropped, "was", "were")
        click.echo(
            f"{counted(done.dropped, 'cards')} that {were} erased or undone left the list. Figures keep"
            f" {agreeing(done.dropped, 'it', 'them')}."
        )
    if done.barred:
        click.echo(
            f"{done.barred} of them had been stopped before they were erased. Nobody can list them under the"
            " new key: to a kiosk they are now cards like any that it does not know."
        )
