"""Watchdog over systemd's notify socket (sd_notify(3)): a datagram; without systemd, nothing."""

import os
import socket
from typing import Final

MORE_TIME_S: Final = 60
"""A start that says nothing for so long hangs."""


class Systemd:
    def __init__(self) -> None:
        address = os.environ.get("NOTIFY_SOCKET", "")
        self._address = f"\0{address[1:]}" if address.startswith("@") else address

    def starting(self) -> None:
        self._send(f"EXTEND_TIMEOUT_USEC={MORE_TIME_S * 1_000_000}")

    def ready(self, status: str) -> None:
        self._send(f"READY=1\nSTATUS={status}")

    def alive(self) -> None:
        self._send("WATCHDOG=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
            try:
                sock.sendto(message.encode(), self._address)
            except OSError:
                return  # systemd restarts a kiosk it does not hear from: nothing better can be done here
