"""Traps of zxing-cpp that the adapter must stay out of."""

import numpy as np
import zxingcpp
from PIL import Image

from agent.adapters.simulated.card_picture import code39_picture, foreign_picture, qr_picture
from agent.adapters.zxing import ZxingDecoder
from agent.ports.camera import Luma

CODE = "A999123453"


def written(text: str, barcode_format: zxingcpp.BarcodeFormat) -> Luma:
    barcode = zxingcpp.create_barcode(text, barcode_format)
    return np.array(zxingcpp.write_barcode_to_image(barcode, scale=6))


def test_an_italian_medicine_code_is_not_turned_into_a_cards_code() -> None:
    # As plain Code 39 it says XSUUHW; zxing-cpp's format Code39 makes A999123452 of it.
    found = ZxingDecoder().decode(np.asarray(code39_picture("XSUUHW", 700, 120)))
    assert [one.text for one in found] == ["XSUUHW"]


def test_the_small_relatives_of_the_qr_code_are_not_read() -> None:
    for relative in (zxingcpp.BarcodeFormat.MicroQRCode, zxingcpp.BarcodeFormat.RMQRCode):
        assert not ZxingDecoder().decode(written(CODE, relative))


def test_other_kinds_of_codes_are_not_read() -> None:
    for other in (zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.DataMatrix):
        assert not ZxingDecoder().decode(written(CODE, other))


def test_a_foreign_code_in_view_does_not_hide_the_card() -> None:
    scene = Image.new("L", (1600, 900), 200)
    scene.paste(foreign_picture("https://example.org/").convert("L").resize((500, 500)), (50, 100))
    scene.paste(qr_picture(CODE, 300), (900, 200))
    texts = {one.text for one in ZxingDecoder().decode(np.asarray(scene))}
    assert texts == {"https://example.org/", CODE}


def test_a_code_upside_down_or_on_its_side_is_read() -> None:
    upright = np.asarray(code39_picture(CODE, 700, 120))
    for turned in (upright[::-1, ::-1], np.rot90(upright), np.rot90(upright, 3)):
        assert [one.text for one in ZxingDecoder().decode(turned)] == [CODE]


def test_the_name_tells_the_version() -> None:
    assert ZxingDecoder().name.startswith("zxing-cpp ")
