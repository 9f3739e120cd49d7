"""What every command shares: which fleet, its store, and errors as one sentence."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from agent.told import ToldError
from agent.wire.told_code import holds_code
from server.config import ConfigError, load
from server.domain.days import can_be_said, day_of

if TYPE_CHECKING:
    from server.adapters.database import Database

C = TypeVar("C", bound=Callable[..., object])


def with_fleet(command: C) -> C:
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


def day_given(option: str, text: str) -> date:
    """A day from the command line. Raises :class:`ConfigError`."""
    day = day_of(text)
    if day is None or not can_be_said(day):
        raise ConfigError(f"{option} is no day such as 2026-11-24 or 24.11.2026.")
    return day


def name_given(text: str, pattern: re.Pattern[str]) -> str:
    """A name for the pages. Raises :class:`ConfigError` where it holds a card's code."""
    if holds_code(text, pattern):
        raise ConfigError("A name must not hold a card's code: names are shown. Give another one.")
    return text


@contextmanager
def store(fleet: Path, database_url: str | None) -> Iterator["Database"]:
    from server.adapters.migrate import open_database  # noqa: PLC0415  (`--help` costs no database)

    with open_database(load(fleet).database_url(database_url)) as database:
        yield database


@contextmanager
def plain_errors() -> Iterator[None]:
    """What the world or the person did wrong ends as one sentence; our own faults keep their trace."""
    try:
        yield
    except ToldError as error:
        raise click.ClickException(str(error)) from None
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"{error.name} is missing. Install the server's parts: pip install 'kaiku-kiosk[server]'"
        ) from None
