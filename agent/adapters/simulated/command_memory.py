"""The simulated command memory: forgets with the process, and fails when told to."""

from agent.ports.command_memory import CommandMemoryError


class SimulatedCommandMemory:
    def __init__(self) -> None:
        self.begun: list[str] = []
        self.broken = False

    def begin(self, command: str) -> bool:
        if self.broken:
            raise CommandMemoryError("broken")
        if command in self.begun:
            return False
        self.begun.append(command)
        return True
