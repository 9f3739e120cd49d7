"""What the configuration makes of ports and rules, for the kiosk and for its self-test."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from nacl.exceptions import CryptoError
from nacl.public import PublicKey

from agent.adapters.aplay import AlsaLoudspeaker
from agent.adapters.child_messages import ChildSettings, UsePicamera, UsePictures, UseSocket, UseUsb
from agent.adapters.paho_link import PahoLink, TlsFiles
from agent.adapters.prompt_files import PromptFiles, prompt_files
from agent.adapters.simulated.lights import SimulatedButtons, SimulatedLights, SimulatedRing
from agent.config import BrokerConfig, ConfigError, KioskConfig
from agent.connection import will
from agent.core.alerts import Limits
from agent.core.judge import Policy
from agent.core.moment import Moment
from agent.core.state import Carried, LastCard, Refused, Rules, State, Trouble, UnshownHand
from agent.ports.buttons import Buttons, Pressed
from agent.ports.journal import LastRefused, Start
from agent.ports.lights import Lights
from agent.ports.ring import Ring
from agent.signs import Lamp, lights_of, tunes_of
from agent.speaker import Speaker
from agent.wire.card_key import ListKey

UNSHOWN_S: Final = 600.0
"""How long after a restart a scan that was not shown may still be shown (WIRE, *shown*)."""
OTHER_FOLDER: Final = "Name another folder as data in kiosk.toml."
TEST_CARD: Final = re.compile(r"[0-9A-Z-]{16,32}")
"""What a QR code and a Code 39 can both say; too long to be guessed."""
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says beside the file; ``say`` is for the person at the terminal."""

    insecure_demo: bool
    pictures: tuple[Path, ...] = ()
    say: Callable[[str], None]


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
        if config.cards.list_key.read_text() == config.cards.sealing_key.read_text():
            raise ConfigError("cards.list_key and cards.sealing_key are one key. Provision this kiosk anew.")
        return list_key, bytes(sealing_key)
    except (OSError, ValueError, TypeError, CryptoError) as error:
        raise ConfigError(f"The fleet's keys cannot be read ({error}). Provision this kiosk anew.") from None


def read_test_card(config: KioskConfig) -> str:
    """The text of the fleet's test card, or nothing. Raises :class:`ConfigError`."""
    path = config.cards.test_card
    if path is None:
        return ""
    try:
        text = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read ({error}). Provision this kiosk anew.") from None
    if not TEST_CARD.fullmatch(text):
        raise ConfigError(f"{path} holds no test card's text. Provision this kiosk anew.")
    return text


def make_lights(config: KioskConfig, options: Options) -> tuple[Lights, Buttons]:
    lights = config.lights
    patterns, tunes = lights_of(lights.reject, lights.patterns), tunes_of(config.tones)
    if lights.driver == "simulated":
        say = SimulatedLights(lambda signal: options.say(f"light {signal}"), patterns, tunes)
        return say, SimulatedButtons()
    from agent.adapters.gpio import GpioButtons, GpioLights  # noqa: PLC0415  (not on every machine)

    pins = {pressed_by(key): pin for key, pin in lights.buttons.items()}
    lamps: dict[Lamp, int | None] = {"green": lights.green, "red": lights.red, "amber": lights.amber}
    return GpioLights(lamps, lights.buzzer, patterns, tunes), GpioButtons(pins, lights.let_in)


def pressed_by(key: str) -> Pressed:
    """What a key of the configuration means."""
    match key:
        case "+":
            return "more"
        case "enter":
            return "enter"
        case "*":
            return "louder"
        case _:
            return int(key)


def make_ring(config: KioskConfig) -> Ring:
    lights = config.lights
    if lights.driver == "simulated":
        return SimulatedRing()
    from agent.adapters.gpio import GpioRing  # noqa: PLC0415  (not on every machine)

    return GpioRing(lights.ring, lights.ring_level)


def make_speaker(config: KioskConfig) -> Speaker:
    return Speaker(
        loudspeaker=make_loudspeaker(config),
        tunes=tunes_of(config.tones),
        prompts=prompts_there(config),
        languages=config.screen.languages,
        speech=config.sound.speech,
    )


def make_loudspeaker(config: KioskConfig) -> AlsaLoudspeaker | None:
    return AlsaLoudspeaker(config.sound.device) if config.sound.output == "alsa" else None


def prompts_there(config: KioskConfig) -> PromptFiles:
    return prompt_files((config.sound.recordings, prompts_folder(config)))


def prompts_folder(config: KioskConfig) -> Path:
    """Where ``kaiku-agent prompts`` puts what espeak-ng rendered."""
    return config.data / "prompts"


