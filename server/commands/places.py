"""Areas and venues."""

from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

import click

from agent.zones import zone_named
from server.commands.common import day_given, name_given, plain_errors, store, with_fleet
from server.commands.counted import counted
from server.commands.files import headings_given, taking, tell, tell_imports, undo_places, values_given
from server.config import ConfigError, load
from server.domain.headings import Given
from server.domain.history import source_of
from server.domain.register import Category
from server.domain.words_in_files import VENUE_COLUMNS

if TYPE_CHECKING:
    from server.domain.trials import TrialSet

NO_TRIAL: Final = "none"


@click.group()
def areas() -> None:
    """Municipalities that run the scheme together."""


@areas.command("set")
@with_fleet
@click.argument("name")
@click.option("--trial-ends", required=True, metavar="DAY|none", help="The last day of the area's trial.")
@click.option(
    "--dry-run", is_flag=True, help="Say how many cards would get another last day, and write nothing."
)
def set_area(*, fleet: Path, database_url: str | None, name: str, trial_ends: str, dry_run: bool) -> None:
    """Say until when the area NAME tries the scheme out.

    A card is valid until its twelve months or the trial end, whichever is first, unless its last day was
    given for it. Cards in the register whose last day is by this rule get the new one, those that are over as
    well where it is later.
    """
    with plain_errors():
        from server.adapters.clock import utc_now  # noqa: PLC0415  (`--help` costs no database)
        from server.adapters.trials import Trials  # noqa: PLC0415  (likewise)

        day = None if trial_ends == NO_TRIAL else day_given("--trial-ends", trial_ends)
        settings = load(fleet)
        name_given(name, settings.pattern)
        with store(fleet, database_url) as database:
            trials = Trials(database, settings.zone, utc_now)
            done = trials.preview(name, day) if dry_run else trials.set(name, day, "cli")
    what = "no trial" if day is None else f"a trial until {day}"
    click.echo(
        f"{'New area ' if done.is_new else ''}{done.area}: {what}.{_moved_words(done, dry_run=dry_run)}"
    )
    if dry_run:
        click.echo("Nothing was written.")


def _moved_words(done: "TrialSet", *, dry_run: bool) -> str:
    """Sentences, each with its blank before it."""
    would = "would get" if dry_run else "got"
    told = [
        (done.later, f"{counted(done.later, 'cards')} {would} a later last day."),
        (done.earlier, f"{counted(done.earlier, 'cards')} {would} an earlier last day."),
        (done.own_day, f"{done.own_day} keep the last day that was given for them."),
        (done.begin_after, f"{done.begin_after} were issued or renewed after that end and keep theirs."),
    ]
    return "".join(f" {words}" for count, words in told if count)


@areas.command("list")
@with_fleet
def list_areas(fleet: Path, database_url: str | None) -> None:
    """Each area, and the end of its trial."""
    with plain_errors():
        from server.adapters.clock import utc_now  # noqa: PLC0415  (`--help` costs no database)
        from server.adapters.places import Places  # noqa: PLC0415  (likewise)

        with store(fleet, database_url) as database:
            found = Places(database, utc_now).list_areas()
    for name, trial_ends in found:
        click.echo(f"{name}{f'  trial until {trial_ends}' if trial_ends else ''}")
    if not found:
        click.echo("No areas yet: they come with venues, distributors and cards.")


@click.group()
def venues() -> None:
    """The places where kiosks stand."""


@venues.command("add")
@with_fleet
@click.option("--name", required=True, help="As people call it.")
@click.option("--area", required=True, help="The municipalities that run the scheme together.")
@click.option("--category", required=True, type=click.Choice(get_args(Category)))
@click.option("--zone", help="Time zone. Left out: the fleet's.")
def add_venue(
    *, fleet: Path, database_url: str | None, name: str, area: str, category: Category, zone: str | None
) -> None:
    """Add a venue; its id is made of its name."""
    with plain_errors():
        from server.adapters.clock import utc_now  # noqa: PLC0415  (`--help` costs no database)
        from server.adapters.places import Places  # noqa: PLC0415  (likewise)

        settings = load(fleet)
        time_zone = _zone(zone or settings.config.zone)
        for text in (name, area):
            name_given(text, settings.pattern)
        with store(fleet, database_url) as database:
            venue = Places(database, utc_now).add_venue(name, area, category, time_zone)
    click.echo(venue.id)


@venues.command("list")
@with_fleet
def list_venues(fleet: Path, database_url: str | None) -> None:
    """Id, name, area, category and time zone of each venue."""
    with plain_errors():
        from server.adapters.clock import utc_now  # noqa: PLC0415  (`--help` costs no database)
        from server.adapters.places import Places  # noqa: PLC0415  (likewise)

        with store(fleet, database_url) as database:
            found = Places(database, utc_now).list_venues()
    for venue in found:
        click.echo(f"{venue.id}  {venue.name}  {venue.area}  {venue.category}  {venue.time_zone}")
    if not found:
        click.echo("No venues yet. Add one with: kaiku-server venues add, or venues import")


@venues.command("import")
@with_fleet
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option("--column", "columns", multiple=True, metavar="COLUMN=HEADING", help="A heading of this file.")
@click.option("--area", help="Of rows that name none.")
@click.option("--category", help="Of rows that name none: culture, education, science or sport.")
def import_venues(
    *,
    fleet: Path,
    database_url: str | None,
    file: Path,
    dry_run: bool,
    columns: tuple[str, ...],
    area: str | None,
    category: str | None,
) -> None:
    """Take the venues of FILE (CSV or XLSX): all of them, or none. A venue is known by its name.

    Columns: name, area, category and if need be time_zone; or kohde, alue, kategoria, aikavyöhyke, with
    kulttuuri, koulutus, tiede and liikunta as categories.
    """
    with plain_errors():
        from server.adapters.clock import utc_now  # noqa: PLC0415  (`--help` costs no database)
        from server.adapters.place_import import PlaceImports  # noqa: PLC0415  (likewise)
        from server.adapters.sheets import digest_of  # noqa: PLC0415  (likewise)

        given = Given(headings_given(columns, VENUE_COLUMNS), values_given(area=area, category=category))
        settings = load(fleet)
        zone = settings.config.zone
        with store(fleet, database_url) as database, taking(file, settings.pattern):
            source = None if dry_run else source_of(file.name, digest_of(file), "cli", settings.pattern)
            outcome = PlaceImports(database, settings.pattern, utc_now).venues(file, given, zone, source)
    tell(outcome, "venues of these areas", "venues", dry_run=dry_run)


@venues.command("undo")
@with_fleet
@click.argument("number", metavar="ID", type=int)
def undo_import(fleet: Path, database_url: str | None, number: int) -> None:
    """Bring every venue of the import ID back to what it was before."""
    undo_places(fleet, database_url, "venues", number)


@venues.command("imports")
@with_fleet
def list_venue_imports(fleet: Path, database_url: str | None) -> None:
    """The imports of venues so far, the newest first."""
    tell_imports(fleet, database_url, "venues")


def _zone(name: str) -> str:
    try:
        return zone_named(name).key
    except ValueError:
        raise ConfigError("--zone is no time zone such as Europe/Helsinki.") from None
