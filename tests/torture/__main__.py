"""``make torture``: the long forms, each with a table at the end; exit code 1 where a promise is broken."""

import logging
import tempfile
from collections.abc import Iterable
from pathlib import Path

import click

from tests.provisioning.mosquitto import MOSQUITTO
from tests.torture.cuts import power_cuts
from tests.torture.exchange import exchange_faults
from tests.virtual.days import VISITORS_A_DAY, broken_promises, some_days
from tests.virtual.model import play_doors

AGAIN = "A promise was broken. Run again with the same --seed."


@click.group()
def main() -> None:
    """Long tests by force: what was promised to visitors holds, whatever befalls kiosk, line and server."""
    if MOSQUITTO is None:
        raise click.ClickException(
            "There is no Mosquitto on this machine. Install it: apt-get install mosquitto"
        )


@main.command()
@click.option("--cuts", default=1000, show_default=True, help="Power cuts of a whole kiosk.")
@click.option("--seed", default=1, show_default=True, help="Of all that is random.")
@click.option("--blind", is_flag=True, help="Let no fsync do anything: then this must fail.")
def cuts(cuts: int, seed: int, *, blind: bool) -> None:
    """Cut the power of a kiosk while cards are shown; no visit is lost or counted twice."""
    with tempfile.TemporaryDirectory() as folder, click.progressbar(length=cuts, label="Power cuts") as bar:
        outcome = power_cuts(Path(folder), cuts, seed, lambda done: bar.update(done - bar.pos), blind=blind)
    _table(
        (
            ("power cuts", outcome.cuts),
            ("cards that showed green", len(outcome.green)),
            ("of these lost", len(outcome.lost)),
            ("counted twice", len(outcome.twice)),
            ("counted without a green light", len(outcome.never_green)),
        )
    )
    if outcome.lost or outcome.twice or outcome.never_green:
        raise click.ClickException(AGAIN)


@main.command()
@click.option("--seeds", default=200, show_default=True, help="Kiosks, each on a bad line of its own.")
@click.option("--seed", default=1, show_default=True, help="The first of them.")
@click.option(
    "--blind", is_flag=True, help="Let kiosks take what was sent for received: then this must fail."
)
def exchange(seeds: int, seed: int, *, blind: bool) -> None:
    """Cut the line between kiosks and server at every point, and kill both broker and server."""
    logging.getLogger().addHandler(logging.NullHandler())  # the agent tells each of the thousand faults
    with tempfile.TemporaryDirectory() as folder, click.progressbar(length=seeds, label="Seeds") as bar:
        outcome = exchange_faults(
            Path(folder), range(seed, seed + seeds), lambda done: bar.update(done - bar.pos), blind=blind
        )
    _table(
        (
            ("seeds", outcome.seeds),
            ("starts of a kiosk", outcome.starts),
            *((f"kills of the {name}", count) for name, count in sorted(outcome.kills.items())),
            *sorted(outcome.seen.items()),
            ("records", outcome.records),
            ("of these without a receipt when the faults stopped", outcome.late),
            ("longest time from then to the last receipt, s", f"{outcome.longest_s:.1f}"),
            ("visits", outcome.visits),
            ("records and visits lost", outcome.lost),
            ("records and visits there twice", outcome.twice),
        )
    )
    for sentence in outcome.broken:
        click.echo(sentence, err=True)
    if outcome.broken:
        raise click.ClickException(AGAIN)


@main.command()
@click.option("--doors", default=2000, show_default=True, help="Doors, each with a story of 25 steps.")
@click.option("--seed", default=1, show_default=True, help="Of all that is drawn.")
@click.option("--shrink", is_flag=True, help="Look for the shortest story that breaks a promise.")
@click.option("--blind", is_flag=True, help="Let kiosks forget who may still stand there: this must fail.")
def model(doors: int, seed: int, *, shrink: bool, blind: bool) -> None:
    """Play random stories at a door against a list of who saw a green light."""
    logging.getLogger().addHandler(logging.NullHandler())
    click.echo(f"{doors} doors, about {doors // 180 + 1} minutes ...", err=True)
    try:
        played = play_doors(doors, seed, shrink=shrink, blind=blind)
    except AssertionError as error:
        click.echo("\n".join((str(error), *error.__notes__)), err=True)
        raise click.ClickException(AGAIN) from None
    _table((*sorted(played.items()), ("visitors lost", 0), ("counted twice", 0)))


@main.command()
@click.option("--seeds", default=100, show_default=True, help="Venues, each with two days of its own.")
@click.option("--seed", default=1, show_default=True, help="The first of them.")
def days(seeds: int, seed: int) -> None:
    """Play two days of a venue, the second of 25 hours, with thirty faults at an hour drawn from the seed."""
    logging.getLogger().addHandler(logging.NullHandler())
    visits, faults, broken = 0, 0, list[str]()
    with click.progressbar(range(seed, seed + seeds), label="Venues") as bar:
        for one in bar:
            with tempfile.TemporaryDirectory() as folder:
                outcome = some_days(Path(folder), one, VISITORS_A_DAY)
            visits += len(outcome.visits)
            faults += sum(what.endswith(" is over") for _, what in outcome.trace)
            broken += [f"seed {one}: {sentence}" for sentence in broken_promises(outcome)]
    _table((("venues", seeds), ("faults", faults), ("visits", visits), ("promises broken", len(broken))))
    for sentence in broken:
        click.echo(sentence, err=True)
    if broken:
        raise click.ClickException(AGAIN)


def _table(rows: Iterable[tuple[str, object]]) -> None:
    click.echo()
    for name, value in rows:
        click.echo(f"| {name} | {value} |")


if __name__ == "__main__":
    main()
