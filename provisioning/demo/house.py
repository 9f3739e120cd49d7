"""What the demo consists of, and the note about it that the door (visitors, cards to hold up) reads."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import msgspec

from agent.config import Port
from server.domain.register import Category

AREA: Final = "Rovaniemi"
DOOR_NOTE: Final = "door.json"


@dataclass(frozen=True, slots=True)
class DemoKiosk:
    """A kiosk of the demo; ``folder`` is its name on the disk, ``pause_s`` how often somebody comes."""

    folder: str
    name: str
    venue: str
    category: Category
    pause_s: tuple[float, float]


KIOSKS: Final = (
    DemoKiosk("uimahalli", "Uimahalli, aula", "Rovaniemen uimahalli", "sport", (4.0, 9.0)),
    DemoKiosk("pilke", "Pilke, lipunmyynti", "Tiedekeskus Pilke", "science", (7.0, 15.0)),
    DemoKiosk("teatteri", "Teatteri, pääovi", "Rovaniemen teatteri", "culture", (9.0, 20.0)),
)


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """One kiosk as the door reaches it."""

    kiosk: str
    name: str
    venue: str
    camera: str
    screen: str
    pause_s: tuple[float, float]


class DoorNote(msgspec.Struct, frozen=True, kw_only=True, tag="door/1", tag_field="type"):
    """From the demo to its door process, in a file: addresses change from start to start."""

    port: Port
    seed: int
    spots: Annotated[tuple[Spot, ...], msgspec.Meta(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    broker: int
    web: int
    door: int
    screens: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where things are in the demo's folder."""

    home: Path

    @property
    def fleet(self) -> Path:
        return self.home / "fleet"

    @property
    def broker(self) -> Path:
        return self.home / "broker"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def cards(self) -> Path:
        return self.home / "cards.csv"

    @property
    def note(self) -> Path:
        return self.home / DOOR_NOTE

    @property
    def ports(self) -> Path:
        return self.home / "ports.json"

    def kiosk(self, kiosk: DemoKiosk) -> Path:
        return self.home / "kiosks" / kiosk.folder
