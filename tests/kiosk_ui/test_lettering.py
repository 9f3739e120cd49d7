"""The table of widths is of the screen's own letters, and what is too wide for them is said."""

from typing import Final

import pytest
from playwright.sync_api import Browser

from agent.wire.lettering import PAUSE, TO, Room, too_wide, width_em

MEASURED: Final = """([texts, font, spacing]) => {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = font;
  pen.letterSpacing = spacing;
  return texts.map((text) => pen.measureText(text).width / 100);
}"""
LETTERS: Final = [
    *(chr(code) for code in range(0x20, 0x7F) if chr(code) not in "^`"),
    *"ÅÄÖåäöÁČĐŊŠŦŽáčđŋšŧžÉÈÜéèüßæøÆØ\N{EN DASH}—…\N{RIGHT SINGLE QUOTATION MARK}”«»°€",
]
WORDS: Final = ["asiakaspalveluun", "neuvontapisteeseen", "Avaamme klo 12.30.", "HENKILÖKUNTA", "WWWWWWWW"]
ROUNDED_EM: Final = 0.011


def measured(browser: Browser, texts: list[str], font: str, spacing: str) -> list[float]:
    page = browser.new_page()
    widths: list[float] = page.evaluate(MEASURED, [texts, font, spacing])
    page.close()
    return widths


def test_each_letter_is_as_wide_as_on_the_screen(browser: Browser) -> None:
    widths = measured(browser, LETTERS, "500 100px Inter", "-1px")
    wrong = {
        letter: (width, width_em(letter))
        for letter, width in zip(LETTERS, widths, strict=True)
        if not width - ROUNDED_EM <= width_em(letter) <= width + ROUNDED_EM
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("font", "spacing"), [("500 100px Inter", "-1px"), ("600 100px 'Inter Display'", "-1.2px")]
)
def test_no_word_is_wider_on_the_screen_than_by_the_table(browser: Browser, font: str, spacing: str) -> None:
    for word, width in zip(WORDS, measured(browser, WORDS, font, spacing), strict=True):
        assert width <= width_em(word), word


def test_what_is_no_letter_of_ours_is_wider_than_any() -> None:
    assert width_em("漢") > max(width_em(letter) for letter in LETTERS)


@pytest.mark.parametrize(
    ("text", "room", "found"),
    [
        ("asiakaspalveluun", TO, None),
        ("to the reception", TO, None),
        ("asiakaspalvelusta", TO, ("asiakaspalvelusta", "asiakaspalvelust")),
        ("asiakas\N{SOFT HYPHEN}palvelusta", TO, None),
        ("oo", Room(0.7, 9), ("oo", "o")),
        ("o\N{SOFT HYPHEN}o", Room(0.7, 9), ("o", "")),
        ("oo oo oo", Room(2, 3.1), ("oo oo oo", "oo oo")),
        ("PALAAMME TAAS KLO 13.30. TERVETULOA!", PAUSE, None),
        ("W" * 40, PAUSE, ("W" * 40, "W" * 8)),
        ("", PAUSE, None),
    ],
)
def test_what_does_not_fit_is_named_with_as_much_as_would(
    text: str, room: Room, found: tuple[str, str] | None
) -> None:
    assert too_wide(text, room) == found
