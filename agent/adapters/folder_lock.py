"""One agent a data folder: two would number the same records twice."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from agent.told import ToldError


class FolderInUseError(ToldError):
    """The text says what to do."""


@contextmanager
def only_user_of(folder: Path) -> Iterator[None]:
    """Hold ``folder`` while the ``with`` lasts. The kernel lets go when the process ends, however it ends.

    Raises :class:`FolderInUseError`, also for a folder that cannot be used at all.
    """
    with _locked(folder):
        yield


def _locked(folder: Path) -> IO[str]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("w")
    except OSError as error:
        raise FolderInUseError(
            f"{folder} cannot be written to ({error.strerror}). Name another as data in kiosk.toml."
        ) from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise FolderInUseError(
            f"{folder} is in use by another agent. End that one, or give this one another data folder."
        ) from None
    return file
