"""Where the spoken prompts lie: ``FOLDER/LANGUAGE/ID.wav``, read by people or rendered at install time."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

SUFFIX: Final = ".wav"

PromptFiles = Mapping[tuple[str, str], Path]
"""Language and id to file."""


def prompt_files(folders: Sequence[Path]) -> PromptFiles:
    """All that is there now; a file in an earlier folder wins."""
    found: dict[tuple[str, str], Path] = {}
    for folder in folders:
        for path in sorted(folder.glob(f"*/*{SUFFIX}")):
            found.setdefault((path.parent.name, path.stem), path)
    return found
