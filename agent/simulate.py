"""A kiosk for a laptop: ``run --simulate`` makes what it lacks, from keys to pictures of cards."""

import secrets
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
from nacl.public import PrivateKey

from agent.commands.sample_cards import make_sample_cards
from agent.config import (
    CardsConfig,
    ConfigError,
    KioskConfig,
    LightsConfig,
    ReadingConfig,
    ScreenConfig,
    SoundConfig,
)
from agent.wire.card_key import LIST_KEY_BYTES

KIOSK: Final = "k-simulated2"
SAMPLES: Final = 8


def simulated(config: KioskConfig) -> KioskConfig:
    """The same kiosk without its camera, wires and loudspeaker."""
    return msgspec.structs.replace(
        config,
        reading=msgspec.structs.replace(config.reading, camera="simulated"),
        lights=msgspec.structs.replace(config.lights, driver="simulated"),
        sound=SoundConfig(),
    )


def stand_alone(data: Path) -> KioskConfig:
    """A kiosk of no fleet in folder ``data``: nobody can ever open the codes that it seals."""
    list_key, sealing_key = data / "list.key", data / "sealing.pub"
    try:
        data.mkdir(parents=True, exist_ok=True)
        if not list_key.exists():
            list_key.write_text(secrets.token_hex(LIST_KEY_BYTES))
        if not sealing_key.exists():
            sealing_key.write_text(PrivateKey.generate().public_key.encode().hex())
    except OSError as error:
        raise ConfigError(
            f"{data} cannot be written to ({error.strerror}). Name another with --data."
        ) from None
    return KioskConfig(
        kiosk=KIOSK,
        venue="v-laptop",
        data=data.resolve(),
        trust_clock=True,
        allow_volatile_data=True,
        cards=CardsConfig(list_key=list_key.resolve(), sealing_key=sealing_key.resolve()),
        reading=ReadingConfig(camera="simulated"),
        lights=LightsConfig(driver="simulated"),
        screen=ScreenConfig(port=0),
    )


def sample_pictures(data: Path, today: date) -> tuple[Path, ...]:
    """Pictures of made-up cards, made once."""
    folder = data / "sample-cards"
    if not folder.exists():
        make_sample_cards(folder, SAMPLES, secrets.randbelow(10**6), today)
    return tuple(sorted(folder.glob("*.png")))
