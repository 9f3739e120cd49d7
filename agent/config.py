"""The kiosk's configuration file ``kiosk.toml``: read once, checked whole, written by provisioning."""

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from agent.misplaced import why_refused
from agent.pin import is_pin_hash
from agent.signs import LightSign, SignalName, Tune, lights_of, tunes_of, why_not_lights, why_not_tunes
from agent.told import ToldError
from agent.wire.card_code import DEFAULT_PATTERN, card_pattern
from agent.wire.lettering import AT, FAREWELL, NAME, PAUSE, PHONE, TO, why_not_whole
from agent.wire.records import ShortText
from agent.wire.screen import MAX_PAUSE_CHARS, Language
from agent.zones import zone_named

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Pin = Annotated[int, msgspec.Meta(ge=0, le=27)]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=3600)]
Wording = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
"""The venue's words on the screen, as long as they fit (:mod:`agent.wire.lettering`).

A ``~`` keeps two words on one line, a soft hyphen (``\\u00AD``) lets a long one be divided.
"""

PauseMessage = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_PAUSE_CHARS)]


class ConfigError(ToldError):
    """The file cannot be used; the text says where and what to do."""


class BrokerConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the broker is, and this kiosk's identity for mutual TLS (paths beside the file)."""

    host: Annotated[str, msgspec.Meta(min_length=1)]
    port: Port = 8883
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    @property
    def mutual_tls(self) -> bool:
        return None not in (self.ca, self.certificate, self.key)


class CardsConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The shape of the fleet's codes, its list key and the public key that codes are sealed to.

    ``test_card`` is a file with the text of the fleet's test card; a kiosk without it knows none.
    """

    list_key: Path
    sealing_key: Path
    test_card: Path | None = None
    pattern: str = DEFAULT_PATTERN


class ReadingConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    camera: Literal["picamera", "usb", "simulated"] = "picamera"
    usb_device: str = "/dev/video0"
    usb_mjpeg: bool = False
    """For a USB camera that gives nothing else, or too few frames of anything else."""
    frames_per_second: Annotated[float, msgspec.Meta(ge=1, le=60)] = 10.0
    width: Annotated[int, msgspec.Meta(ge=320, le=1920)] = 1280
    height: Annotated[int, msgspec.Meta(ge=240, le=1080)] = 720
    spot_cm: Annotated[float, msgspec.Meta(ge=4, le=200)] | None = None
    """From the lens to the marked spot, where the camera can focus; else it looks for the focus itself."""
    code39_frames: Annotated[int, msgspec.Meta(ge=1, le=10)] = 2
    """Frames in which a Code 39 must read the same before it counts; it has no checksum."""
    away_s: Seconds = 2.0
    """A code out of view for longer than this is a new appearance."""
    same_visit_s: Seconds = 30.0
    """The same personal card within this is the same visit."""


class PolicyConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the venue chose."""

    unlisted: Literal["accept_unchecked", "ask_staff"] = "accept_unchecked"
    clock_unknown: Literal["accept_unchecked", "ask_staff"] = "accept_unchecked"
    list_stale: Literal["mark", "ask_staff"] = "mark"
    list_stale_hours: Annotated[float, msgspec.Meta(gt=0, le=8760)] = 24.0
    """A list that the server last confirmed longer ago is old: a block may be missing from it."""
    repeat: Literal["off", "mark", "ask_staff"] = "mark"
    """A personal card that comes again; a community card may as often as it likes."""
    repeat_minutes: Annotated[float, msgspec.Meta(gt=0, le=1440)] = 10.0
    ask_children: bool = True
    ask_assistants: bool = False
    """Where the venue counts assistants and interpreters, who are always free."""
    spot_check_in: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    """One in so many visitors is let in and asked to go by the staff; 0: nobody."""
    question_s: Seconds = 20.0
    signal_s: Seconds = 5.0
    slow_write_s: Seconds = 3.0
    """A commit that takes longer ends as "please ask the staff"."""


class AlertsConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From when on the fleet is told that too much waits to be sent. It is kept, however much it is."""

    outbox_rows: Annotated[int, msgspec.Meta(ge=1)] = 20_000
    outbox_days: Annotated[float, msgspec.Meta(gt=0, le=3650)] = 7.0


class LightsConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """BCM pin numbers. A part that is not wired is left out."""

    driver: Literal["gpio", "simulated"] = "gpio"
    green: Pin | None = 17
    red: Pin | None = 27
    amber: Pin | None = 22
    buzzer: Pin | None = 18
    ring: Pin | None = None
    """The light around the lens."""
    ring_level: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0
    """Share of its full brightness."""
    buttons: dict[Annotated[str, msgspec.Meta(pattern=r"^([0-9]|[+*]|enter)$", max_length=5)], Pin] = {}
    """The visitor's keys, as on a number pad: ``"0"`` to ``"9"``, ``"+"`` for larger numbers, ``"enter"`` for
    more time and to hear it again, ``"*"`` for louder; each with its pin.
    """
    let_in: Pin | None = None
    """The staff's own button: somebody comes in whatever the card said."""
    reject: Literal["red", "amber"] = "red"
    """The colour of "please ask the staff"; amber is the softer one."""
    patterns: dict[SignalName, LightSign] = {}
    """What the venue wants other than :data:`agent.signs.LIGHTS`."""

    def shared_pins(self) -> list[int]:
        """Pins that are given to more than one part."""
        wired = (self.green, self.red, self.amber, self.buzzer, self.ring, self.let_in)
        parts = (*wired, *self.buttons.values())
        counts = Counter(pin for pin in parts if pin is not None)
        return [pin for pin, uses in counts.items() if uses > 1]


class SoundConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A loudspeaker, beside the buzzer or in its place (``lights.buzzer``)."""

    output: Literal["none", "alsa"] = "none"
    device: Annotated[str, msgspec.Meta(min_length=1, max_length=128)] = "default"
    """A name of ALSA's, as ``aplay -L`` lists them."""
    speech: bool = True
    """Say the prompts by themselves, and not only to who asks for them."""
    recordings: Path = Path("recordings")
    """Prompts read by people, ``LANGUAGE/ID.wav``; they go before those that espeak-ng rendered."""


class PlaceConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the staff is, in one language: "Tule {to}" (kassalle), "Pääset sisään {at}" (kassalta)."""

    to: Wording
    at: Wording


ReaderSide = Literal["left", "right", "above", "below"]


class ScreenConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The screen's page, on loopback only. Port 0 takes a free one."""

    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8080
    languages: Annotated[tuple[Language, ...], msgspec.Meta(min_length=1)] = ("fi", "sv", "en")
    mm_per_px: Annotated[float, msgspec.Meta(gt=0.02, le=1)] = 0.193
    """Physical size of a CSS pixel; 0.193 is a 7-inch 800x480 screen."""
    place: dict[Language, PlaceConfig] = {}
    """A language that is left out says the ticket desk."""
    farewell: dict[Language, Wording] = {}
    """The venue's own second line of "thanks", such as "Mukavaa uintia."."""
    reader_side: ReaderSide = "right"
    """Where the reader is, seen from the screen: drawing and sentence point there."""
    motion: Literal["on", "off"] = "on"
    """Off: what moves on the screen stands still, also for who did not ask for it."""
    name: Annotated[str, msgspec.Meta(max_length=24)] = ""
    """What the venue calls this kiosk, such as "07"; said when it is out of order, with :attr:`phone`."""
    phone: Annotated[str, msgspec.Meta(max_length=24)] = ""
    """Who helps then."""


class StaffConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The staff's own page of the kiosk. Without a PIN it stays shut."""

    pin: Annotated[str, msgspec.Meta(max_length=256)] = ""
    """Not the PIN itself, but what ``kaiku-agent staff-pin`` makes of it."""
    pauses: Annotated[tuple[PauseMessage, ...], msgspec.Meta(max_length=6)] = ()
    """What the staff say most often on the visitors' screen during a break, such as "Palaamme klo 13."."""


class KioskConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kiosk: Annotated[str, msgspec.Meta(pattern="^k-[a-z2-7]{10}$", max_length=12)]
    venue: ShortText
    zone: str = "Europe/Helsinki"
    data: Path = Path("data")
    """Folder of ``journal.db`` and ``cards.db``."""
    trust_clock: bool = False
    """Take the machine's calendar as right where nothing says whether it is (a laptop, a demo)."""
    allow_volatile_data: bool = False
    """Work although the data folder forgets when the power goes (a demo, a test): visits may be lost."""
    broker: BrokerConfig | None = None
    """Left out: a kiosk that stands alone."""
    cards: CardsConfig
    reading: ReadingConfig = ReadingConfig()
    policy: PolicyConfig = PolicyConfig()
    alerts: AlertsConfig = AlertsConfig()
    lights: LightsConfig = LightsConfig()
    tones: dict[SignalName, Tune] = {}
    """What the venue wants other than :data:`agent.signs.TUNES`: notes of [hertz, seconds], 0 Hz a rest."""
    sound: SoundConfig = SoundConfig()
    screen: ScreenConfig = ScreenConfig()
    staff: StaffConfig = StaffConfig()


def load(path: Path) -> KioskConfig:
    """Read ``path``; relative paths in it are beside it. Raises :class:`ConfigError`."""
    try:
        with path.open("rb") as file:
            document = tomllib.load(file)
    except FileNotFoundError:
        raise ConfigError(
            f"{path} does not exist. Make one with: kaiku-provision add --venue VENUE --out FOLDER"
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from None
    try:
        config = msgspec.convert(document, KioskConfig, dec_hook=as_path)
        card_pattern(config.cards.pattern)
        zone_named(config.zone)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {why_refused(error, KioskConfig)}. Correct this entry.") from None
    except re.error as error:
        raise ConfigError(f"{path}: cards.pattern cannot be used: {error}") from None
    except ValueError:
        raise ConfigError(f"{path}: zone is no time zone. Write one such as Europe/Helsinki.") from None
    _check(path, config)
    return _beside(path.parent.resolve(), config)


def _check(path: Path, config: KioskConfig) -> None:
    """What no type says. Raises :class:`ConfigError`."""
    if len(set(config.screen.languages)) < len(config.screen.languages):
        raise ConfigError(f"{path}: screen.languages names one twice. Name each once.")
    if shared := config.lights.shared_pins():
        raise ConfigError(f"{path}: lights gives pin {shared[0]} to two parts. Correct one of them.")
    if cut := _why_not_seen_whole(config):
        raise ConfigError(f"{path}: {cut}")
    if config.staff.pin and not is_pin_hash(config.staff.pin):
        raise ConfigError(
            f"{path}: staff.pin is not what kaiku-agent staff-pin makes. Make it anew with that."
        )
    if why := why_not_lights(lights_of(config.lights.reject, config.lights.patterns)):
        raise ConfigError(f"{path}: lights.patterns: {why}. Correct this entry.")
    if why := why_not_tunes(tunes_of(config.tones)):
        raise ConfigError(f"{path}: tones: {why}. Correct this entry.")


def _why_not_seen_whole(config: KioskConfig) -> str:
    """A sentence on the first of the venue's words that the screen would cut."""
    places = config.screen.place.items()
    said = (
        *((f"screen.place.{language}.to", TO, place.to) for language, place in places),
        *((f"screen.place.{language}.at", AT, place.at) for language, place in places),
        *(
            (f"screen.farewell.{language}", FAREWELL, words)
            for language, words in config.screen.farewell.items()
        ),
        ("screen.name", NAME, config.screen.name),
        ("screen.phone", PHONE, config.screen.phone.replace(" ", "~")),
        *(("staff.pauses", PAUSE, words) for words in config.staff.pauses),
    )
    return next(filter(None, (why_not_whole(*one) for one in said)), "")


def as_path(kind: type[Path], value: str) -> Path:
    """Msgspec knows no paths, which are the one such kind in the configuration."""
    if not isinstance(value, str):
        raise TypeError(f"a path is a text, not {type(value).__name__}")
    return kind(value)


def _beside(folder: Path, config: KioskConfig) -> KioskConfig:
    replace = msgspec.structs.replace
    broker = config.broker
    if broker:
        files = {
            name: folder / value for name in ("ca", "certificate", "key") if (value := getattr(broker, name))
        }
        broker = replace(broker, **files)
    cards = replace(
        config.cards,
        list_key=folder / config.cards.list_key,
        sealing_key=folder / config.cards.sealing_key,
        test_card=folder / config.cards.test_card if config.cards.test_card else None,
    )
    sound = replace(config.sound, recordings=folder / config.sound.recordings)
    return replace(config, data=folder / config.data, broker=broker, cards=cards, sound=sound)
