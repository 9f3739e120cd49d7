"""The composition root: the one place of the agent that puts ports, libraries and the loop together."""

import asyncio
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from agent.adapters import machine
from agent.adapters.camera_child_process import CHILD_COMMAND, CameraChildProcess, ChildTimes
from agent.adapters.command_file import CommandFile
from agent.adapters.journal_rescue import open_journal
from agent.adapters.local_folder import LocalFolder
from agent.adapters.sqlite_cards import SqliteCards
from agent.adapters.sqlite_journal import SqliteJournal
from agent.adapters.system_clock import SystemClock
from agent.adapters.systemd import Systemd
from agent.alerts import Alerts, waiting_in
from agent.card_follower import CardFollower
from agent.cards_known import CardsKnown
from agent.commander import Commander
from agent.config import KioskConfig
from agent.connection import Connection
from agent.core.health import health_of
from agent.core.looking import Looking
from agent.core.memory import CONNECTIONS_A_START
from agent.core.sight import SightRules
from agent.folder_lock import only_user_of
from agent.known_time import KnownTime, TimeKeeper
from agent.lookout import Lookout
from agent.loop import Kiosk
from agent.memory import Memory
from agent.outbox import Outbox
from agent.parts import (
    OTHER_FOLDER,
    Options,
    child_settings,
    first_state,
    limits_of,
    make_lights,
    make_link,
    make_ring,
    make_speaker,
    read_keys,
    refuse_without_tls,
    rules_of,
)
from agent.ports.journal import JournalDamagedError
from agent.record_maker import RecordMaker
from agent.staff import Staff
from agent.wire.card_code import card_pattern
from agent.wire.key_box import KeyBox
from agent.wire.messages import ClockSource, Health, Info, OutboxEntry, encode
from agent.worker import Worker
from kiosk_ui.screen import WebScreen
from kiosk_ui.serve import serve
from kiosk_ui.staff_app import make_staff_pages
from kiosk_ui.staff_desk import WebStaffDesk


async def run(config: KioskConfig, options: Options) -> None:
    """Be a kiosk until SIGINT or SIGTERM. What it lacks to start is raised as a sentence."""
    refuse_without_tls(config.broker, insecure_demo=options.insecure_demo)
    list_key, sealing_key = read_keys(config)
    system_clock = SystemClock(trusted=config.trust_clock)
    watchdog, screen = Systemd(), WebScreen(config.screen)
    boot_id = system_clock.now().boot_id
    link = make_link(config, boot_id) if config.broker else None
    with (
        only_user_of(config.data, "agent", OTHER_FOLDER),
        _files(config.data, watchdog.starting) as files,
        ExitStack() as closing,
    ):
        lights, buttons = make_lights(config, options)
        closing.callback(lights.close)
        ring = make_ring(config)
        closing.callback(ring.close)
        speaker = make_speaker(config)
        closing.callback(speaker.close)
        closing.callback(buttons.close)
        desk = WebStaffDesk()
        staff_pages = make_staff_pages(config, desk, system_clock)
        async with serve(screen, config.screen, staff=staff_pages) as address:
            # After all that may fail: a start that comes to nothing leaves no epoch behind.
            memory = Memory(
                folder=LocalFolder(config.data),
                boot_id=boot_id,
                allowed=config.allow_volatile_data,
                later=lambda work: files.writer.submit(work, lambda _: None),
            )
            start = files.journal.start(system_clock.now(), machine.serial(), "start", memory.last_start())
            memory.began(start)
            clock = KnownTime(system_clock, start.known_utc)
            box = KeyBox()
            news = asyncio.Event()
            source: ClockSource = "trusted" if config.trust_clock else "ntp"
            outbox = Outbox(
                journal=files.journal,
                writer=files.writer,
                clock=clock,
                publish=lambda payload: link.publish("records", payload) if link else None,
                source=source,
                heard=clock.told,
                emptied=news.set,
            )
            follower = CardFollower(
                cards=files.cards,
                list_key=list_key,
                box=box,
                worker=files.filler,
                clock=clock,
                publish=lambda payload: link.publish("cards/get", payload) if link else None,
                agreed=news.set,
            )
            lookout = Lookout(ring)
            kiosk = Kiosk(
                eyes=CameraChildProcess(child_settings(config, options), ChildTimes(), CHILD_COMMAND),
                cards=CardsKnown(
                    cards=files.cards,
                    list_key=list_key,
                    revision=lambda: follower.revision,
                    age_s=follower.age_s,
                    broken=follower.broken,
                ),
                journal=files.journal,
                lights=lights,
                speaker=speaker,
                screen=screen,
                buttons=buttons,
                clock=clock,
                watchdog=watchdog,
                writer=files.writer,
                rules=rules_of(config),
                sight_rules=SightRules(config.reading.code39_frames, config.reading.away_s),
                state=first_state(start, clock.now(), rules_of(config), forgetful=bool(memory.why)),
                records=RecordMaker(config.venue, sealing_key),
                released=outbox.released,
                lookout=lookout,
                opened=news.set,
                card_in_view=follower.card_in_view,
            )

            commands = CommandFile(config.data / "commands")
            commander = Commander(
                clock=clock,
                box=box,
                pattern=card_pattern(config.cards.pattern),
                pauses=news.set,
                begin=lambda command: files.writer.run(commands.begin, command),
                reply=lambda reply: link.publish("reply", encode(reply)) if link else None,
            )
            staff = Staff(
                desks=(desk, commander),
                cards=kiosk.cards,
                clock=clock,
                rules=kiosk.rules,
                state=lambda: kiosk.state,
                happened=kiosk.happened,
            )
            memory.forgot = kiosk.forgot
            alerts = Alerts(
                publish=lambda leaf, payload: link.publish(leaf, payload, retain=True) if link else None,
                clock=clock,
                troubles=lambda: kiosk.state.troubles,
                forgetful=lambda: memory.why,
                waiting=lambda: files.writer.run(waiting_in, files.journal),
                list_age_s=follower.age_s,
                limits=limits_of(config),
            )

            async def info() -> Info:
                return await _info(config, lookout.looking, follower, files, commander)

            async def health() -> Health:
                waits = await files.writer.run(waiting_in, files.journal)
                now = clock.now()
                return health_of(now, source, waits, follower.age_s(now), lookout.looking)

            connection = None
            if link:
                link.count_from(start.ordinal * CONNECTIONS_A_START)
                connection = Connection(
                    link=link,
                    outbox=outbox,
                    follower=follower,
                    alerts=alerts,
                    boot_id=boot_id,
                    info=info,
                    health=health,
                    news=news,
                    heard=memory.heard,
                    command=commander.command,
                )
            options.say(f"screen {address}")
            watchdog.ready(f"screen at {address}")
            keeper = TimeKeeper(clock=clock, journal=files.journal, writer=files.writer)
            await _until_stopped((kiosk, staff, commander, outbox, follower, alerts, keeper), connection)


