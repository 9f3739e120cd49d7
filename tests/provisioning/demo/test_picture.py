"""Any picture becomes a frame of the camera's size, and nothing else does or harms."""

import base64
import io
import zlib

import pytest
from PIL import Image

from agent.adapters.engines import ENGINES, for_stills, open_engines
from agent.adapters.simulated.card_picture import card_picture
from provisioning.demo.picture import FRAME, MAX_PICTURE_BYTES, NotAPictureError, frame_of


def sent(picture: Image.Image, kind: str = "PNG") -> str:
    file = io.BytesIO()
    picture.save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize("size", [(1, 1), (640, 480), (3000, 10), (10, 3000), (1280, 720)])
def test_a_picture_of_any_size_becomes_a_frame(size: tuple[int, int]) -> None:
    assert frame_of(sent(Image.new("RGB", size, "white"))).shape == (FRAME[1], FRAME[0])


def test_a_card_in_a_picture_is_still_read() -> None:
    decoder = for_stills(open_engines(ENGINES))
    found = decoder.decode(frame_of(sent(card_picture("A999123453"), "JPEG")))
    assert "A999123453" in {one.text for one in found}


def bomb() -> str:
    """A PNG of 60,000 x 60,000 pixels in a few kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    side = (60_000).to_bytes(4, "big")
    header = chunk(b"IHDR", side + side + bytes([1, 0, 0, 0, 0]))
    return base64.b64encode(
        b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(7501 * 100))) + chunk(b"IEND", b"")
    ).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not base64!",
        base64.b64encode(b"no picture").decode(),
        sent(Image.new("L", (300, 300)))[:80],
        bomb(),
        base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode(),
    ],
    ids=["empty", "no base64", "text", "cut short", "decompression bomb", "svg"],
)
def test_what_is_no_picture_is_refused_in_finnish(text: str) -> None:
    with pytest.raises(NotAPictureError, match="uva"):
        frame_of(text)


def test_a_picture_over_the_bound_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(NotAPictureError, match="8 Mt"):
        frame_of("A" * (MAX_PICTURE_BYTES * 4 // 3 + 8))
