"""Which pages in SQLite's write-ahead log count, also behind a part of the log that is damaged.

SQLite reads the log up to the first frame that is not as it was written, and takes what follows for what a
power cut left. But each frame carries its checksum, from which the next one goes on: behind a damaged frame
the chain can be taken up again. Where it goes on beyond the end of a transaction, that end was on the disk
first (``synchronous=FULL``), with all before it: what is damaged was whole then, and what follows counts.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from agent.adapters.sqlite_pages import PAGE

_BEGIN: Final = bytes.fromhex("377f0682002de218") + PAGE.to_bytes(4, "big")
"""As every machine writes it whose numbers have their low byte first."""
_HEADER: Final = 32
_FRAME_HEADER: Final = struct.Struct(">II8s8s")
_FRAME: Final = _FRAME_HEADER.size + PAGE
_SUMS: Final = struct.Struct(">II")


class Log(NamedTuple):
    pages: dict[int, int]
    """Where in the log's file the last committed version of each page begins, by the page's number."""
    damaged: bool
    """Something committed lies behind a frame that is not as it was written: SQLite would drop it."""


@dataclass
class _Chain:
    """Frames of which each goes on from the one before. What the first goes on from is not believed."""

    salt: bytes
    last: bytes
    """The checksum so far."""
    committed: bool = False
    """Its last frame ends a transaction."""
    proved: bool = False
    pages: dict[int, int] = field(default_factory=dict)
    unfinished: dict[int, int] = field(default_factory=dict)

    def add(self, page: int, at: int, last: bytes, *, committed: bool) -> None:
        self.proved = self.proved or self.committed
        self.last, self.committed = last, committed
        self.unfinished[page] = at
        if committed:
            self.pages |= self.unfinished
            self.unfinished.clear()

    def is_followed_by(self, salt: bytes) -> None:
        """By a frame of the same log, whatever became of it: it was begun with all before it on the disk."""
        self.proved = self.proved or (self.committed and self.salt == salt)


def read_log(read: Callable[[int, int], bytes], size: int) -> Log:
    """``read`` gives so many bytes from a place on, or fewer where they cannot be read."""
    header = read(0, _HEADER)
    whole = header[:12] == _BEGIN and header[24:] == _sum(bytes(8), header[:24])
    salt = header[16:24] if whole else b""
    chain = _Chain(salt, header[24:], proved=whole)
    chains = [chain]
    for at in range(_HEADER, size - _FRAME + 1, _FRAME):
        frame = read(at, _FRAME)
        if len(frame) < _FRAME:
            chain = _Chain(b"", b"")
            continue
        page, pages_after, its_salt, its_sum = _FRAME_HEADER.unpack_from(frame)
        if salt not in (b"", its_salt):  # of the log's last round
            chain = _Chain(b"", b"")
        elif chain.salt == its_salt and _sum(chain.last, frame[:8] + frame[24:]) == its_sum:
            chain.add(page, at + _FRAME_HEADER.size, its_sum, committed=pages_after > 0)
        else:
            chains[-1].is_followed_by(its_salt)
            chain = _Chain(its_salt, its_sum, committed=pages_after > 0)
            chains.append(chain)
    return _together(chains, salt)


def _together(chains: list[_Chain], salt: bytes) -> Log:
    pages: dict[int, int] = {}
    damaged = False
    for number, chain in enumerate(chains):
        if chain.proved and chain.pages and salt in (b"", chain.salt):
            salt = chain.salt
            pages |= chain.pages
            damaged = damaged or number > 0
    return Log(pages, damaged)


def _sum(before: bytes, data: bytes) -> bytes:
    one, two = _SUMS.unpack(before)
    words = struct.unpack(f"<{len(data) // 4}I", data)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return _SUMS.pack(one, two)
