"""Files and folders that are whole or not there, whatever moment the power goes."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from agent.told import ToldError

PRIVATE: Final = 0o600
PUBLIC: Final = 0o644


class FolderTakenError(ToldError):
    """Something is there already. The text says what to do."""


def write(path: Path, content: bytes | str, mode: int = PUBLIC) -> None:
    """Replace ``path`` in one step: a new file beside it, on the disk, then renamed over it."""
    data = content.encode() if isinstance(content, str) else content
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        Path(name).rename(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Lend a folder to fill; it gets the name ``path`` only if all went well.

    Raises :class:`FolderTakenError` where ``path`` is there and not empty.
    """
    refuse_taken(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))  # made with mode 0700
    try:
        yield draft
        sync_folder(draft)
        draft.rename(path)  # replaces an empty folder, never a full one
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    sync_folder(path.parent)


def refuse_taken(path: Path) -> None:
    if path.is_dir() and not any(path.iterdir()):
        return
    if path.exists() or path.is_symlink():
        raise FolderTakenError(f"{path} is there already and not empty. Name a new folder.")


def sync_folder(folder: Path) -> None:
    """A new name is on the disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
