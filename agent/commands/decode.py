"""``kaiku-agent decode IMAGE…``: what the decoders read in picture files, one JSON line a picture.

The one place where the texts of codes are printed: here a person asked for them.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

import msgspec

from agent.adapters.pictures import PictureError, files_of, load_luma
from agent.adapters.stopwatch import Stopwatch
from agent.core.reads import CodeSymbology
from agent.ports.decoder import Decoder


class DecodedRead(msgspec.Struct, frozen=True):
    text: str
    symbology: CodeSymbology


class DecodedPicture(msgspec.Struct, frozen=True):
    file: str
    reads: tuple[DecodedRead, ...]
    ms: float


def decode_pictures(files: Iterable[Path], decoder: Decoder, out: TextIO, err: TextIO) -> int:
    """Print a line for each picture; gives the exit code. An unreadable one does not stop the others.

    A folder among ``files`` stands for the pictures in it.
    """
    exit_code = 0
    for file in files:
        try:
            inside = files_of(file)
        except PictureError as error:
            print(error, file=err)
            exit_code = 1
            continue
        for one in inside:
            exit_code |= _told(one, decoder, out, err)
    return exit_code


def _told(file: Path, decoder: Decoder, out: TextIO, err: TextIO) -> int:
    try:
        picture = decode_picture(file, decoder)
    except PictureError as error:
        print(error, file=err)
        return 1
    print(msgspec.json.encode(picture).decode(), file=out, flush=True)
    return 0


def decode_picture(file: Path, decoder: Decoder) -> DecodedPicture:
    """Raises :class:`PictureError`."""
    luma = load_luma(file)
    stopwatch = Stopwatch()
    found = decoder.decode(luma)
    ms = round(stopwatch.ms(), 1)
    # A symbol that is found twice (turned, scaled down) is one read to a person.
    reads = dict.fromkeys(DecodedRead(one.text, one.symbology) for one in found)
    return DecodedPicture(_printable(file), tuple(reads), ms)


def _printable(file: Path) -> str:
    """A Linux file name may be any bytes; JSON takes text only."""
    return str(file).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
