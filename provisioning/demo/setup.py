"""Sets the demo up with the same functions as a real fleet: once, whole or again from the start."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Final

from agent.config import load as load_kiosk
from agent.told import ToldError
from provisioning import broker as brokers
from provisioning import fleet as fleets
from provisioning import kiosk as kiosks
from provisioning.adapters.store import open_places
from provisioning.demo import loopback_broker
from provisioning.demo.cards import card_list, made_up_cards
from provisioning.demo.house import AREA, KIOSKS, DemoKiosk, Layout, Ports
from provisioning.demo.ports import LOOPBACK
from provisioning.files import PRIVATE, write
from provisioning.fleet import FleetText, fleet_toml
from provisioning.kiosk import NewKiosk
from provisioning.kiosk_toml import KioskText, kiosk_toml
from server.adapters.places import Places
from server.config import Fleet, load

LOCK: Final = "demo.lock"
DONE: Final = "set-up-done"
_MADE: Final = ("fleet", "kiosks", "broker")


class DemoError(ToldError):
    """The demo cannot run here; the text says what to do."""


@contextmanager
def only_demo_in(home: Path) -> Iterator[Layout]:
    """Take the folder for this demo alone. Raises :class:`DemoError`."""
    try:
        if home.exists() and not (home / LOCK).exists() and any(home.iterdir()):
            raise DemoError(
                f"{home} holds something else than a demo. Name another folder in KAIKU_DEMO_DIR."
            )
        home.mkdir(parents=True, exist_ok=True)
        with (home / LOCK).open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DemoError(
                    f"A demo runs in {home} already. End it, or name another folder in KAIKU_DEMO_DIR."
                ) from None
            yield Layout(home=home.resolve())
    except OSError as error:
        raise DemoError(
            f"{home} cannot be used ({error.strerror}). Name another in KAIKU_DEMO_DIR."
        ) from None


def set_up(layout: Layout, now: datetime) -> None:
    """Make fleet, venues and kiosks unless they are there.

    A set-up that was cut short is made anew: without the mark no kiosk has ever run, so nothing is lost.
    """
    if (layout.home / DONE).exists():
        return
    for name in _MADE:
        shutil.rmtree(layout.home / name, ignore_errors=True)
    fleet = fleets.found(layout.fleet, fleets.new_fleet(LOOPBACK, 8883), now)
    with open_places(fleet, None) as places:
        for kiosk in KIOSKS:
            places.add_venue(kiosk.venue, AREA, kiosk.category, fleet.config.zone)
        _add_kiosks(fleet, places, layout, now)
    write(layout.home / DONE, "")


def _add_kiosks(fleet: Fleet, places: Places, layout: Layout, now: datetime) -> None:
    for kiosk in KIOSKS:
        new = NewKiosk(venue=kiosk.venue, name=kiosk.name, out=layout.kiosk(kiosk))
        kiosks.add(fleet, places, new, now)


def settle(layout: Layout, ports: Ports, now: datetime, *, insecure: bool) -> None:
    """Tell every part where the others are in this start."""
    account = load(layout.fleet).config.broker.account
    text = FleetText(host=LOOPBACK, port=ports.broker, account=account, web_port=ports.web, insecure=insecure)
    write(layout.fleet / fleets.FLEET_FILE, fleet_toml(text))
    fleet = load(layout.fleet)
    if insecure:
        layout.broker.mkdir(exist_ok=True)
        write(layout.broker / "iotcore.toml", loopback_broker.configuration(ports.broker))
    else:
        listener = brokers.Listener(hosts=["localhost", LOOPBACK], address=LOOPBACK, user="root")
        brokers.lay_out(fleet, layout.broker, listener, now)
    for kiosk, port in zip(KIOSKS, ports.screens, strict=True):
        _settle_kiosk(layout.kiosk(kiosk), fleet, port, insecure=insecure)


def _settle_kiosk(folder: Path, fleet: Fleet, screen_port: int, *, insecure: bool) -> None:
    path = folder / "kiosk.toml"
    before = load_kiosk(path)
    text = KioskText(
        kiosk=before.kiosk,
        venue=before.venue,
        zone=before.zone,
        host=fleet.config.broker.host,
        port=fleet.config.broker.port,
        pattern=before.cards.pattern,
        simulated=True,
        insecure=insecure,
        screen_port=screen_port,
    )
    write(path, kiosk_toml(text))


def deal_cards(layout: Layout, seed: int, today: date) -> None:
    """The list for this start: the same codes as ever, with days around today."""
    write(layout.cards, card_list(made_up_cards(seed, today)), PRIVATE)


def kiosk_id(layout: Layout, kiosk: DemoKiosk) -> str:
    return load_kiosk(layout.kiosk(kiosk) / "kiosk.toml").kiosk
