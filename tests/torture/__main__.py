"""``make torture``: the long forms, with a table at the end."""

import tempfile
from pathlib import Path

import click

from tests.torture.cuts import power_cuts


@click.command()
@click.option("--cuts", default=1000, show_default=True, help="Power cuts of a whole kiosk.")
@click.option("--seed", default=1, show_default=True, help="Of all that is random.")
@click.option("--blind", is_flag=True, help="Let no fsync do anything: then this must fail.")
def main(cuts: int, seed: int, *, blind: bool) -> None:
    """Cut the power of a kiosk while cards are shown; exit code 1 where a visit is lost or counted twice."""
    with tempfile.TemporaryDirectory() as folder, click.progressbar(length=cuts, label="Power cuts") as bar:
        outcome = power_cuts(Path(folder), cuts, seed, lambda done: bar.update(done - bar.pos), blind=blind)
    click.echo(f"\n| power cuts | {outcome.cuts} |")
    click.echo(f"| cards that showed green | {len(outcome.green)} |")
    click.echo(f"| of these lost | {len(outcome.lost)} |")
    click.echo(f"| counted twice | {len(outcome.twice)} |")
    click.echo(f"| counted without a green light | {len(outcome.never_green)} |")
    if outcome.lost or outcome.twice or outcome.never_green:
        raise click.ClickException("A promise was broken. Run again with the same --seed.")


if __name__ == "__main__":
    main()
