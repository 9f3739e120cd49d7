"""A kiosk as the door meets it: the simulated camera on its socket and the real screen, without an agent."""

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from agent.adapters.engines import ENGINES, open_engines
from agent.adapters.simulated.camera import SimulatedCamera
from agent.config import ScreenConfig
from agent.wire.card_code import DEFAULT_PATTERN
from provisioning.demo.entrance import Entrance
from provisioning.demo.house import Spot
from provisioning.demo.kiosk_screen import KioskScreen
from tests.kiosk_ui.running import RunningScreen, running_screen

KIOSK = "k-aaaaaaaaaa"
PATTERN = re.compile(DEFAULT_PATTERN)


@dataclass
class SeenByCamera:
    """What the real decoder reads off the frames that are held up, while it looks."""

    texts: set[str] = field(default_factory=set)
    any: threading.Event = field(default_factory=threading.Event)
    stop: threading.Event = field(default_factory=threading.Event)

    def look(self, camera: SimulatedCamera) -> None:
        engines = open_engines(ENGINES).decoders
        while not self.stop.is_set():
            with camera.frame(1.0) as luma:
                self.texts |= {found.text for engine in engines for found in engine.decode(luma)}
            if self.texts:
                self.any.set()
            self.stop.wait(0.05)


@contextmanager
def kiosk(folder: Path) -> Iterator[tuple[Spot, RunningScreen, SeenByCamera]]:
    camera = SimulatedCamera(folder / "camera.sock", width=1280, height=720)
    camera.open()
    seen = SeenByCamera()
    looking = threading.Thread(target=seen.look, args=(camera,))
    looking.start()
    try:
        with running_screen(ScreenConfig(port=0)) as screen:
            yield spot(folder, screen.address), screen, seen
    finally:
        seen.stop.set()
        looking.join()
        camera.close()


def spot(folder: Path, screen: str) -> Spot:
    return Spot(
        kiosk=KIOSK,
        name="Uimahalli, aula",
        venue="Rovaniemen uimahalli",
        camera=str(folder / "camera.sock"),
        screen=screen,
        pause_s=(0.01, 0.02),
    )


@asynccontextmanager
async def entrance_of(spot: Spot) -> AsyncIterator[Entrance]:
    async with httpx.AsyncClient(trust_env=False, timeout=5) as web:
        screen = KioskScreen(spot.screen, web)
        following = asyncio.create_task(screen.follow())
        try:
            yield Entrance(spot, screen)
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
