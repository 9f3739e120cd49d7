"""Picture files as luma planes: EXIF turn applied, transparency on white, bounded in size."""

import os
import stat
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from agent.ports.camera import Luma
from agent.told import ToldError

MAX_PIXELS = 50_000_000
"""A phone's camera makes up to 50 megapixels; a grey copy of that is 50 MB."""
MAX_SIDE = 4096
"""A larger picture is scaled down to this: no card needs more, and decoding time grows with the area."""

MAX_NAME = 100
"""Of a name that is too long for a file, so much is said."""

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
"""Pillow hands an EPS to Ghostscript, which runs what it says; the rest nobody needs."""


SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm", ".pgm")


class PictureError(ToldError):
    """The file cannot be used as a picture. The text says which and why."""


def files_of(path: Path) -> tuple[Path, ...]:
    """The pictures in a folder, by name; anything else is its own. Raises :class:`PictureError`."""
    if not os.path.isdir(path):  # noqa: PTH112  (Path.is_dir raises where a folder above may not be entered)
        return (path,)
    try:
        files = tuple(sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES))
    except OSError as error:
        raise PictureError(f"{path} cannot be listed: {error.strerror}. Check its permissions.") from None
    if not files:
        raise PictureError(f"There is no picture in {path}. Give a folder with PNG or JPEG files.")
    return files


def load_luma(path: Path) -> Luma:
    """Read ``path``. Raises :class:`PictureError`."""
    _check_kind(path)
    try:
        # Pillow's own bound for decompression bombs only warns; ours is checked before a pixel is decoded.
        with warnings.catch_warnings(), path.open("rb") as file:
            warnings.simplefilter("ignore")
            with Image.open(file, formats=FORMATS) as picture:
                _check_size(path, picture.size)
                return _luma(picture)
    except PictureError:
        raise
    except PermissionError:
        raise PictureError(f"{path} may not be read. Check its permissions.") from None
    except UnidentifiedImageError:
        raise PictureError(f"{path} is no picture that can be read. Give a PNG or JPEG file.") from None
    except Image.DecompressionBombError:
        raise PictureError(f"{path} is far too large when unpacked. Give a smaller copy.") from None
    except Exception as error:  # noqa: BLE001  (Pillow's many readers raise nearly anything on damaged files)
        raise PictureError(
            f"{path} is damaged or cut short ({type(error).__name__}). Save it anew."
        ) from None


def _check_kind(path: Path) -> None:
    """Before it is opened: a pipe would be waited for, and a device may never end."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise PictureError(f"{path} does not exist. Check the name.") from None
    except PermissionError:
        raise PictureError(f"{path} may not be read. Check its permissions.") from None
    except OSError as error:
        raise PictureError(f"{_short(path)} cannot be a file: {error.strerror}. Check the name.") from None
    except ValueError:
        raise PictureError("A file name holds a NUL character. Check the name.") from None
    if stat.S_ISDIR(mode):
        raise PictureError(f"{path} is a folder. Give the pictures in it.")
    if not stat.S_ISREG(mode):
        raise PictureError(f"{path} is no ordinary file. Give a PNG or JPEG file.")


def _short(path: Path) -> str:
    name = str(path)
    return name if len(name) <= MAX_NAME else f"{name[:MAX_NAME]}…"


def _check_size(path: Path, size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MAX_PIXELS:
        raise PictureError(
            f"{path} has {width} x {height} pixels; the most is {MAX_PIXELS // 1_000_000} million."
            " Give a smaller copy."
        )


def _luma(picture: Image.Image) -> Luma:
    picture.draft("L", (MAX_SIDE, MAX_SIDE))
    upright = ImageOps.exif_transpose(picture)
    if upright.has_transparency_data:
        upright = upright.convert("RGBA")
    elif upright.mode == "LAB":
        upright = upright.getchannel("L")  # which Pillow does not convert
    elif upright.mode.startswith(("I", "F")):
        upright = _eight_bits(upright)
    else:
        upright = upright.convert("L")
    # Scaled before it is laid on white: that takes three copies.
    upright.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    if upright.mode == "RGBA":
        upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright).convert("L")
    return np.asarray(upright)


def _eight_bits(deep: Image.Image) -> Image.Image:
    """Pillow cuts 16-bit greys off at 255 instead of scaling them. What is no number becomes black."""
    values = np.asarray(deep, dtype=np.float64)
    known = np.isfinite(values)
    if not known.any():
        raise ValueError("no number in it")
    low, high = float(values[known].min()), float(values[known].max())
    values = np.where(known, values, low)
    spread = (values - low) / (high - low) * 255 if high > low else values * 0
    return Image.fromarray(spread.astype(np.uint8))
