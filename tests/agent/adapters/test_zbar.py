"""Traps of pyzbar that the adapter must stay out of."""

import io
import subprocess
import sys
import warnings

import numpy as np
import pytest
import segno
from PIL import Image

from agent.adapters.simulated.card_picture import code39_picture
from agent.adapters.zbar import ZbarDecoder
from agent.ports.camera import Luma


def structured_append() -> list[Luma]:
    """One message over three QR codes."""
    pictures = []
    for code in segno.make_sequence("A999123453 and so much more that it takes three", symbol_count=3):
        png = io.BytesIO()
        code.save(png, kind="png", scale=6)
        pictures.append(np.asarray(Image.open(png).convert("L")))
    return pictures


def test_structured_append_raises_in_pyzbar_and_not_here() -> None:
    from pyzbar import pyzbar  # noqa: PLC0415  (loads libzbar)

    for luma in structured_append():
        with pytest.raises(ValueError, match="ZBarOrientation"):
            pyzbar.decode(luma, symbols=[pyzbar.ZBarSymbol.QRCODE])
        assert ZbarDecoder().decode(luma) == ()


def test_what_libzbar_says_is_no_warning() -> None:
    with warnings.catch_warnings(record=True) as caught:
        ZbarDecoder().decode(np.asarray(code39_picture("A999123453", 700, 120)))
    assert not caught


def test_without_libzbar_it_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['pyzbar'] = None\n"
        "from agent.adapters.engines import ENGINES, open_engines\n"
        "engines = open_engines(ENGINES)\n"
        "print(len(engines.decoders), *engines.notes)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(
        "1 libzbar is not on this machine. Install it with: sudo apt install libzbar0"
    )
