"""The Decoder port on pyzbar (libzbar): reads Code 39 under shadow and glare, where zxing-cpp is weak."""

from collections.abc import Sequence
from importlib.metadata import version

from agent.core.reads import CodeSymbology
from agent.ports.camera import Luma
from agent.ports.decoder import DecoderMissingError, Found

LEAST_LINES = 2
"""Scan lines that must agree on a Code 39, as with zxing-cpp. All of 24 texts of a card's shape that were
misread in 6,852 damaged frames were read along a single line; of the right ones 2 % were."""
_SYMBOLOGIES: dict[str, CodeSymbology] = {"QRCODE": "qr", "CODE39": "code39"}


class ZbarDecoder:
    def __init__(self) -> None:
        try:
            from pyzbar import pyzbar  # noqa: PLC0415  (loads libzbar at import, which may be absent)
        except OSError as error:
            raise DecoderMissingError(
                f"libzbar is on this machine but cannot be loaded ({error})."
                " Install it anew with: sudo apt install --reinstall libzbar0"
            ) from error
        except ImportError as error:
            raise DecoderMissingError(
                "libzbar is not on this machine. Install it with: sudo apt install libzbar0"
                " (and, outside this project's own environment: pip install pyzbar)"
            ) from error
        self._failures = 0
        self._zbar = pyzbar
        self._symbols = [pyzbar.ZBarSymbol[symbol] for symbol in _SYMBOLOGIES]

    @property
    def name(self) -> str:
        return f"pyzbar {version('pyzbar')}"

    @property
    def failures(self) -> int:
        return self._failures

    def decode(self, luma: Luma) -> Sequence[Found]:
        try:
            # Always restricted: with all symbols it is twice as slow and prints warnings of its own.
            symbols = self._zbar.decode(luma, symbols=self._symbols)
        except Exception:  # noqa: BLE001  (ValueError on structured-append QR, and what else a picture may do)
            self._failures += 1
            return ()
        return tuple(
            Found(
                symbol.data.decode("utf-8", errors="replace"),
                _SYMBOLOGIES[symbol.type],
                (
                    symbol.rect.left,
                    symbol.rect.top,
                    symbol.rect.left + symbol.rect.width,
                    symbol.rect.top + symbol.rect.height,
                ),
            )
            for symbol in symbols
            if symbol.type in _SYMBOLOGIES
            # For a Code 39 libzbar's "quality" is the number of its lines.
            and (symbol.type != "CODE39" or symbol.quality >= LEAST_LINES)
        )
