"""The Decoder port on zxing-cpp: the best QR reader there is, and cheap enough for every frame."""

from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

from agent.core.reads import CodeSymbology
from agent.ports.camera import Luma
from agent.ports.decoder import DecoderMissingError, Found

if TYPE_CHECKING:
    import zxingcpp


class ZxingDecoder:
    def __init__(self) -> None:
        try:
            import zxingcpp  # noqa: PLC0415  (no wheel for a 32-bit system: pyzbar goes alone there)
        except ImportError as error:
            raise DecoderMissingError(
                "zxing-cpp is not installed. Install it with: pip install zxing-cpp"
            ) from error
        self._failures = 0
        self._zxing = zxingcpp
        # QRCodeModel2, not QRCode: that takes along Micro QR and rMQR, which no card has and which correct
        # fewer errors. Code39Std, not Code39: that turns the Italian medicine code XSUUHW into
        # A999123452, a text of the very shape of a card's.
        self._formats = zxingcpp.BarcodeFormats(
            [zxingcpp.BarcodeFormat.QRCodeModel2, zxingcpp.BarcodeFormat.Code39Std]
        )
        self._symbologies: dict[zxingcpp.BarcodeFormat, CodeSymbology] = {
            zxingcpp.BarcodeFormat.QRCode: "qr",
            zxingcpp.BarcodeFormat.Code39: "code39",
        }

    @property
    def name(self) -> str:
        return f"zxing-cpp {version('zxing-cpp')}"

    @property
    def failures(self) -> int:
        return self._failures

    def decode(self, luma: Luma) -> Sequence[Found]:
        try:
            # Not read_barcode: it stops at the first symbol, so a foreign code in view would hide the card.
            barcodes = self._zxing.read_barcodes(
                luma,
                formats=self._formats,
                try_rotate=True,
                try_downscale=True,
                try_invert=False,
                text_mode=self._zxing.TextMode.Plain,
            )
            return tuple(self._all_found(barcodes))
        except Exception:  # noqa: BLE001  (no picture stops a kiosk, whatever the engine makes of it)
            self._failures += 1
            return ()

    def _all_found(self, barcodes: "Iterable[zxingcpp.Barcode]") -> Iterator[Found]:
        for barcode in barcodes:
            if symbology := self._symbologies.get(barcode.symbology):
                yield Found(_text(barcode), symbology, _place(barcode.position))


def _text(barcode: "zxingcpp.Barcode") -> str:
    try:
        return barcode.text
    except UnicodeDecodeError:
        return barcode.bytes.decode("utf-8", errors="replace")


def _place(position: "zxingcpp.Position") -> tuple[int, int, int, int]:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    across = [corner.x for corner in corners]
    down = [corner.y for corner in corners]
    return min(across), min(down), max(across), max(down)
