"""The composition root: the only place of the agent that knows both the ports and the libraries."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk_ui.screen import WebScreen
from kiosk_ui.serve import serve
from nacl.exceptions import CryptoError
from nacl.public import PublicKey

from agent.adapters import machine
from agent.adapters.camera_child_process import CHILD_COMMAND, CameraChildProcess, ChildTimes
from agent.adapters.child_messages import ChildSettings, UsePicamera, UsePictures, UseSocket
from agent.adapters.folder_lock import only_user_of
from agent.adapters.paho_link import PahoLink, TlsFiles
from agent.adapters.simulated.lights import SimulatedButtons, SimulatedLights
from agent.adapters.sqlite_cards import SqliteCards
from agent.adapters.sqlite_journal import SqliteJournal
from agent.adapters.system_clock import SystemClock
from agent.adapters.systemd import Systemd
from agent.card_follower import CardFollower
from agent.cards_known import CardsKnown
from agent.config import BrokerConfig, ConfigError, KioskConfig
from agent.connection import Connection, will
from agent.core.actions import Draft, Signal
from agent.core.judge import Policy
from agent.core.sight import SightRules
from agent.core.state import Rules, State, Unshown
from agent.loop import Kiosk
from agent.outbox import Outbox
from agent.ports.buttons import Buttons
from agent.ports.journal import Start
from agent.ports.lights import Lights
from agent.wire.card_key import ListKey
from agent.wire.messages import Info, OutboxEntry
from agent.wire.records import Scan
from agent.wire.sealing import seal
from agent.worker import Worker

CONNECTIONS_A_START: Final = 1_000_000
"""Connection numbers go up over all starts: this many for each."""
UNSHOWN_S: Final = 600.0
"""How long after a restart a scan that was not shown may still be shown (WIRE, *shown*)."""
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says beside the file; ``say`` is for the person at the terminal."""

    insecure_demo: bool
    pictures: tuple[Path, ...] = ()
    say: Callable[[str], None]


async def run(config: KioskConfig, options: Options) -> None:
    """Be a kiosk until SIGINT or SIGTERM. What it lacks to start is raised as a sentence."""
    refuse_without_tls(config.broker, insecure_demo=options.insecure_demo)
    list_key, sealing_key = read_keys(config)
    with only_user_of(config.data), contextlib.ExitStack() as closing:
        clock = SystemClock(trusted=config.trust_clock)
        writer, filler = Worker("journal"), Worker("cards")
        closing.callback(filler.close)
        closing.callback(writer.close)
        journal = SqliteJournal(config.data / "journal.db")
        closing.callback(journal.close)
        start = journal.start(clock.now(), machine.serial(), "start")
        cards = SqliteCards(config.data / "cards.db")
        closing.callback(cards.close)
        lights, buttons = make_lights(config, options)
        closing.callback(buttons.close)
        closing.callback(lights.close)
        screen = WebScreen(config.screen)
        link = make_link(config, clock.now().boot_id, start) if config.broker else None

        def publish(leaf: str) -> Callable[[bytes], None]:
            return lambda payload: link.publish(leaf, payload) if link else None

        outbox = Outbox(journal=journal, writer=writer, clock=clock, publish=publish("records"))
        follower = CardFollower(cards=cards, worker=filler, clock=clock, publish=publish("cards/get"))
        known = CardsKnown(
            cards=cards,
            list_key=list_key,
            revision=lambda: follower.revision,
            fresh_at=lambda: follower.fresh_at,
            broken=follower.broken,
        )
        watchdog = Systemd()
        kiosk = Kiosk(
            eyes=CameraChildProcess(child_settings(config, options), ChildTimes(), CHILD_COMMAND),
            cards=known,
            journal=journal,
            lights=lights,
            screen=screen,
            buttons=buttons,
            clock=clock,
            watchdog=watchdog,
            writer=writer,
            rules=rules_of(config),
            sight_rules=SightRules(config.reading.code39_frames, config.reading.away_s),
            state=first_state(start, clock.now().seconds),
            scan_of=lambda draft: scan_of(draft, config.venue, sealing_key),
            released=outbox.released,
        )

        async def info() -> Info:
            waiting = await writer.run(journal.waiting)
            return Info(
                software=machine.software(),
                model=machine.model(),
                serial=machine.serial(),
                camera=kiosk.camera,
                engines=kiosk.engines,
                screen=f"{config.screen.mm_per_px:g} mm/px",
                zone=config.zone,
                config_version="file",
                cards_revision=follower.revision,
                cards_count=follower.count,
                outbox=tuple(OutboxEntry(epoch=epoch, rows=rows) for epoch, rows in waiting),
            )

        connection = (
            Connection(link=link, outbox=outbox, follower=follower, boot_id=clock.now().boot_id, info=info)
            if link
            else None
        )
        async with serve(screen, config.screen) as address:
            options.say(f"screen {address}")
            watchdog.ready(f"screen at {address}")
            await _until_stopped(kiosk, outbox, follower, connection)
            if connection:
                await connection.close()


