"""Who uses a folder: one agent, or else two would number the same records twice; or servers, side by side."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from agent.told import ToldError


class FolderInUseError(ToldError):
    """The text says what to do."""


@contextmanager
def only_user_of(folder: Path, user: str, instead: str) -> Iterator[None]:
    """Hold ``folder`` while the ``with`` lasts. The kernel lets go when the process ends, however it ends.

    ``user`` is what such a program is called, ``instead`` what to do about a folder that cannot be
    written to. Raises :class:`FolderInUseError`.
    """
    with _locked(folder, user, instead):
        yield


@contextmanager
def user_among_others_of(folder: Path, instead: str) -> Iterator[bool]:
    """Hold ``folder`` beside others that call this, and yield whether there was none.

    Waits for the end of an only user.
    """
    with _opened(folder, instead) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            alone = False
        else:
            alone = True
        fcntl.flock(file, fcntl.LOCK_SH)
        yield alone


def _opened(folder: Path, instead: str) -> IO[str]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return (folder / "lock").open("w")
    except OSError as error:
        raise FolderInUseError(f"{folder} cannot be written to ({error.strerror}). {instead}") from None


def _locked(folder: Path, user: str, instead: str) -> IO[str]:
    file = _opened(folder, instead)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise FolderInUseError(f"{folder} is in use by another {user}. End that one first.") from None
    return file
