"""Runs the kiosk's web app inside the agent's own loop, on loopback only."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import uvicorn

from agent.config import ScreenConfig
from agent.told import ToldError
from kiosk_ui.app import PING_S, build_app
from kiosk_ui.screen import WebScreen
from kiosk_ui.staff_app import StaffPages

LOOPBACK: Final = "127.0.0.1"
STALLED_BROWSER_S: Final = 1
"""How long the end waits for a browser that does not read any more."""


class ScreenPortError(ToldError):
    """The page cannot be served there. The text says what to do."""


class _Server(uvicorn.Server):
    """uvicorn as a guest: signals belong to the agent."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@asynccontextmanager
async def serve(
    screen: WebScreen, config: ScreenConfig, ping_s: float = PING_S, staff: StaffPages | None = None
) -> AsyncIterator[str]:
    """Serve the page while the ``with`` lasts; gives its address. Raises :class:`ScreenPortError`."""
    listener = _listen(config.port)
    app = build_app(screen, config, secrets.token_urlsafe(), ping_s, staff)
    server = _Server(
        uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,  # an address carries the token
            server_header=False,
            timeout_graceful_shutdown=STALLED_BROWSER_S,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="screen")
    try:
        await server.up.wait()
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}/"
    finally:
        screen.close()
        if staff:
            staff.desk.newest.close()
        server.should_exit = True
        await serving


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((LOOPBACK, port))
    except OSError as error:
        raise ScreenPortError(
            f"Port {port} cannot be used for the screen ({error.strerror}). Set another as screen.port in"
            " kiosk.toml (0 takes a free one), or end the program that has it."
        ) from None
