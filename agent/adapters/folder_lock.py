"""One agent a data folder: two would number the same records twice."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.told import ToldError


class FolderInUseError(ToldError):
    """The text says what to do."""


@contextmanager
def only_user_of(folder: Path) -> Iterator[None]:
    """Hold ``folder`` while the ``with`` lasts. The kernel lets go when the process ends, however it ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
    except BlockingIOError:
        raise FolderInUseError(
            f"{folder} is in use by another agent. End that one, or give this one another data folder."
        ) from None
