"""Asks the web for one answer without a socket."""

import asyncio

import httpx

from agent.web_rules import LOOPBACK_HOSTS
from server.adapters.simulated_figures import SimulatedChanges, SimulatedLetters
from server.ports import AtKiosks, DeadLetters, Figures, Register
from server.web.app import create_app
from tests.server.web.fleet import busy_fleet, empty_fleet

HTML = {"accept": "text/html,application/xhtml+xml"}


def ask(
    path: str,
    *,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    content: bytes | None = None,
    figures: Figures | None = None,
    letters: DeadLetters | None = None,
    register: Register | None = None,
    kiosks: AtKiosks | None = None,
) -> httpx.Response:
    fleet = figures or busy_fleet()
    letters = letters or SimulatedLetters(empty_fleet())
    app = create_app(
        fleet, letters, SimulatedChanges(), LOOPBACK_HOSTS, register=register, kiosks=kiosks or AtKiosks()
    )

    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path, headers=headers, content=content)

    return asyncio.run(once())