def make_link(config: KioskConfig, boot_id: str) -> PahoLink:
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
            will=lambda connection: will(boot_id, connection),
        )
    except OSError as error:  # a file that is absent, or no key
        raise ConfigError(f"The kiosk's certificate cannot be used: {error}. Provision it anew.") from None


def child_settings(config: KioskConfig, options: Options) -> ChildSettings:
    camera: UsePicamera | UseUsb | UsePictures | UseSocket
    if options.pictures:
        camera = UsePictures(tuple(str(path) for path in options.pictures))
    elif config.reading.camera == "simulated":
        camera = UseSocket(str(config.data / "camera.sock"))
    elif config.reading.camera == "usb":
        camera = UseUsb(config.reading.usb_device, config.reading.usb_mjpeg)
    else:
        camera = UsePicamera(config.reading.spot_cm)
    return ChildSettings(
        camera=camera,
        width=config.reading.width,
        height=config.reading.height,
        frames_per_second=config.reading.frames_per_second,
        pattern=config.cards.pattern,
        test_card=read_test_card(config),
    )


def rules_of(config: KioskConfig) -> Rules:
    policy = config.policy
    return Rules(
        policy=Policy(
            unlisted=policy.unlisted,
            clock_unknown=policy.clock_unknown,
            ask_children=policy.ask_children,
            ask_assistants=policy.ask_assistants,
            spot_check_in=policy.spot_check_in,
            list_stale=policy.list_stale,
            list_stale_s=policy.list_stale_hours * 3600,
            repeat=policy.repeat,
            repeat_s=policy.repeat_minutes * 60,
        ),
        zone=config.zone,
        same_visit_s=config.reading.same_visit_s,
        signal_s=policy.signal_s,
        question_s=policy.question_s,
        slow_write_s=policy.slow_write_s,
    )


def limits_of(config: KioskConfig) -> Limits:
    alerts = config.alerts
    return Limits(
        rows=alerts.outbox_rows,
        age=timedelta(days=alerts.outbox_days),
        list_age_s=config.policy.list_stale_hours * 3600,
    )


def first_state(start: Start, now: Moment, rules: Rules, *, forgetful: bool = False) -> State:
    """Whoever the start before served last may still stand here with the card."""
    troubles: frozenset[Trouble] = frozenset({"forgetful"} if forgetful else ())
    hand = UnshownHand(start.hand.ref, start.hand.key, now.seconds + rules.by_hand_s) if start.hand else None
    state = State(digested=start.digested, undated=not now.synced, unshown_hand=hand, troubles=troubles)
    state = replace(state, refused=_refused_before(start.refused, now, rules))
    green, green_until = start.green, _same_visit_until(start, now, rules)
    if (scan := start.open) is None:
        if green is None or green_until <= now.seconds:
            return state
        seen = Carried(green.ref, green.key, lets_in=True, shown=True, until=green_until, settled=True)
        return replace(state, carried=seen)
    if scan.shown is None:
        until = now.seconds + UNSHOWN_S
    elif scan.shown == "green":
        until = green_until
    else:
        same_boot = scan.clock.boot_id == now.boot_id
        until = scan.clock.boottime_ms / 1000 + rules.same_visit_s if same_boot else now.seconds
    # Whom a slow disk sent to the staff was not let in: a green light needs a record of its own.
    lets_in = scan.lets_in and scan.shown != "staff"
    carried = Carried(scan.ref, scan.key, lets_in, scan.shown is not None, until)
    state = replace(state, open=scan.ref, carried=carried)
    if scan.shown == "green":
        return state
    card = LastCard(scan.key, scan.lets_in)
    return replace(state, refused=Refused(scan.ref, card, now.seconds + rules.by_hand_s))


def _refused_before(last: LastRefused | None, now: Moment, rules: Rules) -> Refused | None:
    """Whom the start before sent to the staff, in this boot: how long ago another was, nobody knows."""
    if last is None or last.boot_id != now.boot_id:
        return None
    return Refused(last.ref, LastCard(last.key, last.lets_in), last.boottime_ms / 1000 + rules.by_hand_s)


def _same_visit_until(start: Start, now: Moment, rules: Rules) -> float:
    """Of the card that was green last. After a power cut at least this boot has passed since its light.

    Where a calendar in time says that more has, it is over: the known time is no older than that light.
    """
    green, visit_s = start.green, rules.same_visit_s
    if green is None:
        return now.seconds
    if green.boot_id == now.boot_id:
        return green.boottime_ms / 1000 + visit_s
    known = start.known_utc
    over = now.synced and known is not None and (now.wall_utc - known).total_seconds() > visit_s
    return now.seconds if over else max(now.seconds, visit_s)
