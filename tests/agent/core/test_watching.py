"""The installer is told what is wrong with a picture and what to do, and never what a code says."""

from dataclasses import replace

import pytest

from agent.core.looking import Counts, Picture
from agent.core.reads import Read
from agent.core.watching import Watch, kind_of, light_in_words, sharpness_in_words
from tests.agent.examples import ANNA

GOOD = Picture(sharpness=0.9, dark=0.02, blown=0.03, mean=128.0)


@pytest.mark.parametrize(
    ("sharpness", "said"),
    [
        (0.92, "sharp 92%"),
        (0.5, "rather soft 50%: hold"),
        (0.2, "blurred 20%: if a card"),
        (None, "no clear"),
    ],
)
def test_sharpness_is_said_with_what_to_do(sharpness: float | None, said: str) -> None:
    assert sharpness_in_words(replace(GOOD, sharpness=sharpness)).startswith(said)


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (GOOD, "light 50%"),
        (replace(GOOD, mean=20.0), "too dark"),
        (replace(GOOD, dark=0.8), "too dark"),
        (replace(GOOD, blown=0.4), "too bright, 40% blown out"),
        (replace(GOOD, exposure_ms=9.97, lux=240.4), "light 50%, exposed 10.0 ms, 240 lux"),
    ],
)
def test_light_is_said_with_what_to_do(picture: Picture, said: str) -> None:
    assert light_in_words(picture).startswith(said)


@pytest.mark.parametrize(
    ("read", "kind"),
    [
        (Read(ANNA, "qr"), "card QR"),
        (Read(ANNA, "code39"), "card barcode"),
        (Read(None, "qr"), "foreign QR"),
        (Read(None, "code39", test=True), "test card barcode"),
    ],
)
def test_of_a_code_its_kind_is_said(read: Read, kind: str) -> None:
    assert kind_of(read) == kind


def test_a_line_tells_of_the_time_since_the_one_before() -> None:
    seen = Watch()
    seen.begin(10.0)
    seen.looked((Read(ANNA, "qr"), Read(ANNA, "qr")), 4.0)
    seen.looked((), 2.0)
    assert seen.line(GOOD, Counts(frames=20), 12.0) == (
        "card QR | sharp 90% | light 50% | 3.0 ms a look, 10.0 frames/s"
    )
    assert seen.line(replace(GOOD, sharpness=0.8), Counts(frames=25), 13.0) == (
        "nothing read | sharp 80% | light 50% | no look, 5.0 frames/s"
    )
    assert seen.kinds == {"card QR": 1}
    assert seen.sharpness == (0.8, 0.9)
