"""The place before one kiosk's camera: one at a time, and a person goes before made-up visitors."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from agent.adapters.simulated.frame_socket import show
from agent.ports.camera import Luma
from provisioning.demo.house import Spot
from provisioning.demo.kiosk_screen import KioskScreen

FRAME_S: Final = 0.12
HOLD_S: Final = 0.4
"""A frame is seen for longer than the next one takes to come."""
PERSON_S: Final = 60.0
"""After a person held something up, no made-up visitor comes for so long."""


class Entrance:
    def __init__(self, spot: Spot, screen: KioskScreen) -> None:
        self.spot = spot
        self.screen = screen
        self._camera = Path(spot.camera)
        self._turn = asyncio.Lock()
        self._persons_until = 0.0

    @property
    def kept_for_person(self) -> bool:
        return asyncio.get_running_loop().time() < self._persons_until

    def keep_for_person(self) -> None:
        self._persons_until = asyncio.get_running_loop().time() + PERSON_S

    async def hold_up(self, frames: Iterable[Luma]) -> None:
        """Frame by frame, as a card that comes and goes. Raises what :func:`show` raises."""
        async with self._turn:
            coming = iter(frames)
            while (frame := await asyncio.to_thread(next, coming, None)) is not None:
                await asyncio.to_thread(show, self._camera, frame, HOLD_S)
                await asyncio.sleep(FRAME_S)

    async def hold_still(self, frame: Luma, hold_s: float) -> None:
        """One picture for a while. Raises what :func:`show` raises."""
        async with self._turn:
            await asyncio.to_thread(show, self._camera, frame, hold_s)
