"""Free ports on loopback: the ones asked for, else those of the last time, else any."""

import socket
from dataclasses import dataclass
from typing import Final

import msgspec

from agent.told import ToldError
from provisioning.demo.house import KIOSKS, Layout, Ports
from provisioning.files import write

LOOPBACK: Final = "127.0.0.1"


class PortTakenError(ToldError):
    """A port that was asked for is in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPorts:
    """What the person said; ``None`` leaves it to the machine."""

    web: int | None
    screen: int | None
    broker: int | None


def choose(wanted: WantedPorts, layout: Layout) -> Ports:
    """Raises :class:`PortTakenError`. What is chosen is remembered: the addresses stay the same."""
    last = _remembered(layout)
    given = [port for port in (wanted.web, wanted.screen, wanted.broker) if port]
    taken = set(given)
    if len(taken) < len(given):
        raise PortTakenError("Two of the KAIKU_*_PORT variables name the same port. Set each to another.")

    def one(name: str, asked: int | None) -> int:
        if asked is not None:
            if not _free(asked):
                raise PortTakenError(
                    f"Port {asked} is in use. End the program that has it,"
                    f" or set KAIKU_{name.upper()}_PORT to another."
                )
            return asked
        before = last.get(name)
        port = before if before and before not in taken and _free(before) else _any_free(taken)
        taken.add(port)
        return port

    ports = Ports(
        broker=one("broker", wanted.broker),
        web=one("web", wanted.web),
        door=one("door", None),
        screens=tuple(
            one("screen" if number == 0 else f"screen{number}", wanted.screen if number == 0 else None)
            for number in range(len(KIOSKS))
        ),
    )
    _remember(layout, ports)
    return ports


def _remembered(layout: Layout) -> dict[str, int]:
    try:
        return msgspec.json.decode(layout.ports.read_bytes(), type=dict[str, int])
    except (OSError, msgspec.DecodeError):
        return {}


def _remember(layout: Layout, ports: Ports) -> None:
    names = {"broker": ports.broker, "web": ports.web, "door": ports.door}
    names |= {
        "screen" if number == 0 else f"screen{number}": port for number, port in enumerate(ports.screens)
    }
    write(layout.ports, msgspec.json.encode(names))


def _free(port: int) -> bool:
    try:
        # create_server reuses an address in TIME_WAIT, as the servers themselves do.
        socket.create_server((LOOPBACK, port)).close()
    except (OSError, OverflowError):
        return False
    return True


def _any_free(taken: set[int]) -> int:
    for _ in range(100):
        with socket.create_server((LOOPBACK, 0)) as probe:
            port: int = probe.getsockname()[1]
        if port not in taken:
            return port
    raise PortTakenError("There is no free port on this machine. Close some programs.")
