"""Which decoder looks when, and how well all of them read real pictures together."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from agent.adapters.engines import (
    ENGINES,
    Engines,
    FirstThatReads,
    LiveDecoder,
    for_stills,
    open_engines,
)
from agent.adapters.pictures import load_luma
from agent.adapters.simulated.decoder import SimulatedDecoder
from agent.adapters.zxing import ZxingDecoder
from agent.ports.camera import Luma
from agent.ports.decoder import Decoder, DecoderMissingError, Found

SCANS = Path(__file__).resolve().parents[4] / "shared" / "scans"
EMPTY = np.zeros((4, 4), np.uint8)
CARD = Found("A999123453", "qr", (0, 0, 1, 1))


class Scripted:
    """Finds what it is told, and counts how often it was asked."""

    def __init__(self, name: str, *finds: Found) -> None:
        self.name = name
        self.finds = finds
        self.asked = 0

    def decode(self, luma: Luma) -> Sequence[Found]:
        del luma
        self.asked += 1
        return self.finds


def missing() -> Decoder:
    raise DecoderMissingError("It is not there. Install it with: apt install it")


def test_an_engine_that_is_missing_leaves_a_note() -> None:
    engines = open_engines((missing, SimulatedDecoder))
    assert [one.name for one in engines.decoders] == ["simulated"]
    assert engines.notes == ("It is not there. Install it with: apt install it",)


def test_without_any_engine_it_says_what_to_install() -> None:
    with pytest.raises(DecoderMissingError, match=r"No barcode decoder .* apt install it"):
        open_engines((missing,))


def test_a_second_decoder_is_asked_only_where_the_first_read_nothing() -> None:
    first, second = Scripted("a", CARD), Scripted("b", CARD)
    assert FirstThatReads((first, second)).decode(EMPTY) == (CARD,)
    assert (first.asked, second.asked) == (1, 0)


def test_live_the_second_looks_at_every_nth_unread_frame() -> None:
    first, second = Scripted("a"), Scripted("b", CARD)
    live = LiveDecoder(first, (second,), every=4)
    assert [len(live.decode(EMPTY)) for _ in range(8)] == [0, 0, 0, 1, 0, 0, 0, 1]
    assert first.asked == 8


def test_live_the_second_never_looks_while_the_first_reads() -> None:
    first, second = Scripted("a", CARD), Scripted("b")
    live = LiveDecoder(first, (second,), every=1)
    assert live.decode(EMPTY) == (CARD,)
    assert second.asked == 0


def test_live_further_decoders_take_turns() -> None:
    others = Scripted("b"), Scripted("c")
    live = LiveDecoder(Scripted("a"), others, every=2)
    for _ in range(12):
        live.decode(EMPTY)
    assert [one.asked for one in others] == [3, 3]


def test_live_goes_on_with_one_decoder_alone() -> None:
    live = LiveDecoder(Scripted("a"), (), every=1)
    assert live.decode(EMPTY) == ()
    assert live.name == "a"


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


@pytest.mark.skipif(not SCANS.is_dir(), reason="no real pictures at ../shared/scans; generated cards only")
@pytest.mark.parametrize(("kind", "least"), [("qr", 0.93), ("c39", 0.80)])
def test_real_pictures_are_read_better_than_by_zxing_alone(kind: str, least: float) -> None:
    engines: Engines = open_engines(ENGINES)
    pictures = expected()[kind]
    share = share_read(FirstThatReads(for_stills(engines)), pictures)
    assert share >= least
    assert share >= share_read(ZxingDecoder(), pictures)


@pytest.mark.skipif(not SCANS.is_dir(), reason="no real pictures at ../shared/scans; generated cards only")
def test_nothing_is_read_from_pictures_without_our_kinds_of_codes() -> None:
    decoder = FirstThatReads(for_stills(open_engines(ENGINES)))
    kinds = expected()
    files = [file for kind in ("none", "c128") for file, _ in kinds[kind]]
    assert {file.name: decoder.decode(load_luma(file)) for file in files} == {file.name: () for file in files}
