"""The demo's whole life: set up, start broker, server, kiosks and door, say where they are, end them all."""

import asyncio
import contextlib
import shutil
import signal
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx
import msgspec

from provisioning.demo import loopback_broker
from provisioning.demo.house import KIOSKS, DoorNote, Layout, Ports, Spot
from provisioning.demo.part import Parts
from provisioning.demo.ports import LOOPBACK, WantedPorts, choose
from provisioning.demo.programs import Programs
from provisioning.demo.setup import DemoError, deal_cards, kiosk_id, only_demo_in, set_up, settle
from provisioning.files import PRIVATE, write

SEED: Final = 2026
SBIN: Final = "/usr/local/sbin:/usr/sbin:/sbin"
ASK_S: Final = 2.0
MOSQUITTO_NOTICE: Final = (
    "Välittäjänä Mosquitto: varmenteet ja käyttöoikeudet ovat päällä."
    " / The broker is Mosquitto: certificates and access rules are on, as in a real fleet."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the person asked for."""

    home: Path
    ports: WantedPorts
    visitors: bool
    loopback_broker: bool


async def run(wish: Wish, now: datetime, say: Callable[[str], None]) -> None:
    """Run until SIGINT, SIGTERM or SIGHUP. Raises sentences (``ToldError``)."""
    with only_demo_in(wish.home) as layout:
        mosquitto = None if wish.loopback_broker else find_mosquitto()
        if mosquitto is None:
            if not loopback_broker.installed():
                raise DemoError(
                    "There is no broker. Install one: apt install mosquitto, or pip install iotcore"
                )
            say(loopback_broker.LEFT_OUT if wish.loopback_broker else loopback_broker.NOTICE)
        else:
            say(MOSQUITTO_NOTICE)
        ports = choose(wish.ports, layout)
        say("Esittely käynnistyy … / Starting the demo …")
        await _until_signalled(_live(layout, ports, mosquitto, wish, now, say))
        say("Esittely päättyi. / The demo has ended.")


def find_mosquitto() -> str | None:
    """Debian keeps it in a folder that is on root's PATH only."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path=SBIN)


async def _until_signalled(life: Coroutine[None, None, None]) -> None:
    living = asyncio.ensure_future(life)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, living.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await living


async def _live(
    layout: Layout, ports: Ports, mosquitto: str | None, wish: Wish, now: datetime, say: Callable[[str], None]
) -> None:
    await asyncio.to_thread(_prepare, layout, ports, now, insecure=mosquitto is None)
    parts = Parts()
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=ASK_S) as web:
            programs = Programs(layout, ports, mosquitto, web)
            await parts.start(programs.broker())
            await programs.import_cards()
            await parts.start(programs.server())
            await parts.start(*programs.kiosks())
            await parts.start(programs.door(visitors=wish.visitors))
        say(addresses(ports))
        await parts.watch()
    finally:
        await parts.end()


def _prepare(layout: Layout, ports: Ports, now: datetime, *, insecure: bool) -> None:
    layout.logs.mkdir(exist_ok=True)
    for log in layout.logs.glob("*.log"):
        log.unlink()
    set_up(layout, now)
    settle(layout, ports, now, insecure=insecure)
    deal_cards(layout, SEED, now.astimezone().date())
    write(layout.note, msgspec.json.encode(_door_note(layout, ports)), PRIVATE)


def _door_note(layout: Layout, ports: Ports) -> DoorNote:
    return DoorNote(
        port=ports.door,
        seed=SEED,
        spots=tuple(
            Spot(
                kiosk=kiosk_id(layout, kiosk),
                name=kiosk.name,
                venue=kiosk.venue,
                camera=str(layout.kiosk(kiosk) / "data" / "camera.sock"),
                screen=_address(port),
                pause_s=kiosk.pause_s,
            )
            for kiosk, port in zip(KIOSKS, ports.screens, strict=True)
        ),
    )


def addresses(ports: Ports) -> str:
    return f"""
  {_address(ports.web):<26} Kohteet ja käynnit   The fleet: kiosks and today's visits
  {_address(ports.screens[0]):<26} Kioskin näyttö       The screen of one kiosk
  {_address(ports.door):<26} Näytä kortti         Hold a card to the camera

Lopeta: Ctrl-C. / End it with Ctrl-C."""


def _address(port: int) -> str:
    return f"http://{LOOPBACK}:{port}/"
