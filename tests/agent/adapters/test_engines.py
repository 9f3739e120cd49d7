"""Which decoder looks when, and how well all of them read real pictures together."""

import csv
import json
import os
from pathlib import Path

import pytest

from agent.adapters.engines import ENGINES, for_stills, open_engines
from agent.adapters.pictures import load_luma
from agent.adapters.simulated.decoder import SimulatedDecoder
from agent.adapters.zxing import ZxingDecoder
from agent.ports.decoder import Decoder, DecoderMissingError

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
