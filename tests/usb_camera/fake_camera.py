"""Builds the library that plays a USB camera, and the environment of a process that is to have one.

It answers what a V4L2 driver answers, with the structures of the kernel's own header. What it does not
show: a real driver, a real wire, and what cameras do against the rules.
"""

import io
import shutil
import subprocess
from pathlib import Path
from typing import Final, Literal

import numpy as np
import pytest
from PIL import Image

from agent.ports.camera import Luma

SOURCE: Final = Path(__file__).with_name("fake_video.c")
CC: Final = shutil.which("cc") or shutil.which("gcc")
DEVICE: Final = "/dev/video-of-the-tests"
SIZE: Final = (640, 480)
PADDING: Final = 64
"""Bytes that a line is longer than its pixels need."""

Format = Literal["GREY", "YUYV", "UYVY", "NV12", "MJPG", "H264"]

needs_cc = pytest.mark.skipif(CC is None, reason="no C compiler is installed")


def build(folder: Path) -> Path:
    """The library, made in ``folder``."""
    assert CC is not None
    library = folder / "fake_video.so"
    flags = ("-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o")
    subprocess.run([CC, *flags, library, SOURCE, "-ldl"], check=True)
    return library


def in_format(luma: Luma, letters: Format) -> tuple[bytes, int]:
    """One frame as the camera gives it, and the bytes of a line."""
    height, width = luma.shape
    if letters in ("MJPG", "H264"):
        data = io.BytesIO()
        Image.fromarray(luma).convert("RGB").save(data, "JPEG", quality=90)
        return data.getvalue().ljust(width * height, b"\0"), 0
    if letters in ("YUYV", "UYVY"):
        lines = np.full((height, 2 * width + PADDING), 90, np.uint8)
        lines[:, letters.index("Y") : 2 * width : 2] = luma
    else:
        lines = np.full((height * 3 // 2 if letters == "NV12" else height, width + PADDING), 90, np.uint8)
        lines[:height, :width] = luma
    return lines.tobytes(), lines.shape[1]


def environment(
    library: Path,
    frames: Path,
    shown: list[Luma],
    letters: Format = "YUYV",
    more: dict[str, str] | None = None,
) -> dict[str, str]:
    """Of a process with a camera that shows ``shown`` in turn, written to ``frames``."""
    given = [in_format(luma, letters) for luma in shown]
    frames.write_bytes(b"".join(data for data, _ in given))
    data, line = given[0]
    height, width = shown[0].shape
    return {
        "LD_PRELOAD": str(library),
        "FAKE_VIDEO": DEVICE,
        "KAIKU_USB_CAMERA": DEVICE,
        "FAKE_FORMAT": letters,
        "FAKE_SIZE": f"{width}x{height}",
        "FAKE_BYTES": f"{line} {len(data)}",
        "FAKE_FRAMES": str(frames),
        **(more or {}),
    }
