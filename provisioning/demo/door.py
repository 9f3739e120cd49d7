"""The demo's door: made-up visitors, and the person at the hold-a-card page."""

import asyncio
import random
import secrets
import sys
from contextlib import AsyncExitStack, suppress
from datetime import date
from pathlib import Path

import httpx
import msgspec
import uvicorn

from provisioning.adapters.clock import now
from provisioning.demo.cards import Deck, made_up_cards
from provisioning.demo.entrance import Entrance
from provisioning.demo.hold import build_app
from provisioning.demo.house import DoorNote
from provisioning.demo.kiosk_screen import KioskScreen
from provisioning.demo.ports import LOOPBACK
from provisioning.demo.visitors import come_by

ASK_S = 5.0


def main() -> None:
    """Arguments: the note's file, and perhaps ``--no-visitors``."""
    note = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=DoorNote)
    today = now().astimezone().date()
    with suppress(KeyboardInterrupt):
        asyncio.run(open_door(note, today, visitors="--no-visitors" not in sys.argv))


async def open_door(note: DoorNote, today: date, *, visitors: bool) -> None:
    chance = random.Random(secrets.randbits(64))  # noqa: S311  (who comes next is no secret)
    deck = Deck(made_up_cards(note.seed, today), chance)
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=ASK_S))
        entrances = {spot.kiosk: Entrance(spot, KioskScreen(spot.screen, web)) for spot in note.spots}
        server = uvicorn.Server(
            uvicorn.Config(
                build_app(entrances, deck, secrets.token_urlsafe()),
                host=LOOPBACK,
                port=note.port,
                ws="none",
                lifespan="off",
                access_log=False,  # an address carries the token
                server_header=False,
                timeout_graceful_shutdown=1,
            )
        )
        work = [asyncio.create_task(entrance.screen.follow()) for entrance in entrances.values()]
        if visitors:
            work += [asyncio.create_task(come_by(entrance, deck, chance)) for entrance in entrances.values()]
        serving = asyncio.create_task(server.serve())
        # A fault of ours in any of them ends the door; the demo starts it again and keeps its log.
        done, _ = await asyncio.wait([serving, *work], return_when=asyncio.FIRST_COMPLETED)
        for task in work:
            task.cancel()
        server.should_exit = True
        await serving
        for task in done:
            task.result()
