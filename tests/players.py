"""Programs in the place of ``aplay``: one that plays until a test ends it, and some that fail."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

DEADLINE_S: Final = 10.0


def soon(happened: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + DEADLINE_S
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True


def program(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


class HeldPlayer:
    """Writes down what it is given to play, and plays it until :meth:`end`."""

    def __init__(self, folder: Path) -> None:
        self._heard = folder / "heard"
        self._go = folder / "go"
        self._heard.mkdir()
        os.mkfifo(self._go)
        number = f'n=$(ls "{self._heard}" | grep -c raw)'
        keep = (
            f'cat > "{folder}/$$"; echo $$ > "{self._heard}/$n.pid"; mv "{folder}/$$" "{self._heard}/$n.raw"'
        )
        self.program = program(
            folder / "player", f'{number}\n{keep}\nread _ < "{self._go}"; touch "{self._heard}/$n.end"'
        )

    def heard(self) -> list[bytes]:
        """All that has begun to sound, oldest first."""
        count = len(list(self._heard.glob("*.raw")))
        return [(self._heard / f"{number}.raw").read_bytes() for number in range(count)]

    def pid(self, number: int) -> int:
        return int((self._heard / f"{number}.pid").read_text())

    def plays(self) -> bool:
        pids = (self.pid(number) for number in range(len(self.heard())))
        return any(Path(f"/proc/{pid}").exists() for pid in pids)

    def ended(self) -> list[int]:
        """Which of those came to their own end."""
        return sorted(int(path.stem) for path in self._heard.glob("*.end"))

    def end(self) -> None:
        """What sounds comes to its end."""
        self._go.write_text("\n")
