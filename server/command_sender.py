"""Sends the open commands to their kiosks, again and again: a kiosk may be away, or the broker."""

from collections.abc import Sequence
from typing import Final, Protocol

from agent.wire.messages import encode
from agent.wire.topics import of_kiosk
from server.card_answers import Publisher
from server.domain.staff import OpenCommand

COMMAND_S: Final = 5.0
"""How often an open command is sent; its kiosk does it once."""


class OpenCommands(Protocol):
    def open_commands(self) -> Sequence[OpenCommand]:
        """Of all kiosks, those that have neither a reply nor ended."""
        ...


class CommandSender:
    def __init__(self, store: OpenCommands, broker: Publisher) -> None:
        self._store = store
        self._broker = broker
        self._sent: dict[str, float] = {}
        """When each of the open ones was sent last."""

    def send(self, now_s: float) -> None:
        commands = self._store.open_commands()
        self._sent = {one.id: at for one in commands if (at := self._sent.get(one.id)) is not None}
        for one in commands:
            if now_s - self._sent.get(one.id, float("-inf")) >= COMMAND_S:
                self._sent[one.id] = now_s
                self._broker.publish(of_kiosk(one.kiosk, "cmd"), encode(one.message()), retain=False)
