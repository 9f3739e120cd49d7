"""Where a kiosk's memory card was copied or put back: which cards there are, and which is gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from server.commands.common import plain_errors, store, with_fleet

if TYPE_CHECKING:
    from server.adapters.memory_cards import StoredMemoryCards

SHORT: int = 8
"""Characters of an epoch that tell it from others."""


def add_memory_cards(kiosks: click.Group) -> None:
    for command in (memory_cards, end_card):
        kiosks.add_command(command)


@click.command("memory-cards")
@with_fleet
def memory_cards(fleet: Path, database_url: str | None) -> None:
    """The memory cards of each kiosk whose card was copied or put back, the one that wrote last first."""
    with _cards(fleet, database_url) as cards:
        copied = cards.copied()
    for kiosk in copied:
        click.echo(f"{kiosk.kiosk}  {kiosk.venue_name or '-'}  {kiosk.name}")
        for card in kiosk.cards:
            wrote = f"{card.last_at:%Y-%m-%dT%H:%M:%SZ}" if card.last_at else "unknown"
            state = "gone" if card.gone else "in use"
            click.echo(f"  {card.epoch[:SHORT]}  {state:<6}  last record {card.last_seq}, {wrote}")
    if copied:
        click.echo("One that is gone for good: kaiku-server kiosks end-card KIOSK CARD")
    else:
        click.echo("No kiosk's memory card was copied or put back.")


@click.command("end-card")
@with_fleet
@click.argument("kiosk")
@click.argument("card")
@click.option("--take-back", is_flag=True, help="It is not gone after all.")
def end_card(fleet: Path, database_url: str | None, kiosk: str, card: str, *, take_back: bool) -> None:
    """Say that the memory CARD (as memory-cards lists it) of KIOSK is gone.

    Its days then end at its last known record. If it writes once more, the word is void.
    """
    with _cards(fleet, database_url) as cards:
        if take_back:
            cards.take_back(kiosk, card)
        else:
            cards.end(kiosk, card, "cli")
    click.echo(f"{kiosk} {card}: {'in use' if take_back else 'gone'}.")


@contextmanager
def _cards(fleet: Path, database_url: str | None) -> Iterator["StoredMemoryCards"]:
    with plain_errors():
        from server.adapters.clock import utc_now  # noqa: PLC0415  (`--help` costs no database)
        from server.adapters.memory_cards import StoredMemoryCards  # noqa: PLC0415  (likewise)

        with store(fleet, database_url) as database:
            yield StoredMemoryCards(database, utc_now)
