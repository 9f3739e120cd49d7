"""``kaiku-provision``: the fleet's authority, a kiosk's folder, the broker's folder, and the demo."""

from pathlib import Path

import click

from agent.config import ConfigError
from agent.config import load as load_kiosk
from provisioning import broker as brokers
from provisioning import fleet as fleets
from provisioning import kiosk as kiosks
from provisioning.adapters.clock import now
from provisioning.adapters.store import open_places
from provisioning.files import FolderTakenError, refuse_taken
from provisioning.fleet import Fleet, FleetError
from provisioning.kiosk import NewKiosk, VenueUnknownError
from provisioning.revoke import KioskUnknownError, revoke
from server.adapters.database import DatabaseError
from server.adapters.places import PlaceError

fleet_option = click.option(
    "--fleet",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("fleet"),
    envvar="KAIKU_FLEET",
    show_default=True,
    help="The fleet's folder: its authority, its keys, its database.",
)
out_option = click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="The folder to make."
)
database_option = click.option(
    "--database-url",
    envvar="DATABASE_URL",
    help="The server's database; fleet.db in the fleet's folder if left out.",
)
LOOPBACK = frozenset({"localhost", "127.0.0.1"})


@click.group()
@click.version_option(package_name="kaiku-kiosk", message="%(version)s")
def main() -> None:
    """From nothing to a working kiosk."""


@main.command()
@fleet_option
@out_option
@click.option("--venue", required=True, help="Where the kiosk stands: the venue's id or its name.")
@click.option("--name", help="What the kiosk is called on the fleet's page; the venue's name if left out.")
@database_option
def add(folder: Path, out: Path, venue: str, name: str | None, database_url: str | None) -> None:
    """Make the folder of one kiosk: identity, keys, configuration."""
    try:
        refuse_taken(out)
        fleet = open_fleet(folder, host=None, port=None)
        with open_places(folder, database_url) as register:
            kiosk = kiosks.add(fleet, register, NewKiosk(venue=venue, name=name, out=out), now())
        load_kiosk(out / "kiosk.toml")
    except (FolderTakenError, FleetError, VenueUnknownError, ConfigError, PlaceError, DatabaseError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(
            f"{out} cannot be written: {error.strerror}. Name another folder."
        ) from error
    click.echo(f"{out}: kiosk {kiosk}. Start it with: kaiku-agent run --config {out / 'kiosk.toml'}")
    if fleet.settings.broker.host in ("localhost", "127.0.0.1"):
        click.echo(
            "It looks for the broker on its own machine. For another: kaiku-provision broker --host NAME"
        )


@main.command()
@fleet_option
@out_option
@click.option(
    "--host", "hosts", multiple=True, help="A name or address kiosks know the broker by; repeat it."
)
@click.option("--port", type=click.IntRange(1, 65535), help="Where it listens; 8883 for a new fleet.")
def broker(folder: Path, out: Path, hosts: tuple[str, ...], port: int | None) -> None:
    """Make or renew the broker's folder: Mosquitto's configuration, access file, identity."""
    try:
        fleet = open_fleet(folder, host=hosts[0] if hosts else None, port=port)
        names = hosts or (fleet.settings.broker.host,)
        address = "127.0.0.1" if set(names) <= LOOPBACK else None
        listener = brokers.Listener(hosts=sorted({*names, *LOOPBACK}), address=address)
        brokers.lay_out(fleet, out, listener, now())
    except (FleetError, brokers.BrokerError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{out}: broker {names[0]}:{fleet.settings.broker.port}.")
    click.echo(f"Start it with: mosquitto -c {out.resolve() / 'mosquitto.conf'}")


@main.command(name="revoke")
@fleet_option
@click.argument("kiosk")
def revoke_command(folder: Path, kiosk: str) -> None:
    """Take a kiosk's identity away, as when the device is lost."""
    try:
        revoke(fleets.load(folder), kiosk, now())
    except (FleetError, KioskUnknownError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"{kiosk} is revoked. Now renew the broker's folder (kaiku-provision broker) and restart the broker."
    )


def open_fleet(folder: Path, *, host: str | None, port: int | None) -> Fleet:
    """The fleet in ``folder``, made on first use, at the given address. Raises :class:`FleetError`."""
    if not fleets.exists(folder):
        click.echo(f"{folder}: a new fleet, with its own authority and keys. Keep this folder safe.")
        return fleets.found(folder, fleets.new_settings(host or "localhost", port or 8883), now())
    fleet = fleets.load(folder)
    settings = fleet.settings
    return fleets.settle(
        fleet,
        host=host or settings.broker.host,
        port=port or settings.broker.port,
        web_port=settings.web.port,
    )


if __name__ == "__main__":
    main()
