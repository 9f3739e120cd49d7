"""The contract of Watchdog, over a real notify socket and its twin."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.adapters.simulated.watchdog import CountingWatchdog
from agent.adapters.systemd import Systemd
from agent.ports.watchdog import Watchdog

Heard = Callable[[], list[str]]


@pytest.fixture
def notify_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield listening


def datagrams(listening: socket.socket) -> list[str]:
    heard = []
    while True:
        try:
            heard.append(listening.recv(4096).decode())
        except BlockingIOError:
            return heard


def test_systemd_hears_that_the_kiosk_is_ready_alive_and_how(notify_socket: socket.socket) -> None:
    watchdog: Watchdog = Systemd()
    watchdog.ready("screen at 8080")
    watchdog.alive()
    assert datagrams(notify_socket) == ["READY=1\nSTATUS=screen at 8080", "WATCHDOG=1"]


def test_systemd_gives_a_slow_start_more_time_each_time_it_hears_of_it(notify_socket: socket.socket) -> None:
    watchdog: Watchdog = Systemd()
    watchdog.starting()
    watchdog.starting()
    assert datagrams(notify_socket) == ["EXTEND_TIMEOUT_USEC=60000000"] * 2


def test_an_address_in_the_abstract_space_is_heard_too(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"kaiku-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0{name}")
        listening.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
        Systemd().alive()
        assert datagrams(listening) == ["WATCHDOG=1"]


@pytest.mark.parametrize("address", [None, "", "/nowhere/notify"])
def test_without_systemd_nothing_is_said_and_nothing_fails(
    address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    if address is not None:
        monkeypatch.setenv("NOTIFY_SOCKET", address)
    watchdog = Systemd()
    watchdog.starting()
    watchdog.ready("up")
    watchdog.alive()


def test_the_twin_counts_what_it_was_fed() -> None:
    twin = CountingWatchdog()
    watchdog: Watchdog = twin
    watchdog.starting()
    watchdog.ready("up")
    watchdog.alive()
    watchdog.alive()
    assert (twin.delays, twin.is_ready, twin.feeds, twin.statuses) == (1, True, 2, ["up"])
