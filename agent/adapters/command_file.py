"""The ids of the fleet's commands in a file of their own, one a line: begun before it is done."""

import os
from pathlib import Path
from typing import Final

from agent.ports.command_memory import CommandMemoryError

KEPT: Final = 1000
"""Commands are open for minutes; these are of weeks."""


class CommandFile:
    """Beside the journal. A line that a power cut left unfinished is nobody's id."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begun: list[str] | None = None

    def begin(self, command: str) -> bool:
        try:
            if self._begun is None:
                self._begun = self._read()
            if command in self._begun:
                return False
            self._append(command)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandMemoryError(f"{self._path.name}: {error}") from None
        self._begun.append(command)
        return True

    def _read(self) -> list[str]:
        if not self._path.exists():
            return []
        lines = self._path.read_text(encoding="ascii").splitlines()
        if len(lines) > 2 * KEPT:
            lines = lines[-KEPT:]
            new = self._path.with_suffix(".new")
            self._write(new, "".join(f"{line}\n" for line in lines), "w")
            new.replace(self._path)
        return lines

    def _append(self, command: str) -> None:
        """With a line's end before it, too: the line before may be unfinished."""
        new = not self._path.exists()
        self._write(self._path, f"{command}\n" if new else f"\n{command}\n", "a")
        if new:
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    @staticmethod
    def _write(path: Path, text: str, mode: str) -> None:
        with path.open(mode, encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
