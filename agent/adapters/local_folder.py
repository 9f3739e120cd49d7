"""DataFolder on Linux: ``/proc`` says where it lies, and the mark is a file of its own beside the journal."""

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from agent.core.memory import Mark, Place

MARK: Final = "last-start.json"
_MOUNT_ID: Final = re.compile(r"^mnt_id:\s*(\d+)$", re.MULTILINE)


class LocalFolder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def place(self) -> Place:
        try:
            folder = os.open(self._path, os.O_PATH)
            try:
                # The path alone may lie: mounts can cover each other, and links lead elsewhere.
                found = _MOUNT_ID.search(Path(f"/proc/self/fdinfo/{folder}").read_text())
                mountinfo = Path("/proc/self/mountinfo").read_text(errors="surrogateescape")
            finally:
                os.close(folder)
        except OSError:
            return Place("", -1)
        return Place(mountinfo, int(found[1]) if found else -1)

    def mark(self) -> Mark | None:
        try:
            return msgspec.json.decode((self._path / MARK).read_bytes(), type=Mark)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def leave(self, mark: Mark) -> None:
        draft = self._path / f"{MARK}.new"
        try:
            with draft.open("wb") as file:
                file.write(msgspec.json.encode(mark))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path / MARK)
        except OSError:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise
        folder = os.open(self._path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
