"""Serving inside the agent's loop: where, and how it ends."""

import asyncio
import re
import signal
import socket
from contextlib import closing
from urllib.parse import urlsplit

import httpx
import pytest

from agent.config import ScreenConfig
from agent.ports.screen import View
from kiosk_ui.screen import WebScreen
from kiosk_ui.serve import ScreenPortError, serve
from tests.kiosk_ui.running import running_screen

FREE = ScreenConfig(port=0)
RESTART_S = 10


def test_port_zero_takes_a_free_port_on_loopback_and_tells_which() -> None:
    with running_screen(FREE) as kiosk:
        assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d+/", kiosk.address)


def test_a_port_in_use_is_one_clear_sentence() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]

        async def live() -> None:
            config = ScreenConfig(port=port)
            async with serve(WebScreen(config), config):
                raise AssertionError("served on a port in use")

        with pytest.raises(ScreenPortError, match=rf"Port {port} .* screen\.port"):
            asyncio.run(live())


def test_signals_stay_with_the_agent() -> None:
    def handlers() -> list[object]:
        return [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    async def live() -> None:
        before = handlers()
        async with serve(WebScreen(FREE), FREE):
            assert handlers() == before

    asyncio.run(live())


def test_the_end_waits_for_no_open_stream_and_frees_the_port() -> None:
    with running_screen(FREE) as kiosk, httpx.Client(base_url=kiosk.address) as client:
        token = _token(client.get("/").text)
        with client.stream("GET", "/events", params={"token": token}) as stream:
            lines = stream.iter_lines()
            next(lines)
            kiosk.stop()
            for _ in lines:  # the stream ends by itself
                pass
    with running_screen(ScreenConfig(port=urlsplit(kiosk.address).port or 0)) as again:
        assert again.address == kiosk.address


def test_a_browser_that_never_reads_holds_up_neither_the_others_nor_the_end() -> None:
    with running_screen(FREE) as kiosk, httpx.Client(base_url=kiosk.address) as client:
        token = _token(client.get("/").text)
        with socket.create_connection(("127.0.0.1", urlsplit(kiosk.address).port)) as dead:
            dead.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            dead.sendall(f"GET /events?token={token} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode())
            for _ in range(2000):
                kiosk.show(View("accepted"))
                kiosk.show(View("idle"))
            with client.stream("GET", "/events", params={"token": token}) as stream:
                assert any('"idle"' in line for line in stream.iter_lines())
            kiosk.stop()


def test_an_agent_that_is_cancelled_still_closes_the_page() -> None:
    async def live() -> str:
        async def agent(up: asyncio.Future[str]) -> None:
            async with serve(WebScreen(FREE), FREE) as address:
                up.set_result(address)
                await asyncio.Event().wait()

        up: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        running = asyncio.create_task(agent(up))
        address = await up
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        return address

    with pytest.raises(httpx.ConnectError):
        httpx.get(asyncio.run(live()), timeout=RESTART_S)


def _token(page: str) -> str:
    found = re.search(r'name="kaiku-token" content="([^"]+)"', page)
    assert found
    return found[1]
