"""A barcode whose bars are out of place is nobody's card."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from agent.adapters.bar_widths import Widths, measured_widths, wides_of
from agent.adapters.flat_print import FlatPrint, Print, print_of
from agent.adapters.simulated.card_picture import code39_picture
from agent.adapters.simulated.damage import Damage, damaged
from agent.adapters.simulated.held import code39, near_the_spot, some_code
from agent.adapters.zxing import ZxingDecoder
from agent.ports.camera import Luma
from agent.ports.decoder import Found

SIZE: Final = (640, 360)
CODE: Final = "A999123453"


@dataclass
class Says:
    """Finds what it is told."""

    finds: Sequence[Found] = ()
    name: str = "says"
    failures: int = 0
    asked: list[tuple[int, ...]] = field(default_factory=list)

    def decode(self, luma: Luma) -> Sequence[Found]:
        self.asked.append(luma.shape)
        return self.finds


def printed(turn: float = 0) -> Luma:
    picture = code39_picture(CODE, 440, 60).rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    ground = Image.new("L", (640, 640), 255)
    ground.paste(picture, ((640 - picture.width) // 2, (640 - picture.height) // 2))
    return np.asarray(ground)


def claimed(text: str, luma: Luma) -> Found:
    dark = np.argwhere(luma < 128)
    (top, left), (bottom, right) = dark.min(axis=0), dark.max(axis=0)
    return Found(text, "code39", (int(left), int(top), int(right), int(bottom)))


def passed(text: str, luma: Luma, *engines: Says) -> bool:
    found = claimed(text, luma)
    return FlatPrint(Says([found]), engines).decode(luma) == (found,)


@pytest.mark.parametrize("turn", [0, 4, 30, 45, 80, 90, 135, 180, 270])
def test_a_flat_barcode_is_passed_on_however_it_is_turned(turn: float) -> None:
    assert passed(CODE, printed(turn))


@given(place=st.integers(0, 9), other=st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
@settings(max_examples=40, deadline=None)
def test_a_text_that_is_not_in_the_bars_is_not(place: int, other: str) -> None:
    text = CODE[:place] + other + CODE[place + 1 :]
    assert passed(text, printed()) == (text == CODE)


def creased(seed: int, damage: Damage, wide: int = 3) -> tuple[str, Luma]:
    rng = np.random.default_rng(seed)
    code = some_code(rng)
    held = code39(code, wide)
    return code, damaged(held, near_the_spot(held, 2.3, SIZE, rng), damage, SIZE, rng, seed)


def test_of_creased_cards_no_misread_is_passed_on() -> None:
    engine = ZxingDecoder()
    misread = 0
    for seed in range(160):
        code, luma = creased(seed, Damage("bulge", 2.0), wide=2)
        misread += any(one.text != code for one in engine.decode(luma))
        assert {one.text for one in FlatPrint(engine, ()).decode(luma)} <= {code}
    assert misread > 2


@pytest.mark.parametrize("damage", [Damage("bend", 45), Damage("turn", 8), Damage("noise", 10)], ids=str)
def test_a_card_that_is_bent_from_end_to_end_or_dimly_seen_is_still_read(damage: Damage) -> None:
    read = 0
    for seed in range(10):
        code, luma = creased(seed, damage)
        read += code in {one.text for one in FlatPrint(ZxingDecoder(), ()).decode(luma)}
    assert read >= 8


def test_an_engine_that_reads_another_text_there_makes_it_doubtful() -> None:
    luma = printed()
    inside = (100, 40, 150, 60)
    assert not passed(CODE, luma, Says([Found("A999123458", "code39", inside)]))
    assert passed(CODE, luma, Says([Found(CODE, "code39", inside)]), Says())
    assert passed(CODE, luma, Says([Found("another beside it", "code39", (9000, 0, 9100, 20))]))
    assert passed(CODE, luma, Says([Found("a QR code", "qr", inside)]))


def test_what_a_qr_code_says_too_needs_no_bars() -> None:
    both = Found(CODE, "qr", (0, 0, 9, 9)), Found(CODE, "code39", (0, 0, 9, 9))
    assert FlatPrint(Says(both), ()).decode(np.zeros((20, 20), np.uint8)) == both


def test_one_that_is_held_is_measured_twice_and_anew_after_a_while() -> None:
    luma, other = printed(), Says()
    shown, nothing = [claimed(CODE, luma)], Says()
    says = Says(shown)
    decoder = FlatPrint(says, [other])
    for _ in range(20):
        assert decoder.decode(luma)
    assert len(other.asked) == 2
    says.finds = nothing.finds
    for _ in range(31):
        decoder.decode(luma)
    says.finds = shown
    decoder.decode(luma)
    assert len(other.asked) == 3


@pytest.mark.parametrize(
    "place", [(0, 0, 0, 0), (5, 5, 5, 5), (0, 0, 1, 1), (0, 0, 640, 640), (639, 0, 640, 640)]
)
@pytest.mark.parametrize("shape", [(1, 1), (2, 640), (640, 2), (640, 640)])
def test_an_odd_place_or_shape_is_no_error(place: tuple[int, int, int, int], shape: tuple[int, int]) -> None:
    for luma in (np.zeros(shape, np.uint8), np.full(shape, 255, np.uint8)):
        assert not FlatPrint(Says([Found(CODE, "code39", place)]), ()).decode(luma)


def test_a_picture_that_cannot_be_measured_is_a_failure_and_no_card() -> None:
    decoder = FlatPrint(Says([claimed(CODE, printed())]), ())
    assert not decoder.decode(np.zeros((2, 2, 3), np.uint8))
    assert decoder.failures == 1


def test_a_text_that_code39_cannot_have_is_not_passed_on() -> None:
    assert wides_of("kleine") is None
    assert wides_of("") is not None
    assert not passed("ö", printed())


def widths_of(text: str, ratio: float) -> Widths:
    wides = wides_of(text)
    assert wides is not None
    drawn = np.where(wides, ratio, 1.0)
    return np.concatenate([drawn, np.ones((len(wides), 1))], axis=1).ravel()[:-1]


texts = st.text("0123456789ABCDEFGHIJ", min_size=4, max_size=20)


@settings(deadline=None)
@given(texts, st.floats(2, 3), st.floats(1, 40), st.floats(-0.3, 0.3), st.floats(-0.25, 0.25))
def test_what_is_stretched_evenly_is_flat_whatever_ink_and_light_make_of_it(
    text: str, ratio: float, module_px: float, ink: float, askew: float
) -> None:
    wides = wides_of(text)
    assert wides is not None
    widths = widths_of(text, ratio)
    widths = widths + ink * np.where(np.arange(len(widths)) % 2, -1, 1)
    widths = widths * (1 + askew * np.linspace(-1, 1, len(widths))) * module_px
    seen = print_of(widths, wides)
    assert seen.is_flat()
    assert seen.clear > 0.6


@settings(deadline=None)
@given(texts, st.integers(0, 3), st.integers(0, 8), st.integers(0, 8), st.floats(0, 0.5))
def test_a_narrow_element_as_wide_as_a_wide_one_of_its_character_is_not(
    text: str, character: int, wide: int, narrow: int, more: float
) -> None:
    wides = wides_of(text)
    assert wides is not None
    row = wides[character]
    one = character * 10 + int(np.flatnonzero(row)[wide % 3])
    other = character * 10 + int(np.flatnonzero(~row)[narrow % 6])
    widths = widths_of(text, 2)
    widths[one], widths[other] = 1.5 - more / 2, 1.5 + more / 2
    assert not print_of(widths, wides).is_flat()


def test_the_line_between_flat_and_doubtful() -> None:
    assert Print(clear=0.45, shift=0.5).is_flat()
    assert not Print(clear=0.44, shift=0.5).is_flat()
    assert Print(clear=0.6, shift=1.2).is_flat()
    assert not Print(clear=0.9, shift=1.3).is_flat()
    assert not Print(clear=0.0, shift=0.0).is_flat()


def test_widths_are_in_pixels_of_the_picture() -> None:
    wides = wides_of(CODE)
    assert wides is not None
    luma = printed()
    widths = measured_widths(luma, claimed(CODE, luma).place, wides)
    assert widths is not None
    assert widths == pytest.approx(widths_of(CODE, 3) * 2, abs=0.3)
