"""What every decoder promises: QR and Code 39, any picture, no exception."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from agent.adapters.aside import AsideAtOnce
from agent.adapters.live import LiveDecoder
from agent.adapters.rescue import EveryStep, RetouchedDecoder, still_steps
from agent.adapters.retouch import (
    Retouch,
    as_it_is,
    both,
    enlarged,
    flattened,
    halved,
    smoothed,
    stretched,
    turned,
    upright,
)
from agent.adapters.simulated.card_picture import card_picture, code39_picture, qr_picture
from agent.adapters.simulated.decoder import SimulatedDecoder, labelled
from agent.adapters.zbar import ZbarDecoder
from agent.adapters.zxing import ZxingDecoder
from agent.core.attention import rules_for
from agent.core.reads import CodeSymbology
from agent.ports.camera import Luma
from agent.ports.decoder import Decoder, DecoderMissingError

CODE = "A999123453"


@dataclass(frozen=True)
class Bench:
    decoder: Decoder
    draw: Callable[[str, CodeSymbology], Luma]


def drawn(text: str, symbology: CodeSymbology) -> Luma:
    picture = qr_picture(text, 250) if symbology == "qr" else code39_picture(text, 700, 120)
    ground = Image.new("L", (800, 480), 230)
    ground.paste(picture, (50, 60))
    return np.asarray(ground)


def drawn_simulated(text: str, symbology: CodeSymbology) -> Luma:
    return labelled(np.full((480, 800), 230, np.uint8), (text, symbology))


def retouched(retouch: Retouch) -> Decoder:
    return RetouchedDecoder(ZxingDecoder(), "retouched", retouch)


def live() -> Decoder:
    steps = (retouched(enlarged),)
    return LiveDecoder(ZxingDecoder(), steps, rules_for(10, len(steps)), lambda _: True, AsideAtOnce())


BENCHES: dict[str, Callable[[], Bench]] = {
    "zxing": lambda: Bench(ZxingDecoder(), drawn),
    "zbar": lambda: Bench(ZbarDecoder(), drawn),
    "zxing enlarged": lambda: Bench(retouched(enlarged), drawn),
    "zxing halved": lambda: Bench(retouched(halved), drawn),
    "zxing smoothed": lambda: Bench(retouched(smoothed), drawn),
    "zxing flattened": lambda: Bench(retouched(flattened), drawn),
    "zxing stretched": lambda: Bench(retouched(stretched), drawn),
    "zxing upright and more": lambda: Bench(retouched(both(upright, both(flattened, enlarged))), drawn),
    "live": lambda: Bench(live(), drawn),
    "every step": lambda: Bench(EveryStep(still_steps((ZxingDecoder(), ZbarDecoder()))), drawn),
    "every step of one engine": lambda: Bench(EveryStep(still_steps((ZxingDecoder(),))), drawn),
    "simulated": lambda: Bench(SimulatedDecoder(), drawn_simulated),
}


@pytest.fixture(params=BENCHES, scope="module")
def bench(request: pytest.FixtureRequest) -> Bench:
    try:
        return BENCHES[request.param]()
    except DecoderMissingError as missing:
        pytest.skip(f"{request.param}: {missing}")


@pytest.mark.parametrize("symbology", ["qr", "code39"])
def test_a_code_is_read_with_its_symbology(bench: Bench, symbology: CodeSymbology) -> None:
    found = bench.decoder.decode(bench.draw(CODE, symbology))
    assert {(one.text, one.symbology) for one in found} == {(CODE, symbology)}


def test_the_place_lies_in_the_picture(bench: Bench) -> None:
    (found,) = bench.decoder.decode(bench.draw(CODE, "qr"))
    left, top, right, bottom = found.place
    assert 0 <= left < right <= 800
    assert 0 <= top < bottom <= 480


def test_a_padded_plane_is_read_as_it_is(bench: Bench) -> None:
    luma = bench.draw(CODE, "qr")
    padded = np.zeros((luma.shape[0] + 200, luma.shape[1] + 64), np.uint8)
    padded[: luma.shape[0], : luma.shape[1]] = luma
    view = padded[: luma.shape[0], : luma.shape[1]]
    assert not view.flags.c_contiguous
    assert [one.text for one in bench.decoder.decode(view)] == [CODE]


def test_the_picture_is_not_changed(bench: Bench) -> None:
    luma = bench.draw(CODE, "qr")
    before = luma.copy()
    bench.decoder.decode(luma)
    assert np.array_equal(luma, before)


def test_a_picture_without_a_code_gives_nothing(bench: Bench) -> None:
    assert not bench.decoder.decode(np.full((480, 640), 128, np.uint8))


@pytest.mark.parametrize("shape", [(0, 0), (0, 640), (1, 1), (1, 640), (480, 1), (3, 5)])
def test_an_odd_shape_is_no_error(bench: Bench, shape: tuple[int, int]) -> None:
    assert not bench.decoder.decode(np.zeros(shape, np.uint8))


NASTY = {
    "an address": "https://example.org/?q=1&r=%00",
    "a payment": "BCD\n002\n1\nSCT\nBANKFIHH\nNAME\nFI2112345600000785\nEUR100.00",
    "sql": "'; DROP TABLE cards; --",
    "control characters": "\x00\x01\x1b[2J\x1b]0;title\x07\r\n\x7f",
    "4 KB": "A" * 4000,
    "no characters of ours": "käyntikortti ☃ 漢字 \U0001f600",
    "a card's code and more": f"{CODE}{CODE}",
}


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_any_text_is_given_as_it_is(text: str) -> None:
    luma = np.asarray(qr_picture(text, 1200))
    assert [one.text for one in ZxingDecoder().decode(luma)] == [text]
    # libzbar guesses the encoding and may guess wrong; a card's letters and digits are the same in all.
    for one in ZbarDecoder().decode(luma):
        assert one.text == text or not text.isascii()


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_are_given_as_a_text(data: bytes) -> None:
    luma = np.asarray(qr_picture(data, 900))
    for engine in (ZxingDecoder(), ZbarDecoder()):
        for one in engine.decode(luma):
            one.text.encode()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 90), st.integers(1, 90))
def test_any_noise_is_no_error(seed: int, height: int, width: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
    engines: list[Decoder] = [ZxingDecoder(), ZbarDecoder(), SimulatedDecoder(), live()]
    for engine in (*engines, *still_steps((ZxingDecoder(),))):
        assert not engine.decode(noise)
        assert not engine.failures


def test_a_find_shows_nothing_of_its_text(bench: Bench) -> None:
    assert CODE not in repr(bench.decoder.decode(bench.draw(CODE, "qr")))


@pytest.mark.parametrize("engine", [ZxingDecoder, ZbarDecoder])
def test_both_codes_of_a_card_are_read(engine: Callable[[], Decoder]) -> None:
    card = np.asarray(card_picture(CODE).convert("L"))
    found = {(one.text, one.symbology) for one in engine().decode(card)}
    assert found == {(CODE, "qr"), (CODE, "code39")}


@pytest.mark.parametrize("degrees", [-60, -20, 35, 80])
@pytest.mark.parametrize("then", [as_it_is, enlarged, halved, smoothed, lambda luma: turned(luma, 30)])
def test_a_place_in_a_turned_picture_is_one_in_the_first(degrees: float, then: Retouch) -> None:
    luma = drawn(CODE, "qr")
    (first,) = ZxingDecoder().decode(luma)
    (found,) = retouched(both(lambda picture: turned(picture, degrees), then)).decode(luma)
    middle = [(low + high) / 2 for low, high in zip(found.place[:2], found.place[2:], strict=True)]
    wanted = [(low + high) / 2 for low, high in zip(first.place[:2], first.place[2:], strict=True)]
    assert middle == pytest.approx(wanted, abs=4)


def test_an_engine_that_fails_on_a_picture_counts_it_as_unread() -> None:
    """Pyzbar raises ValueError on what numpy calls a picture and it does not."""
    odd = np.zeros((4, 4, 4, 4), np.uint8)
    engines: tuple[Decoder, ...] = (ZxingDecoder(), ZbarDecoder())
    for engine in engines:
        assert not engine.decode(odd)
        assert engine.failures == 1
