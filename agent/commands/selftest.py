"""``kaiku-agent selftest``: tries each part of a kiosk once and says in a line whether it works."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, assert_never

import numpy as np

from agent.adapters.camera_child_process import CHILD_COMMAND, CameraChildProcess, ChildTimes
from agent.adapters.engines import ENGINES, open_engines
from agent.adapters.local_folder import LocalFolder
from agent.adapters.simulated.card_picture import card_picture
from agent.adapters.sqlite_cards import SqliteCards
from agent.adapters.sqlite_journal import SqliteJournal
from agent.adapters.system_clock import SystemClock
from agent.config import ConfigError, KioskConfig
from agent.core.actions import Signal
from agent.core.memory import CONNECTIONS_A_START, why_volatile
from agent.core.moment import Moment
from agent.core.watching import light_in_words, sharpness_in_words
from agent.folder_lock import FolderInUseError, only_user_of
from agent.parts import (
    OTHER_FOLDER,
    Options,
    child_settings,
    make_lights,
    make_link,
    make_loudspeaker,
    make_ring,
    prompts_there,
    read_keys,
    refuse_without_tls,
)
from agent.ports.eyes import Checked, EyesLost, EyesOpened, Glance, Looked
from agent.ports.link import Incoming, LinkDown, LinkUp, NotDelivered
from agent.signs import TUNES, lights_of, tunes_of
from agent.sound import sound_of
from agent.speaker import STEPS_DB
from agent.told import ToldError
from agent.wire.card_code import CardCode, card_pattern
from agent.wire.messages import Status, WireError, decode, encode

SPECIMEN: Final = "A999123453"
"""The code that the scheme itself prints in its texts."""
LIGHT_S: Final = 1.0
LIT: Final = tuple(signal for signal in Signal if signal not in (Signal.READY, Signal.PAUSED))
ANSWER_S: Final = 30.0


class PartBrokenError(ToldError):
    """The text says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    test: Callable[[], Awaitable[str]]
    """Gives what to say of a part that works. Raises any of :data:`BROKEN`."""


BROKEN: Final = (ToldError, WireError, OSError, TimeoutError)


async def selftest(config: KioskConfig, options: Options) -> int:
    """Test all parts, also after one that fails; gives the number of those that do not work."""
    broken = 0
    try:
        with only_user_of(config.data, "agent", OTHER_FOLDER):
            for part in _parts(config, options):
                try:
                    async with asyncio.timeout(ANSWER_S):
                        options.say(f"works   {part.name:<9} {await part.test()}")
                except BROKEN as error:
                    broken += 1
                    options.say(f"BROKEN  {part.name:<9} {error or 'no answer in 30 s'}")
    except FolderInUseError as error:
        raise ConfigError(f"{error} (A kiosk that runs cannot be tested.)") from None
    return broken


def _parts(config: KioskConfig, options: Options) -> tuple[Part, ...]:
    async def keys() -> str:
        read_keys(config)
        return "the fleet's list key and sealing key"

    async def clock() -> str:
        return said_of_clock(SystemClock(trusted=config.trust_clock).now(), trusted=config.trust_clock)

    async def reading() -> str:
        return await asyncio.to_thread(_read_specimen, config.cards.pattern)

    async def journal() -> str:
        return await asyncio.to_thread(_try_disk, config)

    parts = [
        Part("keys", keys),
        Part("clock", clock),
        Part("disk", journal),
        Part("memory", partial(_try_memory, config)),
        Part("reading", reading),
        Part("camera", partial(_first_frame, config, options)),
        Part("lights", partial(_each_light, config, options)),
    ]
    if config.sound.output != "none":
        parts.append(Part("sound", partial(_sound, config)))
    if config.broker:
        parts.append(Part("broker", partial(_connect, config, options)))
    return tuple(parts)


def said_of_clock(now: Moment, *, trusted: bool) -> str:
    """Raises :class:`PartBrokenError`."""
    if not now.synced:
        raise PartBrokenError(
            f"{now.wall_utc:%Y-%m-%d %H:%M} UTC, not synchronised: is there a network?"
            " On a machine without NTP whose clock is right: trust_clock = true at the top of kiosk.toml."
        )
    return f"{now.wall_utc:%Y-%m-%d %H:%M} UTC, {'trusted' if trusted else 'synchronised'}"


def _read_specimen(pattern: str) -> str:
    engines = open_engines(ENGINES)
    luma = np.asarray(card_picture(SPECIMEN).convert("L"))
    for decoder in engines.decoders:
        if {found.text for found in decoder.decode(luma)} != {SPECIMEN}:
            raise PartBrokenError(f"{decoder.name} does not read a card picture. Install it anew.")
    if CardCode.parse(SPECIMEN, card_pattern(pattern)) is None:
        return f"{', '.join(d.name for d in engines.decoders)}; cards.pattern does not take the specimen"
    return " ".join([", ".join(decoder.name for decoder in engines.decoders), *engines.notes])


