"""A kiosk's staff without a store: what it is told to show, and the commands that were made."""

import re

from agent.wire.card_code import DEFAULT_PATTERN
from agent.wire.commands import CommandName
from agent.wire.key_box import KeyBox
from server.domain.staff import (
    CodeNotSent,
    KioskStaff,
    NoSuchKiosk,
    refuse_words,
    type_args,
    typed_code,
)


class SimulatedKioskStaff:
    def __init__(self, *kiosks: KioskStaff) -> None:
        self.kiosks = {kiosk.kiosk: kiosk for kiosk in kiosks}
        self.box = KeyBox()
        self._pattern = re.compile(DEFAULT_PATTERN)
        self.made: list[tuple[str, CommandName, bytes]] = []

    def of(self, kiosk: str) -> KioskStaff:
        if kiosk not in self.kiosks:
            raise NoSuchKiosk
        return self.kiosks[kiosk]

    def command(self, kiosk: str, name: CommandName, args: bytes) -> None:
        self.of(kiosk)
        refuse_words(name, args, self._pattern)
        self.made.append((kiosk, name, args))

    def type(self, kiosk: str, code: str) -> None:
        typed = typed_code(code, self._pattern)
        if not self.of(kiosk).types:
            raise CodeNotSent("no_seal")
        self.command(kiosk, "type", type_args(typed, self.box.public))
