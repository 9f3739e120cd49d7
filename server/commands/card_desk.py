"""One card at a time. Its code is never an argument: other users see those, and shells remember them."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from server.commands.common import day_given, plain_errors, store, with_fleet
from server.commands.counted import counted
from server.config import load
from server.domain.desk import CardView

if TYPE_CHECKING:
    from server.adapters.card_desk import StoredDesk

ASKED: str = "The code is asked for without showing it, or read from standard input."


def add_desk(cards: click.Group) -> None:
    for command in (show, block, unblock, withdraw, reinstate, renew, replace, erase):
        cards.add_command(command)


@click.command(epilog=ASKED)
@with_fleet
def show(fleet: Path, database_url: str | None) -> None:
    """Say what the register knows of a card, and what was done to it."""
    with _desk(fleet, database_url) as desk:
        view = desk.find(code_asked("Code"))
    click.echo("\n".join(_lines(view)))


@click.command(epilog=ASKED)
@with_fleet
def block(fleet: Path, database_url: str | None) -> None:
    """Block a card: kiosks send who shows it to the staff."""
    _done(fleet, database_url, lambda desk: desk.block(code_asked("Code"), "cli"))


@click.command(epilog=ASKED)
@with_fleet
def unblock(fleet: Path, database_url: str | None) -> None:
    """Let a blocked card in again."""
    _done(fleet, database_url, lambda desk: desk.unblock(code_asked("Code"), "cli"))


@click.command(epilog=ASKED)
@with_fleet
def withdraw(fleet: Path, database_url: str | None) -> None:
    """Take a card out of use; `reinstate` brings it back."""
    _done(fleet, database_url, lambda desk: desk.withdraw(code_asked("Code"), "cli"))


@click.command(epilog=ASKED)
@with_fleet
def reinstate(fleet: Path, database_url: str | None) -> None:
    """Bring a withdrawn card back: it is what it was before, active or blocked."""
    _done(fleet, database_url, lambda desk: desk.reinstate(code_asked("Code"), "cli"))


@click.command(epilog=ASKED)
@with_fleet
@click.option("--until", metavar="DAY", help="Last valid day. Left out: twelve months, today counted.")
def renew(fleet: Path, database_url: str | None, until: str | None) -> None:
    """Make a card valid for longer."""
    with plain_errors():
        last = day_given("--until", until) if until else None
    _done(fleet, database_url, lambda desk: desk.renew(code_asked("Code"), last, "cli"))


@click.command(
    epilog="Both codes are asked for without showing them, or read from standard input, a line each."
)
@with_fleet
def replace(fleet: Path, database_url: str | None) -> None:
    """Put a new card in the place of a lost one, with all that it had; the lost one is blocked."""

    def replaced(desk: "StoredDesk") -> CardView:
        old = code_asked("Code of the lost card")
        return desk.replace(old, code_asked("Code of the new card"), "cli")

    _done(fleet, database_url, replaced)


@click.command(epilog=ASKED)
@with_fleet
@click.option("--yes", is_flag=True, help="Do not ask once more.")
def erase(fleet: Path, database_url: str | None, *, yes: bool) -> None:
    """Forget a card on its holder's request, with all cards of the same person, for good.

    Visits stay in the figures, under a pseudonym. Backups from before still have the code.
    """
    with _desk(fleet, database_url) as desk:
        code = code_asked("Code")
        if not yes:
            click.confirm("Erase this card, its history and its code from all visits?", abort=True)
        erased = desk.erase(code, "cli")
    cards, letters = counted(erased.cards, "cards of the person"), counted(erased.letters, "dead letters")
    click.echo(
        f"Erased: {cards}, the code of {counted(erased.visits, 'visits')} and {letters}. The figures are as"
        " before. After a restore of an older backup it must be erased again."
    )


def code_asked(what: str) -> str:
    if sys.stdin.isatty():
        asked: str = click.prompt(what, hide_input=True)
        return asked
    return sys.stdin.readline().strip()


@contextmanager
def _desk(fleet: Path, database_url: str | None) -> Iterator["StoredDesk"]:
    with plain_errors():
        from agent.wire.sealing import opener  # noqa: PLC0415  (likewise)
        from server.adapters.card_desk import StoredDesk  # noqa: PLC0415  (`--help` costs no database)
        from server.adapters.clock import utc_now  # noqa: PLC0415  (likewise)

        settings = load(fleet)
        with store(fleet, database_url) as database:
            yield StoredDesk(
                database,
                settings.list_key(),
                settings.pattern,
                settings.zone,
                utc_now,
                unseal=opener(settings.sealing_key()),
            )


def _done(fleet: Path, database_url: str | None, act: Callable[["StoredDesk"], CardView]) -> None:
    with _desk(fleet, database_url) as desk:
        view = act(desk)
    click.echo(_summary(view))


def _summary(view: CardView) -> str:
    card = view.card
    most = "" if card.max_children is None else f", at most {card.max_children} children"
    took = f"; card {view.holder_cards} of this person" if view.holder_cards > 1 else ""
    return (
        f"{view.masked_code}: {card.status}, {card.kind}, {card.issued_on} to {card.valid_until}{most},"
        f" {card.distributor} ({card.area}){took}"
    )


def _lines(view: CardView) -> Iterator[str]:
    yield _summary(view)
    for entry in view.history:
        when = f"{entry.at:%Y-%m-%dT%H:%M:%SZ}" if entry.at else "earlier"
        number = f" {entry.import_id}" if entry.import_id else ""
        changes = ", ".join(
            f"{name} {before or '-'} → {after or '-'}" for name, before, after in entry.columns
        )
        yield f"  {when}  {entry.way or '-'}  {entry.masked_code}  {entry.what}{number}  {changes}".rstrip()