def _try_disk(config: KioskConfig) -> str:
    journal = SqliteJournal(config.data / "journal.db")
    try:
        journal.trial()
        waiting = sum(rows for _, rows in journal.waiting())
    finally:
        journal.close()
    cards = SqliteCards(config.data / "cards.db")
    try:
        head = cards.head("live")
    finally:
        cards.close()
    return f"a commit went through; {waiting} records wait, {head.count if head else 0} cards on the list"


async def _try_memory(config: KioskConfig) -> str:
    kind = why_volatile(LocalFolder(config.data).place())
    if not kind:
        return f"{config.data} is on a disk"
    if config.allow_volatile_data:
        return f"{config.data} is on {kind} and forgets when the power goes, as allow_volatile_data takes it"
    raise PartBrokenError(
        f"{config.data} is on {kind}: it forgets every visit when the power goes, so nothing shows green."
        " Switch the overlay off (raspi-config, Performance Options), or name a folder on the card as data"
        " in kiosk.toml."
    )


async def _first_frame(config: KioskConfig, options: Options) -> str:
    eyes = CameraChildProcess(child_settings(config, options), ChildTimes(), CHILD_COMMAND)
    opened, took_ms = "", 0.0
    glances: AsyncIterator[Glance] = eyes.watch()
    try:
        async for glance in glances:
            match glance:
                case EyesOpened(camera_name, _):
                    opened = camera_name
                case Looked(_, decode_ms):
                    took_ms = decode_ms
                case Checked(picture, counts):
                    words = f"{sharpness_in_words(picture)}; {light_in_words(picture)}"
                    failures = sum(counts.failures) + counts.retouch_failures
                    failed = f"; the decoders failed on {failures}" if failures else ""
                    return f"{opened}: {counts.frames} frames, looked at in {took_ms:.0f} ms{failed}; {words}"
                case EyesLost(why):
                    raise PartBrokenError(why)
                case _:
                    assert_never(glance)
    finally:
        if hasattr(glances, "aclose"):
            await glances.aclose()
    raise PartBrokenError("the camera process gave nothing")


async def _each_light(config: KioskConfig, options: Options) -> str:
    try:
        lights, buttons = make_lights(config, options)
        ring = make_ring(config)
    except Exception as error:
        raise PartBrokenError(str(error)) from error
    try:
        ring.light(True)
        for signal in (*LIT, Signal.READY):
            lights.show(signal)
            await asyncio.sleep(LIGHT_S if config.lights.driver == "gpio" else 0)
    finally:
        lights.close()
        buttons.close()
        ring.close()
    patterns = lights_of(config.lights.reject, config.lights.patterns)
    lit = ", ".join(f"{patterns[signal].in_words()} ({signal})" for signal in LIT)
    around = ", and the ring all the time" if config.lights.ring is not None else ""
    return f"{config.lights.driver}: {lit}{around}. Were they?"


async def _sound(config: KioskConfig) -> str:
    loudspeaker = make_loudspeaker(config)
    if loudspeaker is None:
        raise PartBrokenError('there is none: set [sound] output = "alsa"')
    try:
        loudspeaker.sound(sound_of(tunes_of(config.tones)["accepted"] or TUNES["accepted"]), STEPS_DB[0])
        fault = await asyncio.to_thread(loudspeaker.heard_out)
    finally:
        loudspeaker.close()
    if fault:
        raise PartBrokenError(f"{fault}. Names of devices: aplay -L")
    prompts = prompts_there(config)
    spoken = {language: sum(its == language for its, _ in prompts) for language in config.screen.languages}
    counts = ", ".join(f"{language} {count}" for language, count in spoken.items())
    return f"{config.sound.device}: two rising notes. Were they heard? Spoken prompts: {counts}"


async def _connect(config: KioskConfig, options: Options) -> str:
    """Say ``stopped``, which is so, and hear it: this certificate may speak and read for this kiosk.

    Under the number of the last start, so that what the broker knows of the starts stays true.
    """
    refuse_without_tls(config.broker, insecure_demo=options.insecure_demo)
    by = "with this kiosk's certificate" if config.broker and config.broker.mutual_tls else "without TLS"
    now = SystemClock(trusted=True).now()
    link = make_link(config, now.boot_id)
    mark = LocalFolder(config.data).mark()
    last = mark.start * CONNECTIONS_A_START + CONNECTIONS_A_START - 1 if mark else 0
    events = link.events()
    stopped = b""
    try:
        async for event in events:
            match event:
                case LinkUp():
                    stopped = encode(Status(state="stopped", boot_id=now.boot_id, connection=last))
                    link.publish("status", stopped, retain=True)
                case Incoming("status", payload) if payload == stopped:
                    return f"connected {by}, may speak and read"
                case Incoming("status", payload) if decode(payload, Status).connection > last:
                    link.publish("status", payload, retain=True)  # still so, whatever was said meanwhile
                    raise PartBrokenError(
                        "the fleet has heard of later starts of this kiosk than its data folder knows. Was"
                        " its card put back to an older state, or does another kiosk have its identity?"
                    )
                case LinkDown(why) | NotDelivered(_, why):
                    raise PartBrokenError(why)
                case _:
                    pass
    finally:
        await link.disconnect()
    raise PartBrokenError("no answer")