async def _until_stopped(
    kiosk: Kiosk, outbox: Outbox, follower: CardFollower, connection: Connection | None
) -> None:
    """Run all parts. The first that ends with an error ends the agent: systemd starts it anew."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with asyncio.TaskGroup() as tasks:
        parts = [
            tasks.create_task(kiosk.run(), name="kiosk"),
            tasks.create_task(outbox.run(), name="outbox"),
            tasks.create_task(follower.run(), name="cards"),
        ]
        if connection:
            parts.append(tasks.create_task(connection.run(), name="connection"))
        await stop.wait()
        for part in parts:
            part.cancel()


def refuse_without_tls(broker: BrokerConfig | None, *, insecure_demo: bool) -> None:
    """Cards are pseudonyms of people: no broker without mutual TLS but for a demo on this machine."""
    if broker is None or broker.mutual_tls:
        return
    if not insecure_demo or broker.host not in LOOPBACK:
        raise ConfigError(
            f"The broker {broker.host} has no mutual TLS: give broker.ca, broker.certificate and broker.key."
            " (On loopback only, --insecure-demo runs without.)"
        )


def read_keys(config: KioskConfig) -> tuple[ListKey, bytes]:
    """The list key and the fleet's public sealing key. Raises :class:`ConfigError`."""
    try:
        list_key = ListKey.from_hex(config.cards.list_key.read_text())
        sealing_key = PublicKey(bytes.fromhex(config.cards.sealing_key.read_text()))
        return list_key, bytes(sealing_key)
    except (OSError, ValueError, TypeError, CryptoError) as error:
        raise ConfigError(f"The fleet's keys cannot be read ({error}). Provision this kiosk anew.") from None


def make_lights(config: KioskConfig, options: Options) -> tuple[Lights, Buttons]:
    lights = config.lights
    if lights.driver == "simulated":
        return SimulatedLights(lambda signal: _say_light(signal, options)), SimulatedButtons()
    from agent.adapters.gpio import GpioButtons, GpioLights  # noqa: PLC0415  (not on every machine)

    pins = {int(children): pin for children, pin in lights.buttons.items()}
    return (
        GpioLights(green=lights.green, red=lights.red, amber=lights.amber, buzzer=lights.buzzer),
        GpioButtons(pins),
    )


def _say_light(signal_: Signal, options: Options) -> None:
    options.say(f"light {signal_}")


def make_link(config: KioskConfig, boot_id: str, start: Start) -> PahoLink:
    broker = config.broker
    if broker is None:
        raise ConfigError("There is no [broker] to connect to.")
    tls = None
    if broker.ca and broker.certificate and broker.key:
        tls = TlsFiles(broker.ca, broker.certificate, broker.key)
    try:
        return PahoLink(
            host=broker.host,
            port=broker.port,
            kiosk=config.kiosk,
            tls=tls,
            first_connection=start.ordinal * CONNECTIONS_A_START,
            will=lambda connection: will(boot_id, connection),
        )
    except OSError as error:  # a file that is absent, or no key
        raise ConfigError(f"The kiosk's certificate cannot be used: {error}. Provision it anew.") from None


def child_settings(config: KioskConfig, options: Options) -> ChildSettings:
    camera: UsePicamera | UsePictures | UseSocket
    if options.pictures:
        camera = UsePictures(tuple(str(path) for path in options.pictures))
    elif config.reading.camera == "simulated":
        camera = UseSocket(str(config.data / "camera.sock"))
    else:
        camera = UsePicamera()
    return ChildSettings(
        camera=camera,
        width=config.reading.width,
        height=config.reading.height,
        frames_per_second=config.reading.frames_per_second,
        pattern=config.cards.pattern,
    )


def rules_of(config: KioskConfig) -> Rules:
    policy = config.policy
    return Rules(
        policy=Policy(policy.unlisted, policy.clock_unknown, policy.ask_children),
        zone=config.zone,
        same_visit_s=config.reading.same_visit_s,
        signal_s=policy.signal_s,
        question_s=policy.question_s,
        slow_write_s=policy.slow_write_s,
    )


def first_state(start: Start, now: float) -> State:
    """A scan of the start before that may not have been shown waits for its visitor."""
    if (scan := start.unshown) is None:
        return State()
    return State(open=scan.ref, unshown=Unshown(scan.ref, scan.key, scan.lets_in, now + UNSHOWN_S))


def scan_of(draft: Draft, venue: str, sealing_key: bytes) -> Scan:
    """The record of a judged card; its number is the journal's to give."""
    judgement = draft.judgement
    return Scan(
        seq=0,
        verdict=judgement.verdict,
        reason=judgement.reason,
        code_sealed=seal(draft.code, sealing_key),
        symbology=draft.symbology,
        card_kind=judgement.kind,
        party=draft.party,
        venue=venue,
        clock=draft.at.stamp(),
        judged_by_date=draft.today.isoformat() if draft.today else None,
        list=draft.list,
    )
