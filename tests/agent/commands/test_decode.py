"""``kaiku-agent decode``: a line a picture, and clear sentences."""

import io
import json
import os
from pathlib import Path

import pytest
from PIL import Image

from agent.adapters.engines import ENGINES, for_stills, open_engines
from agent.adapters.rescue import EveryStep
from agent.adapters.simulated.card_picture import card_picture, foreign_picture
from agent.commands.decode import decode_pictures

CODE = "A999123453"


@pytest.fixture(scope="module")
def decoder() -> EveryStep:
    return for_stills(open_engines(ENGINES))


def said(decoder: EveryStep, *files: Path) -> tuple[int, list[dict[str, object]], list[str]]:
    out, err = io.StringIO(), io.StringIO()
    exit_code = decode_pictures(files, decoder, out, err)
    return exit_code, [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue().splitlines()


def test_a_card_is_one_line_of_json(decoder: EveryStep, tmp_path: Path) -> None:
    card_picture(CODE).save(tmp_path / "card.png")
    exit_code, (line,), errors = said(decoder, tmp_path / "card.png")
    assert (exit_code, errors) == (0, [])
    assert set(line) == {"file", "reads", "ms"}
    assert line["file"] == str(tmp_path / "card.png")
    assert isinstance(line["ms"], float)
    assert isinstance(line["reads"], list)
    assert sorted(line["reads"], key=str) == [
        {"text": CODE, "symbology": "code39"},
        {"text": CODE, "symbology": "qr"},
    ]


def test_a_picture_without_a_code_is_no_error(decoder: EveryStep, tmp_path: Path) -> None:
    Image.new("L", (64, 64), 128).save(tmp_path / "grey.png")
    exit_code, (line,), errors = said(decoder, tmp_path / "grey.png")
    assert (exit_code, line["reads"], errors) == (0, [], [])


def test_a_bad_file_is_one_sentence_and_the_others_go_on(decoder: EveryStep, tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_text("not a picture")
    card_picture(CODE).save(tmp_path / "good.png")
    exit_code, lines, errors = said(decoder, *(tmp_path / name for name in ("absent", "bad.png", "good.png")))
    assert exit_code == 1
    assert [line["file"] for line in lines] == [str(tmp_path / "good.png")]
    assert errors == [
        f"{tmp_path / 'absent'} does not exist. Check the name.",
        f"{tmp_path / 'bad.png'} is no picture that can be read. Give a PNG or JPEG file.",
    ]


def test_a_folder_stands_for_the_pictures_in_it(decoder: EveryStep, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    (folder / "empty").mkdir(parents=True)
    for name in ("b.png", "a.JPG"):
        Image.new("L", (64, 64), 128).save(folder / name)
    (folder / "notes.txt").write_text("not a picture")
    (folder / "c.png").write_text("nor this")
    exit_code, lines, errors = said(decoder, folder, folder / "empty")
    assert exit_code == 1
    assert [line["file"] for line in lines] == [str(folder / name) for name in ("a.JPG", "b.png")]
    assert errors == [
        f"{folder / 'c.png'} is no picture that can be read. Give a PNG or JPEG file.",
        f"There is no picture in {folder / 'empty'}. Give a folder with PNG or JPEG files.",
    ]


def test_a_pipe_is_no_picture_to_wait_for(decoder: EveryStep, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    out, err = io.StringIO(), io.StringIO()
    assert decode_pictures([tmp_path / "pipe"], decoder, out, err) == 1
    assert "no ordinary file" in err.getvalue()


def test_a_nasty_text_stays_inside_its_line(decoder: EveryStep, tmp_path: Path) -> None:
    foreign_picture("a\nb\x1b[2J\x07").save(tmp_path / "nasty.png")
    _, (line,), _ = said(decoder, tmp_path / "nasty.png")
    assert line["reads"] == [{"text": "a\nb\x1b[2J\x07", "symbology": "qr"}]


def test_a_file_name_of_odd_bytes_is_no_error(decoder: EveryStep, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"\xff.png")
    Image.new("L", (8, 8)).save(odd)
    exit_code, (line,), _ = said(decoder, odd)
    assert (exit_code, line["file"]) == (0, f"{tmp_path}/\N{REPLACEMENT CHARACTER}.png")