@dataclass(frozen=True, slots=True)
class _Files:
    """The two files, each with the one thread that writes to it."""

    journal: SqliteJournal
    writer: Worker
    cards: SqliteCards
    filler: Worker


@contextmanager
def _files(folder: Path, busy: Callable[[], None]) -> Iterator[_Files]:
    with ExitStack() as closing:
        journal = open_journal(folder / "journal.db", busy)
        closing.callback(journal.close)
        cards = SqliteCards(folder / "cards.db")
        closing.callback(cards.close)
        writer, filler = Worker("journal"), Worker("cards")
        closing.callback(writer.close)
        closing.callback(filler.close)
        yield _Files(journal, writer, cards, filler)


async def _info(
    config: KioskConfig, looking: Looking, follower: CardFollower, files: _Files, commander: Commander
) -> Info:
    waiting = await files.writer.run(files.journal.waiting)
    return Info(
        software=machine.software(),
        model=machine.model(),
        serial=machine.serial(),
        camera=looking.camera,
        engines=looking.engines,
        screen=f"{config.screen.mm_per_px:g} mm/px",
        zone=config.zone,
        config_version="file",
        cards_revision=follower.revision,
        cards_count=follower.count,
        outbox=tuple(OutboxEntry(epoch=epoch, rows=rows) for epoch, rows in waiting),
        paused=commander.paused,
        seal_to=commander.box.public,
    )


def _first(group: BaseExceptionGroup[JournalDamagedError]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


class _Part(Protocol):
    async def run(self) -> None: ...


async def _until_stopped(always: Sequence[_Part], connection: Connection | None) -> None:
    """Run all parts. The first that ends with an error ends the agent: systemd starts it anew."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        async with asyncio.TaskGroup() as tasks:
            parts = [tasks.create_task(part.run()) for part in (*always, connection) if part]
            await stop.wait()
            for part in parts:
                part.cancel()
    except* JournalDamagedError as damage:
        raise _first(damage) from None
    if connection:
        await connection.close()
