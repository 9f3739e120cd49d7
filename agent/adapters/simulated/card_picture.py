"""Pictures of cards that nobody owns: plain, neutral, marked NÄYTE, with a QR code and a Code 39."""

from collections.abc import Callable
from typing import Final, Literal

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

HeldUp = Literal["card", "phone", "foreign"]
"""Cardboard, the same code on a phone, or a QR code that is not ours."""

PX_PER_MM: Final = 12
CARD_MM: Final = (85, 54)
QR_MM: Final = 24
CODE39_MM: Final = (62, 13)
QUIET_MODULES: Final = 10
WIDE_MODULES: Final = 3
LONG_TEXT: Final = 1000

_PAPER: Final = (246, 243, 234)
_INK: Final = (32, 33, 36)
_QUIET: Final = (92, 95, 100)


def card_picture(code: str) -> Image.Image:
    """The cardboard: code as text, as QR and as Code 39. The name's line stays empty."""
    card = Image.new("RGB", _px(CARD_MM), _PAPER)
    draw = ImageDraw.Draw(card)
    _specimen_mark(draw, at=(5, 5))
    _text(draw, (5, 14), "Testikortti kioskin kokeiluun", 3.2, _QUIET)
    _text(draw, (5, 18), "Specimen · test card · not valid anywhere", 2.6, _QUIET)
    _text(draw, (5, 25), code, 5.2)
    draw.line([_px((5, 33)), _px((50, 33))], _QUIET, 2)
    card.paste(qr_picture(code, QR_MM * PX_PER_MM), _px((CARD_MM[0] - QR_MM - 4, 4)))
    width, height = _px(CODE39_MM)
    bars = code39_picture(code, width, height)
    card.paste(bars, ((card.width - bars.width) // 2, card.height - height - 4 * PX_PER_MM))
    return card


def phone_picture(code: str) -> Image.Image:
    """The same code on a phone's screen: dark frame, bright ground."""
    phone = Image.new("RGB", _px((72, 144)), (18, 18, 20))
    draw = ImageDraw.Draw(phone)
    draw.rounded_rectangle([*_px((3, 6)), *_px((69, 138))], 4 * PX_PER_MM, (252, 252, 252))
    _specimen_mark(draw, at=(10, 14))
    phone.paste(qr_picture(code, 50 * PX_PER_MM), _px((11, 34)))
    _text(draw, (14, 92), code, 6)
    return phone


def foreign_picture(text: str) -> Image.Image:
    """A leaflet with somebody's QR code: an address, a bill."""
    leaflet = Image.new("RGB", _px((90, 90)), (250, 250, 250))
    leaflet.paste(qr_picture(text, 60 * PX_PER_MM), _px((15, 15)))
    return leaflet


HELD_UP: Final[dict[HeldUp, Callable[[str], Image.Image]]] = {
    "card": card_picture,
    "phone": phone_picture,
    "foreign": foreign_picture,
}


def qr_picture(content: str | bytes, side_px: int) -> Image.Image:
    """A QR code with its quiet zone, as large as whole pixels for each module allow, at most ``side_px``."""
    # A card's code has room for more correction; a long text has not.
    level = "M" if len(content) <= LONG_TEXT else "L"
    barcode = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    modules = _image(barcode, scale=1)
    scale = max(1, side_px // modules.width)
    return _centred(
        modules, modules.width * scale, modules.height * scale, (max(side_px, modules.width),) * 2
    )


def code39_picture(content: str, width_px: int, height_px: int, *, wide: int = WIDE_MODULES) -> Image.Image:
    """A Code 39 with its quiet zone, as wide as whole pixels for each module allow, at most ``width_px``.

    A wide bar is ``wide`` narrow ones: three where there is room, two at least.
    """
    barcode = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.Code39)
    drawn = np.array(zxingcpp.write_barcode_to_image(barcode, scale=1, add_quiet_zones=False))
    row = drawn[len(drawn) // 2]
    starts = np.flatnonzero(np.diff(row, prepend=255))
    is_wide = np.diff(starts, append=len(row)) > 1  # zxing-cpp draws two
    quiet = np.full(QUIET_MODULES, 255, np.uint8)
    line = np.concatenate([quiet, np.repeat(row[starts], np.where(is_wide, wide, 1)), quiet])
    bars = Image.fromarray(line[np.newaxis])
    scale = max(1, width_px // bars.width)
    return _centred(bars, bars.width * scale, height_px, (max(width_px, bars.width), height_px))


def _image(barcode: zxingcpp.Barcode, *, scale: int) -> Image.Image:
    pixels = np.array(zxingcpp.write_barcode_to_image(barcode, scale=scale, add_quiet_zones=True))
    return Image.fromarray(pixels)


def _centred(modules: Image.Image, width: int, height: int, size: tuple[int, int]) -> Image.Image:
    ground = Image.new("L", size, 255)
    scaled = modules.resize((width, height), Image.Resampling.NEAREST)
    ground.paste(scaled, ((size[0] - width) // 2, (size[1] - height) // 2))
    return ground


def _specimen_mark(draw: ImageDraw.ImageDraw, *, at: tuple[float, float]) -> None:
    """NÄYTE; the font that comes with Pillow has no umlauts, so the dots are drawn."""
    size_mm = 7.0
    _text(draw, at, "NAYTE", size_mm)
    font = ImageFont.load_default(size_mm * PX_PER_MM)
    left, top = (mm * PX_PER_MM for mm in at)
    middle = left + font.getlength("N") + font.getlength("A") / 2
    dot = size_mm * PX_PER_MM / 16
    for centre in (middle - 2.2 * dot, middle + 2.2 * dot):
        draw.ellipse([centre - dot, top - dot / 2, centre + dot, top + dot * 3 / 2], _INK)


def _text(
    draw: ImageDraw.ImageDraw,
    at_mm: tuple[float, float],
    text: str,
    size_mm: float,
    ink: tuple[int, int, int] = _INK,
) -> None:
    draw.text(_px(at_mm), text, ink, ImageFont.load_default(size_mm * PX_PER_MM))


def _px(mm: tuple[float, float]) -> tuple[int, int]:
    return round(mm[0] * PX_PER_MM), round(mm[1] * PX_PER_MM)
