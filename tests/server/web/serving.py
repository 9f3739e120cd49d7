"""The server's web on a free port of this machine, in a thread, for tests that need a real connection."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from agent.web_rules import LOOPBACK_HOSTS
from server.adapters.simulated_figures import SimulatedChanges, SimulatedFigures, SimulatedLetters
from server.ports import AtKiosks, Register
from server.web.app import create_app
from server.web.serving import WebServer, web_config
from server.web.work import QUICK_S


@contextmanager
def served(
    figures: SimulatedFigures,
    changes: SimulatedChanges,
    *,
    letters: SimulatedLetters | None = None,
    register: Register | None = None,
    kiosks: AtKiosks | None = None,
    beat_s: float = 20,
    quick_s: float = QUICK_S,
    port: int = 0,
) -> Iterator[str]:
    """Yields the address; leaving stops the server as a signal would, and returns when it has stopped."""
    letters = letters or SimulatedLetters(figures)
    app = create_app(
        figures,
        letters,
        changes,
        LOOPBACK_HOSTS,
        beat_s=beat_s,
        quick_s=quick_s,
        register=register,
        kiosks=kiosks or AtKiosks(),
    )
    config = web_config(app, host="127.0.0.1", port=0)
    server = WebServer(config, end_streams=changes.close)
    listener = socket.create_server(("127.0.0.1", port))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
