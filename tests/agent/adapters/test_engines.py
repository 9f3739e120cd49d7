"""Which decoder looks when, and how well all of them read real pictures together."""

import csv
import json
import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from agent.adapters.aside import AsideAtOnce
from agent.adapters.engines import ENGINES, for_stills, open_engines
from agent.adapters.live import LiveDecoder
from agent.adapters.pictures import load_luma
from agent.adapters.rescue import first_look, rescue_steps
from agent.adapters.simulated.card_picture import code39_picture, qr_picture
from agent.adapters.simulated.decoder import SimulatedDecoder
from agent.adapters.zxing import ZxingDecoder
from agent.core.attention import rules_for
from agent.core.sight import SightRules
from agent.ports.camera import Luma
from agent.ports.decoder import Decoder, DecoderMissingError

CODE = "A999123453"
SCANS = Path(os.environ.get("KAIKU_SCANS") or Path(__file__).resolve().parents[4] / "shared" / "scans")


def missing() -> Decoder:
    raise DecoderMissingError("It is not there. Install it with: apt install it")


def test_an_engine_that_is_missing_leaves_a_note() -> None:
    engines = open_engines((missing, SimulatedDecoder))
    assert [one.name for one in engines.decoders] == ["simulated"]
    assert engines.notes == ("It is not there. Install it with: apt install it",)


def test_without_any_engine_it_says_what_to_install() -> None:
    with pytest.raises(DecoderMissingError, match=r"No barcode decoder .* apt install it"):
        open_engines((missing,))


def laid_down(code_width: int, size: tuple[int, int]) -> Luma:
    """A barcode somewhere in a grey picture."""
    ground = Image.new("L", size, 200)
    paper = Image.new("L", (code_width + 60, code_width // 5 + 60), 255)
    paper.paste(code39_picture(CODE, code_width, code_width // 5), (30, 30))
    ground.paste(paper, (size[0] // 3, size[1] // 2))
    return np.asarray(ground)


def test_a_barcode_of_light_bars_is_read() -> None:
    dark_mode = ~laid_down(500, (1000, 500))
    assert [one.text for one in for_stills(open_engines(ENGINES)).decode(dark_mode)] == [CODE]


def lying_still(picture: Luma, frames: int) -> list[list[str]]:
    """What is read in each frame by first look and rescue together."""
    engines = open_engines(ENGINES).decoders
    steps = rescue_steps(engines)
    live = LiveDecoder(
        first_look(engines), steps, rules_for(15, len(steps)), lambda one: one.text == CODE, AsideAtOnce()
    )
    noise = np.random.default_rng(1).integers(-3, 4, (frames, *picture.shape), np.int16)
    return [
        [one.text for one in live.decode(np.clip(picture + frame, 0, 255).astype(np.uint8))]
        for frame in noise
    ]


def test_a_barcode_of_light_bars_is_read_twice_in_a_second_and_a_half() -> None:
    assert lying_still(~laid_down(500, (1000, 500)), 22).count([CODE]) >= 2


def test_what_only_the_rescue_reads_is_seen_for_as_long_as_it_lies_there() -> None:
    dark_mode = Image.new("L", (800, 450), 0)
    dark_mode.paste(ImageOps.invert(qr_picture(CODE, 260)), (270, 95))
    reads = lying_still(np.asarray(dark_mode), 90)
    seen = [number for number, texts in enumerate(reads) if texts]
    away_frames = SightRules().away_s * 15
    assert max(later - one for one, later in pairwise([*seen, len(reads)])) < away_frames


def test_a_small_barcode_in_a_large_photograph_is_read() -> None:
    photograph = laid_down(260, (2400, 1200))
    assert ZxingDecoder().decode(photograph)
    assert [one.text for one in for_stills(open_engines(ENGINES)).decode(photograph)] == [CODE]


def expected() -> dict[str, list[tuple[Path, set[str]]]]:
    kinds: dict[str, list[tuple[Path, set[str]]]] = {}
    with (SCANS / "scans.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            kinds.setdefault(row["kind"], []).append((SCANS / row["file"], set(json.loads(row["expected"]))))
    return kinds


def share_read(decoder: Decoder, pictures: list[tuple[Path, set[str]]]) -> float:
    right = sum(
        len(texts & {one.text for one in decoder.decode(load_luma(file))}) for file, texts in pictures
    )
    return right / sum(len(texts) for _, texts in pictures)


@pytest.mark.skipif(not SCANS.is_dir(), reason="no real pictures: name their folder as KAIKU_SCANS")
@pytest.mark.parametrize(("kind", "least"), [("qr", 0.95), ("c39", 0.90)])
def test_real_pictures_are_read_better_than_by_zxing_alone(kind: str, least: float) -> None:
    pictures = expected()[kind]
    share = share_read(for_stills(open_engines(ENGINES)), pictures)
    assert share >= least
    assert share >= share_read(ZxingDecoder(), pictures)


@pytest.mark.skipif(not SCANS.is_dir(), reason="no real pictures: name their folder as KAIKU_SCANS")
def test_nothing_is_read_from_pictures_without_our_kinds_of_codes() -> None:
    decoder = for_stills(open_engines(ENGINES))
    kinds = expected()
    files = [file for kind in ("none", "c128") for file, _ in kinds[kind]]
    assert {file.name: decoder.decode(load_luma(file)) for file in files} == {file.name: () for file in files}
