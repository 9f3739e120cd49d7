"""The Camera port on V4L2, for a USB camera: the luma plane lent from the driver's own buffers."""

import ctypes
import errno
import fcntl
import io
import mmap
import os
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import Any, Final, NamedTuple

import numpy as np
from PIL import Image

from agent.ports.camera import CameraLostError, Exposure, Luma

BUFFERS: Final = 4
RAW: Final = ("GREY", "YUYV", "UYVY", "NV12", "YU12")
"""Formats from which brightness is read as it lies there, cheapest first."""
JPEG: Final = "MJPG"
JPEG_FORMAT: Final = "JPEG"
REST_S: Final = 0.001
LEAST_WAITING: Final = 2
"""Of a driver that gives two buffers only, one that waits is no sign that newer frames were dropped."""
MAINS_50_HZ: Final = 1
"""v4l2_power_line_frequency"""
AS_UNSIGNED: Final = 0xFFFFFFFF


class UsbCamera:
    """``mjpeg``: ask for JPEG pictures, which come faster over the wire and cost a decoder's work."""

    def __init__(
        self, device: str, *, width: int, height: int, frames_per_second: float, mjpeg: bool = False
    ) -> None:
        self._device = device
        self._wanted_size = (width, height)
        self._rate = frames_per_second
        self._formats = (JPEG,) if mjpeg else RAW
        self._name = "usb"
        self._v4l2: ModuleType | None = None
        self._file = -1
        self._layout = _Layout("", 0, 0, 0)
        self._buffers: list[mmap.mmap] = []
        self._lost = False

    @property
    def name(self) -> str:
        return self._name

    def open(self) -> None:
        try:
            import videodev2  # noqa: PLC0415  (an extra)
        except ImportError as error:
            raise CameraLostError(
                "videodev2 is not installed. Install it with: pip install 'kaiku-kiosk[usb]'"
            ) from error
        self._v4l2 = videodev2
        try:
            self._file = os.open(self._device, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
            self._start(videodev2)
        except OSError as error:
            self.close()
            raise CameraLostError(_why(self._device, error)) from error
        except ValueError:
            raise CameraLostError("reading.usb_device holds a NUL character. Correct this entry.") from None
        except CameraLostError:
            self.close()
            raise
        self._lost = False

    def _start(self, v4l2: Any) -> None:  # noqa: ANN401  (videodev2 has no types)
        can = v4l2.v4l2_capability()
        self._ask("VIDIOC_QUERYCAP", can)
        can_do = can.device_caps if can.capabilities & v4l2.V4L2_CAP_DEVICE_CAPS else can.capabilities
        needed = v4l2.V4L2_CAP_VIDEO_CAPTURE | v4l2.V4L2_CAP_STREAMING
        if can_do & needed != needed:
            raise CameraLostError(
                f"{self._device} is no camera. Set reading.usb_device to another of: ls /dev/video*"
            )
        self._name = bytes(can.card).split(b"\0")[0].decode("utf-8", "replace")
        self._layout = self._agree_on_format(v4l2)
        self._wish(v4l2)
        self._map_buffers(v4l2)
        self._ask("VIDIOC_STREAMON", ctypes.c_int(v4l2.V4L2_BUF_TYPE_VIDEO_CAPTURE))

    def _agree_on_format(self, v4l2: Any) -> "_Layout":  # noqa: ANN401
        """The driver changes what it cannot do without an error: the first format that it leaves is taken."""
        given = ""
        for letters in self._formats:
            wanted = v4l2.v4l2_format()
            wanted.type = v4l2.V4L2_BUF_TYPE_VIDEO_CAPTURE
            pix = wanted.fmt.pix
            pix.width, pix.height = self._wanted_size
            pix.pixelformat = v4l2.v4l2_fourcc(*letters)
            pix.field = v4l2.V4L2_FIELD_ANY
            self._ask("VIDIOC_S_FMT", wanted)
            given = int(pix.pixelformat).to_bytes(4, "little").decode("ascii", "replace")
            if given == letters:
                return _Layout(letters, pix.width, pix.height, pix.bytesperline)
        raise CameraLostError(
            f"{self._name} gives {given} only, and none of {', '.join(self._formats)}."
            + (" Set reading.usb_mjpeg = true." if given == JPEG else "")
        )

    def _wish(self, v4l2: Any) -> None:  # noqa: ANN401
        """What many cameras can do and the others may do without."""
        rate = v4l2.v4l2_streamparm()
        rate.type = v4l2.V4L2_BUF_TYPE_VIDEO_CAPTURE
        rate.parm.capture.timeperframe.numerator = 1
        rate.parm.capture.timeperframe.denominator = max(round(self._rate), 1)
        lamps = v4l2.v4l2_control()
        lamps.id, lamps.value = v4l2.V4L2_CID_POWER_LINE_FREQUENCY, MAINS_50_HZ
        for request, wish in (("VIDIOC_S_PARM", rate), ("VIDIOC_S_CTRL", lamps)):
            with suppress(OSError):
                self._ask(request, wish)

    def _map_buffers(self, v4l2: Any) -> None:  # noqa: ANN401
        wanted = v4l2.v4l2_requestbuffers()
        wanted.count, wanted.type = BUFFERS, v4l2.V4L2_BUF_TYPE_VIDEO_CAPTURE
        wanted.memory = v4l2.V4L2_MEMORY_MMAP
        self._ask("VIDIOC_REQBUFS", wanted)
        for index in range(wanted.count):
            buffer = self._buffer(index)
            self._ask("VIDIOC_QUERYBUF", buffer)
            self._buffers.append(
                mmap.mmap(self._file, buffer.length, mmap.MAP_SHARED, mmap.PROT_READ, offset=buffer.m.offset)
            )
            self._give_back(index)

    @contextmanager
    def frame(self, timeout_s: float) -> Iterator[Luma]:
        if not self._buffers or self._lost:
            raise CameraLostError("The camera is not open.")
        until = time.monotonic() + timeout_s
        try:
            while True:
                index, used = self._newest(until, timeout_s)
                luma = self._layout.luma(self._buffers[index], used)
                if luma is not None:
                    break
                self._give_back(index)  # a JPEG that was cut on the wire
        except OSError as error:
            self._lost = True
            raise CameraLostError(_why(self._device, error)) from error
        try:
            yield luma
        finally:
            with suppress(OSError):  # unplugged meanwhile: the next frame says so
                self._give_back(index)

    def _newest(self, until: float, timeout_s: float) -> tuple[int, int]:
        """Index and length of the newest frame. Raises OSError, and :class:`CameraLostError` at ``until``."""
        ready = select.poll()
        ready.register(self._file, select.POLLIN)
        while True:
            left_s = until - time.monotonic()
            if left_s <= 0 or not ready.poll(left_s * 1000):
                self._lost = True
                raise CameraLostError(
                    f"{self._name} gave no frame in {timeout_s:g} s. If this repeats, try another USB port."
                )
            filled = self._filled()
            # Where all that the driver had were full it had to drop newer frames: all of these are old. One
            # it did not have while that was lent.
            old = len(filled) >= max(len(self._buffers) - 1, LEAST_WAITING)
            sound = [] if old else [one for one in filled if one.sound]
            for one in filled:
                if one is not (sound[-1] if sound else None):
                    self._give_back(one.number)
            if sound:
                return sound[-1].number, sound[-1].used
            # A driver that calls itself ready without a frame must not keep a core busy.
            time.sleep(REST_S)

    def _filled(self) -> list["_Filled"]:
        """What waits, oldest first."""
        v4l2: Any = self._v4l2
        filled: list[_Filled] = []
        while len(filled) < len(self._buffers):
            buffer = self._buffer(0)
            try:
                self._ask("VIDIOC_DQBUF", buffer)
            except BlockingIOError:
                break
            damaged = buffer.flags & v4l2.V4L2_BUF_FLAG_ERROR
            filled.append(_Filled(buffer.index, buffer.bytesused, not damaged))
        return filled

    def exposure(self) -> Exposure:
        return Exposure()

    def close(self) -> None:
        file, self._file = self._file, -1
        buffers, self._buffers = self._buffers, []
        for buffer in buffers:
            # A view that somebody keeps, against the contract, keeps its memory.
            with suppress(BufferError):
                buffer.close()
        if file >= 0:
            # The driver stops the stream and frees its buffers by itself.
            os.close(file)

    def _buffer(self, index: int) -> Any:  # noqa: ANN401
        v4l2: Any = self._v4l2
        buffer = v4l2.v4l2_buffer()
        buffer.index, buffer.type = index, v4l2.V4L2_BUF_TYPE_VIDEO_CAPTURE
        buffer.memory = v4l2.V4L2_MEMORY_MMAP
        return buffer

    def _give_back(self, index: int) -> None:
        self._ask("VIDIOC_QBUF", self._buffer(index))

    def _ask(self, request: str, argument: Any) -> None:  # noqa: ANN401
        """Raises OSError."""
        fcntl.ioctl(self._file, getattr(self._v4l2, request) & AS_UNSIGNED, argument)


class _Filled(NamedTuple):
    number: int
    used: int
    sound: bool
    """Not damaged on the wire."""


class _Layout:
    """How a frame lies in a buffer."""

    def __init__(self, letters: str, width: int, height: int, line: int) -> None:
        self._letters = letters
        self._size = (width, height)
        # Some drivers leave it empty where nothing pads the lines.
        packed = 2 * width if letters in ("YUYV", "UYVY") else width
        self._line = line or packed

    def luma(self, buffer: mmap.mmap, used: int) -> Luma | None:
        """A view; of a JPEG a new picture, and ``None`` where it is damaged."""
        width, height = self._size
        if self._letters == JPEG:
            return _from_jpeg(buffer[:used])
        rows = np.frombuffer(buffer, np.uint8, self._line * height).reshape(height, self._line)
        if self._letters in ("YUYV", "UYVY"):
            return rows[:, self._letters.index("Y") : 2 * width : 2]
        return rows[:, :width]


def _from_jpeg(data: bytes) -> Luma | None:
    try:
        picture = Image.open(io.BytesIO(data), formats=[JPEG_FORMAT])
        # Of the brightness alone: the colours are not even decoded.
        picture.draft("L", picture.size)
        return np.asarray(picture.convert("L"))
    except Exception:  # noqa: BLE001  (Pillow raises nearly anything on damaged data, or a bomb's own error)
        return None


def _why(device: str, error: OSError) -> str:
    match error.errno:
        case errno.ENOENT | errno.ENXIO | errno.ENODEV | errno.ENOTDIR | errno.EISDIR | errno.ENOTTY:
            return f"There is no camera at {device}. Connect it, and set reading.usb_device (ls /dev/video*)."
        case errno.ENAMETOOLONG | errno.ELOOP:
            return f"reading.usb_device is no name of a file ({error.strerror}). Correct this entry."
        case errno.EACCES | errno.EPERM:
            return f"{device} may not be used. Add this user to the group: sudo usermod -aG video USER"
        case errno.EBUSY:
            return f"Another program has {device}. End it, or set reading.usb_device to another camera."
        case _:
            return (
                f"The camera at {device} cannot be used ({error.strerror}). Unplug it and plug it in again."
            )
