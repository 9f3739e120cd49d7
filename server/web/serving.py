"""Runs the web so that it also stops: uvicorn waits for open responses, and streams never end."""

import socket
from collections.abc import Callable
from typing import Final

import uvicorn

from agent.web_rules import App

GRACE_S: Final = 3
"""For answers under way; a client that reads nothing is left after it."""


class WebServer(uvicorn.Server):
    """Tells the event streams to end before it waits for the connections."""

    def __init__(self, config: uvicorn.Config, *, end_streams: Callable[[], None]) -> None:
        super().__init__(config)
        self._end_streams = end_streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._end_streams()
        await super().shutdown(sockets)


def web_config(app: App, *, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,  # addresses and times of readers are nobody's business
        log_config=None,  # the program's own logging stands
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        ws="none",
    )
