"""What picamera2 lacks on a machine that is no Raspberry Pi: three shims, in the tests and nowhere else.

1. ``pykms`` and ``pidng`` are empty: picamera2 imports them for previews and raw photographs.
2. Buffers are ordinary memory (memfd) instead of the kernel's DMA heaps, in the place of picamera2's own
   allocator, and need no synchronising. The virtual camera writes into them like any camera.
3. One raw mode is named: picamera2 asks for the modes of a raw stream, and the virtual camera has none.

Everything else is picamera2, libcamera and the kiosk's adapter as they are. Not shown by this: optics,
exposure, focus, a sensor's pace. The virtual camera has no controls and gives frames as fast as it can.

Loaded by pytest (``-p``) and by the child of these tests, before the adapter imports picamera2.
"""

import mmap
import os
import sys
from collections.abc import Mapping
from typing import Any
from unittest.mock import MagicMock

for name in ("pykms", "pidng", "pidng.core", "pidng.camdefs"):
    sys.modules[name] = MagicMock()

import libcamera  # noqa: E402  (after its stand-ins)
import picamera2.picamera2  # noqa: E402
from picamera2.allocators import Allocator  # noqa: E402


class Mapped:
    """A buffer's memory for the time of a ``with``."""

    def __init__(self, allocator: "MemoryAllocator", buffer: object, write: bool) -> None:
        del write
        self._memory = allocator.mapped_buffers[buffer]

    def __enter__(self) -> mmap.mmap:
        return self._memory

    def __exit__(self, *_: object) -> None:
        """The mapping stays until the buffers go."""

    def get_buffer(self) -> mmap.mmap:
        return self._memory


class MemoryAllocator(Allocator):  # type: ignore[misc]  # picamera2 has no types
    """Two planes, brightness and colour, one behind the other in one piece of memory."""

    def __init__(self) -> None:
        super().__init__()
        self.sync = Mapped
        self.mapped_buffers: dict[object, mmap.mmap] = {}
        self._buffers: dict[object, list[object]] = {}
        self._files: list[int] = []

    def allocate(self, libcamera_config: Any, use_case: object) -> None:  # noqa: ANN401
        del use_case
        self.close()
        for wanted in libcamera_config:
            self._buffers[wanted.stream] = [self._buffer(wanted) for _ in range(wanted.buffer_count)]

    def _buffer(self, wanted: Any) -> object:  # noqa: ANN401
        file = os.memfd_create("frame")
        self._files.append(file)
        os.ftruncate(file, wanted.frame_size)
        brightness = wanted.stride * wanted.size.height
        planes = []
        for offset, length in ((0, brightness), (brightness, wanted.frame_size - brightness)):
            plane = libcamera.FrameBuffer.Plane()
            plane.fd, plane.offset, plane.length = file, offset, length
            planes.append(plane)
        buffer = libcamera.FrameBuffer(planes)
        self.mapped_buffers[buffer] = mmap.mmap(file, wanted.frame_size)
        return buffer

    def buffers(self, stream: object) -> list[object]:
        return self._buffers[stream]

    def acquire(self, bufs: Mapping[object, object]) -> None:
        """Nobody else uses them."""

    def release(self, bufs: Mapping[object, object]) -> None:
        """Likewise."""

    def close(self) -> None:
        self.mapped_buffers.clear()
        self._buffers.clear()
        while self._files:
            os.close(self._files.pop())

    def __del__(self) -> None:
        self.close()


def _one_raw_mode(camera: object) -> list[dict[str, object]]:
    del camera
    return [{"format": "NV12", "size": (1280, 720)}]


picamera2.picamera2.DmaAllocator = MemoryAllocator
picamera2.picamera2.Picamera2._get_raw_modes = _one_raw_mode  # noqa: SLF001
