"""The hold-a-card page of one kiosk on a real port, in a thread of its own."""

import asyncio
import random
import threading
import time
from datetime import date
from typing import Final

import httpx
import uvicorn

from provisioning.demo.cards import Deck, made_up_cards
from provisioning.demo.entrance import Entrance
from provisioning.demo.hold import build_app
from provisioning.demo.house import Spot
from provisioning.demo.kiosk_screen import KioskScreen
from tests.provisioning.demo.door import KIOSK

TOKEN: Final = "the-token-of-this-start"  # noqa: S105  (made up)
WAIT_S: Final = 20.0


class Serving:
    """The page and what follows the screen, in a loop of their own."""

    def __init__(self, spot: Spot, port: int, token: str = TOKEN) -> None:
        self._token = token
        self._spot = spot
        self._port = port
        self._server: uvicorn.Server | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def __enter__(self) -> str:
        self._thread.start()
        deadline = time.monotonic() + WAIT_S
        while self._server is None or not self._server.started:
            assert time.monotonic() < deadline, "the page is not served"
            time.sleep(0.02)
        return f"http://127.0.0.1:{self._port}"

    def __exit__(self, *exception: object) -> None:
        assert self._server is not None
        self._server.should_exit = True
        self._thread.join(WAIT_S)
        assert not self._thread.is_alive()

    async def _run(self) -> None:
        deck = Deck(made_up_cards(1, date(2026, 11, 24), 100), random.Random(1))  # noqa: S311  (no secrets)
        async with httpx.AsyncClient(trust_env=False, timeout=5) as web:
            screen = KioskScreen(self._spot.screen, web)
            following = asyncio.create_task(screen.follow())
            app = build_app({KIOSK: Entrance(self._spot, screen)}, deck, self._token)
            config = uvicorn.Config(
                app, port=self._port, ws="none", lifespan="off", log_config=None, timeout_graceful_shutdown=1
            )
            self._server = uvicorn.Server(config)
            await self._server.serve()
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
