"""A kiosk's staff without a store: what it is told to show, and the commands that were made."""

from agent.wire.commands import CommandName
from server.domain.staff import KioskStaff, NoSuchKiosk


class SimulatedKioskStaff:
    def __init__(self, *kiosks: KioskStaff) -> None:
        self.kiosks = {kiosk.kiosk: kiosk for kiosk in kiosks}
        self.made: list[tuple[str, CommandName, bytes]] = []

    def of(self, kiosk: str) -> KioskStaff:
        if kiosk not in self.kiosks:
            raise NoSuchKiosk
        return self.kiosks[kiosk]

    def command(self, kiosk: str, name: CommandName, args: bytes) -> None:
        self.of(kiosk)
        self.made.append((kiosk, name, args))
