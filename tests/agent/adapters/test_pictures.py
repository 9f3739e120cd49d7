"""Picture files of every sort, whole and broken."""

import struct
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from agent.adapters.pictures import MAX_SIDE, PictureError, load_luma
from agent.adapters.simulated.card_picture import qr_picture

CODE = "A999123453"


def test_the_exif_turn_is_applied(tmp_path: Path) -> None:
    path = tmp_path / "turned.jpg"
    picture = Image.new("L", (40, 20), 255)
    exif = picture.getexif()
    exif[0x0112] = 6
    picture.save(path, exif=exif)
    assert load_luma(path).shape == (40, 20)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_transparent_becomes_white(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "clear.png"
    Image.new(mode, (8, 8), (0,) * len(mode)).save(path)
    assert load_luma(path).min() == 255


def test_a_transparent_palette_becomes_white(tmp_path: Path) -> None:
    path = tmp_path / "clear.gif"
    Image.new("P", (8, 8), 0).save(path, transparency=0)
    assert load_luma(path).min() == 255


def test_sixteen_bit_greys_keep_their_shades(tmp_path: Path) -> None:
    path = tmp_path / "deep.png"
    Image.fromarray(np.array([[0, 30000, 60000]], np.uint16)).save(path)
    assert load_luma(path).tolist() == [[0, 127, 255]]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "YCbCr", "I;16", "F"])
def test_every_colour_mode_gives_a_grey_plane(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "picture.tiff"
    Image.new(mode, (6, 4)).save(path)
    luma = load_luma(path)
    assert luma.shape == (4, 6)
    assert luma.dtype == np.uint8


def test_a_large_picture_is_scaled_down(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    Image.new("1", (6000, 3000), 1).save(path)
    assert load_luma(path).shape == (MAX_SIDE // 2, MAX_SIDE)


def test_a_decompression_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 0, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    )
    with pytest.raises(PictureError, match="Give a smaller copy"):
        load_luma(path)


def test_each_way_to_fail_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "empty.png").touch()
    for path, sentence in [
        (tmp_path / "absent.png", "does not exist"),
        (tmp_path, "is a folder"),
        (tmp_path / "text.png", "no picture"),
        (tmp_path / "empty.png", "no picture"),
    ]:
        with pytest.raises(PictureError, match=sentence) as caught:
            load_luma(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


def test_what_can_be_no_file_is_one_sentence_and_not_a_long_one(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "text.png").touch()
    for path, sentence in [
        (tmp_path / ("a" * 300), "cannot be a file: File name too long. Check the name."),
        (Path("a/" * 3000), "File name too long"),
        (tmp_path / "loop", "Too many levels"),
        (tmp_path / "text.png" / "in.png", "Not a directory"),
        (Path("/dev/null"), "no ordinary file"),
        (Path("a\0b"), "a NUL character"),
    ]:
        with pytest.raises(PictureError, match=sentence) as caught:
            load_luma(path)
        assert len(str(caught.value)) < 250
        assert str(caught.value).isprintable()


def test_lab_colours_are_read_by_their_brightness(tmp_path: Path) -> None:
    path = tmp_path / "lab.tif"
    Image.new("LAB", (8, 8), (200, 3, 4)).save(path)
    assert set(load_luma(path).ravel().tolist()) == {200}


def test_what_is_no_number_in_a_picture_of_numbers_is_black(tmp_path: Path) -> None:
    path = tmp_path / "floats.tif"
    Image.fromarray(np.array([[np.nan, 0.5, 1.0, np.inf]], np.float32)).save(path)
    assert load_luma(path).tolist() == [[0, 0, 255, 0]]


def test_a_picture_without_a_number_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "nothing.tif"
    Image.fromarray(np.full((4, 4), np.nan, np.float32)).save(path)
    with pytest.raises(PictureError, match="is damaged"):
        load_luma(path)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("whole")
    whole = {}
    for suffix in ("png", "jpg", "gif", "webp", "tiff", "bmp"):
        qr_picture(CODE, 200).save(folder / f"qr.{suffix}")
        whole[suffix] = (folder / f"qr.{suffix}").read_bytes()
    return whole


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_a_picture_or_a_sentence(
    files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    suffix = data.draw(st.sampled_from(sorted(files)))
    damaged = bytearray(files[suffix][: data.draw(st.integers(0, len(files[suffix])))])
    for at, value in data.draw(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=8)):
        if at < len(damaged):
            damaged[at] = value
    path = tmp_path_factory.getbasetemp() / f"damaged.{suffix}"
    path.write_bytes(damaged)
    with suppress(PictureError):
        assert load_luma(path).ndim == 2
