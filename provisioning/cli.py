"""``kaiku-provision``: the fleet's authority, a kiosk's folder, the broker's folder, and the demo."""

# Libraries are imported by the command that needs them: what is missing is said, and Ctrl-C finds a command.
# ruff: noqa: PLC0415

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from agent.told import ToldError

if TYPE_CHECKING:
    from server.config import Fleet

BROKER_PORT: Final = 8883
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1"})

Port = click.IntRange(1, 65535)
Folder = click.Path(file_okay=False, path_type=Path)
_fleet = click.option(
    "--fleet",
    "folder",
    type=Folder,
    default=Path("fleet"),
    envvar="KAIKU_FLEET",
    show_default=True,
    show_envvar=True,
    help="The fleet's folder: its authority, its keys, its database.",
)
_out = click.option("--out", type=Folder, required=True, help="The folder to make.")
_database = click.option(
    "--database-url",
    envvar="DATABASE_URL",
    show_envvar=True,
    help="The server's database. Left out: fleet.db in the fleet's folder.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="kaiku-kiosk", message="%(version)s")
def main() -> None:
    """From nothing to a working kiosk."""


@main.command()
@_fleet
@_database
@_out
@click.option("--venue", required=True, help="Where the kiosk stands: the venue's id or its name.")
@click.option("--name", help="What the kiosk is called on the fleet's page. Left out: the venue's name.")
def add(folder: Path, database_url: str | None, out: Path, venue: str, name: str | None) -> None:
    """Make the folder of one kiosk: identity, keys, configuration."""
    with _plain_errors():
        from provisioning import kiosk as kiosks
        from provisioning.adapters.clock import now
        from provisioning.adapters.store import open_places
        from provisioning.files import refuse_taken
        from server.config import load

        refuse_taken(out)
        fleet = load(folder)
        with open_places(fleet, database_url) as places:
            kiosk = kiosks.add(fleet, places, kiosks.NewKiosk(venue=venue, name=name, out=out), now())
    click.echo(f"{out}: kiosk {kiosk}. Start it with: kaiku-agent run --config {out / 'kiosk.toml'}")
    if fleet.config.broker.host in LOOPBACK:
        click.echo(
            "It looks for the broker on its own machine; kaiku-provision broker --host NAME says where."
        )


@main.command()
@_fleet
@_out
@click.option(
    "--host", "hosts", multiple=True, help="A name or address kiosks know the broker by; repeat it."
)
@click.option("--port", type=Port, help=f"Where it listens; {BROKER_PORT} in a new fleet.")
@click.option("--user", help="Whom a Mosquitto started by root becomes. Left out: its own user mosquitto.")
def broker(folder: Path, out: Path, hosts: tuple[str, ...], port: int | None, user: str | None) -> None:
    """Make or renew the broker's folder: Mosquitto's configuration, access file, identity."""
    with _plain_errors():
        from provisioning import broker as brokers
        from provisioning.adapters.clock import now

        brokers.check_hosts(hosts)
        fleet = _open_fleet(folder, host=hosts[0] if hosts else None, port=port)
        settings = fleet.config.broker
        names = {settings.host, *hosts}
        address = "127.0.0.1" if names <= LOOPBACK else None
        brokers.lay_out(
            fleet, out, brokers.Listener(hosts=sorted(names | LOOPBACK), address=address, user=user), now()
        )
        owner = user or brokers.MOSQUITTO_USER
        owned = os.geteuid() != 0 or brokers.hand_over(out, owner)
    click.echo(f"{out}: broker {settings.host}:{settings.port}")
    if not owned:
        click.echo(f"Where root starts Mosquitto it becomes {owner}: chown {owner} {out / 'broker.key'}")
    click.echo(f"Start it with: mosquitto -c {out.resolve() / 'mosquitto.conf'}")


@main.command()
@_fleet
@click.argument("kiosk")
def revoke(folder: Path, kiosk: str) -> None:
    """Take a kiosk's identity away, as when the device is lost."""
    with _plain_errors():
        from provisioning.adapters.clock import now
        from provisioning.revoke import revoke as revoke_kiosk
        from server.config import load

        revoke_kiosk(load(folder), kiosk, now())
    click.echo(f"{kiosk} is revoked: the server no longer answers it.")
    click.echo(
        "1. Renew the broker's folder: kaiku-provision broker\n"
        "2. Restart the broker: after a mere reload it still talks to who is connected\n"
        "3. The kiosk holds the card list's key. Change it: kaiku-server cards rotate-key"
    )


def _open_fleet(folder: Path, *, host: str | None, port: int | None) -> "Fleet":
    """The fleet in ``folder``, made on first use, its broker at the given address."""
    from provisioning import fleet as fleets
    from provisioning.adapters.clock import now
    from server.config import load

    if not fleets.exists(folder):
        click.echo(f"{folder}: a new fleet, with its own authority and keys. Keep this folder safe.")
        return fleets.found(folder, fleets.new_fleet(host or "localhost", port or BROKER_PORT), now())
    fleet = load(folder)
    broker = fleet.config.broker
    return fleets.settle(fleet, host=host or broker.host, port=port or broker.port)


@main.command()
@click.option(
    "--folder",
    type=Folder,
    default=Path("demo-data"),
    envvar="KAIKU_DEMO_DIR",
    show_default=True,
    show_envvar=True,
    help="Where the demo keeps all it has.",
)
@click.option("--web-port", type=Port, envvar="KAIKU_WEB_PORT", show_envvar=True, help="Of the fleet's page.")
@click.option(
    "--screen-port", type=Port, envvar="KAIKU_SCREEN_PORT", show_envvar=True, help="Of the first kiosk."
)
@click.option("--broker-port", type=Port, envvar="KAIKU_BROKER_PORT", show_envvar=True, help="Of the broker.")
@click.option("--visitors/--no-visitors", default=True, show_default=True, help="Does anybody come by?")
@click.option("--loopback-broker", is_flag=True, help="Leave Mosquitto alone, also where it is installed.")
def demo(
    folder: Path,
    web_port: int | None,
    screen_port: int | None,
    broker_port: int | None,
    visitors: bool,
    loopback_broker: bool,
) -> None:
    """A fleet on this machine, until Ctrl-C: page, kiosk screen, and a card to hold up."""
    with _plain_errors("demo"):
        from provisioning.adapters.clock import now
        from provisioning.demo.ports import WantedPorts
        from provisioning.demo.run import Wish, run

        ports = WantedPorts(web=web_port, screen=screen_port, broker=broker_port)
        wish = Wish(home=folder, ports=ports, visitors=visitors, loopback_broker=loopback_broker)
        asyncio.run(run(wish, now(), _say))


def _say(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()


@contextmanager
def _plain_errors(extra: str = "server") -> Iterator[None]:
    """What the world or the person did wrong ends as one sentence; our own faults keep their trace."""
    try:
        yield
    except ToldError as error:
        raise click.ClickException(str(error)) from None
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"{error.name} is missing. Install what this needs: pip install 'kaiku-kiosk[{extra}]'"
        ) from None
    except OSError as error:
        raise click.ClickException(
            f"{error.filename or 'A file'}: {error.strerror}. Name another folder."
        ) from None


if __name__ == "__main__":
    main()
