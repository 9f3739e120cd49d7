"""The Decoder port without a decoder: reads what a label in the picture's first row says."""

from collections.abc import Sequence

import msgspec
import numpy as np

from agent.core.reads import CodeSymbology
from agent.ports.camera import Luma
from agent.ports.decoder import Found

_MARK = b"KKL1"


class _Label(msgspec.Struct, array_like=True):
    text: str
    symbology: CodeSymbology


def labelled(luma: Luma, *codes: tuple[str, CodeSymbology]) -> Luma:
    """A copy of ``luma`` in which :class:`SimulatedDecoder` finds ``codes``."""
    label = msgspec.json.encode([_Label(*code) for code in codes])
    row = np.frombuffer(_MARK + len(label).to_bytes(2, "big") + label, np.uint8)
    copy = luma.copy()
    if row.size > copy.shape[1]:
        raise ValueError(f"a label of {row.size} bytes in a picture {copy.shape[1]} pixels wide")
    copy[0, : row.size] = row
    return copy


class SimulatedDecoder:
    @property
    def name(self) -> str:
        return "simulated"

    @property
    def failures(self) -> int:
        return 0

    def decode(self, luma: Luma) -> Sequence[Found]:
        row = luma[0].tobytes() if luma.size else b""
        mark, size, label = row[:4], int.from_bytes(row[4:6], "big"), row[6:]
        if mark != _MARK:
            return ()
        try:
            labels = msgspec.json.decode(label[:size], type=list[_Label])
        except msgspec.DecodeError:
            return ()
        height, width = luma.shape
        return tuple(Found(one.text, one.symbology, (0, 0, width, height)) for one in labels)
