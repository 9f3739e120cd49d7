"""The page under a ruler: every state, language and size on every screen, and a venue's longest words."""

import dataclasses
import re
from collections.abc import Callable
from itertools import cycle
from typing import Any, Final

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from agent.config import PlaceConfig, ReaderSide
from agent.ports.screen import View
from agent.wire.lettering import FAREWELL, PAUSE, TO, Room, too_wide
from kiosk_ui.messages import screen_message
from tests.kiosk_ui.opened import (
    LANGUAGES,
    MAIN,
    MAIN_PANELS,
    NARROW,
    PANELS,
    PLACES,
    VIEWS,
    Kiosk,
    Panel,
    open_kiosk,
)
from tests.kiosk_ui.running import QUESTION

LEAST_DISC_MM: Final = 18.0
MAX_LEAN_MM: Final = 4.0
"""By how much more a drawing may be off what lies below it than off the screen's edge, or less."""
TIGHTEST: Final = (
    "starting",
    "idle",
    "question",
    "question that ends",
    "second question that ends",
    "ask_staff",
    "paused with words",
)
SEEN: Final = [
    pytest.param(panel, view, id=f"{name}-{view}")
    for name, panel in PANELS.items()
    for view in (VIEWS if name in MAIN else TIGHTEST)
]
"""The other panels lay out alike, and what is not here has fewer or shorter words."""


def longest(room: Room, lengths: tuple[int, ...], letter: str = "m") -> str:
    """As much as is permitted, in words of so many letters, over and over."""
    text = ""
    for length in cycle(lengths):
        for added in (*([" "] if text else []), *([letter] * length)):
            if too_wide(text + added, room):
                return text.rstrip()
            text += added
    raise AssertionError


def own_words(lengths: tuple[int, ...], letter: str = "m") -> tuple[PlaceConfig, str]:
    place = longest(TO, lengths, letter)
    return PlaceConfig(to=place, at=place), longest(FAREWELL, lengths, letter)


OWN_WORDS: Final = {
    "one long": own_words((40,)),
    "halves": own_words((10,), "o"),
    "ordinary": (
        PlaceConfig(to="asiakaspalveluun", at="asiakas\N{SOFT HYPHEN}palvelusta"),
        "Mukavaa uintia.",
    ),
    "beside the digit": (PlaceConfig(to="to the reception", at="at the reception"), "Enjoy your swim."),
}
OWN_ON: Final = [
    *((panel, words) for panel in MAIN for words in ("halves", "ordinary")),
    ("7in", "one long"),
    ("7in", "beside the digit"),
    ("7in-600-upright", "one long"),
    ("9in-upright", "halves"),
]
"""Each kind of words on the main screens, and the widest where a line or a page has least."""
OWN_VIEWS: Final = {
    "ask_staff": VIEWS["ask_staff"],
    "spot check": VIEWS["spot check"],
    "thanks": VIEWS["thanks"],
    "thanks of a spot check": VIEWS["thanks of a spot check"],
    "out_of_order": VIEWS["out_of_order"],
}
LONGEST_PAUSES: Final = (
    longest(PAUSE, (9,)),
    longest(PAUSE, (13, 5), "o"),
    "PALAAMME TAAS KLO 13.30. TERVETULOA!",
    "Olemme tauolla ja palaamme kello 13.30 p.",
)
UPRIGHT: Final = {
    "7in-upright": PANELS["7in-upright"],
    "10in-upright": PANELS["10in-upright"],
}
QUIET_S: Final = 60.0
COUNT_BOXES: Final = """() => {
  window.boxes = 0;
  const { getBoundingClientRect } = Element.prototype;
  Element.prototype.getBoundingClientRect = function () {
    window.boxes += 1;
    return getBoundingClientRect.call(this);
  };
}"""
SET_STYLE: Final = """([selector, name, value]) =>
  document.querySelector(selector).style.setProperty(name, value)"""


@pytest.mark.parametrize(("shared", "name"), SEEN, indirect=["shared"])
def test_every_state_is_readable_in_every_language_and_size(shared: Kiosk, name: str) -> None:
    view = VIEWS[name]
    shared.show(view)
    texts = screen_message(view, shared.panel.config()).texts
    cases = shared.through_all(axe=shared.panel in MAIN_PANELS)
    assert [(case["language"], case["size"]) for case in cases] == [
        (language, size) for language in LANGUAGES for size in (2, 1, 0)
    ]
    for case in cases:
        said = texts[case["language"]]
        assert (case["headline"], case["text"], case["label"]) == (said.headline, said.text, said.label)
        assert case["faults"] == [], case
        assert case["seen"] or case["size"], f"{case}: only larger letters may take its place"
    assert shared.complaints == []


def faults_of(kiosk: Kiosk, view: View) -> list[Any]:
    kiosk.show(view)
    return [case for case in kiosk.through_all() if case["faults"] or not (case["seen"] or case["size"])]


@pytest.mark.parametrize("view", OWN_VIEWS.values(), ids=OWN_VIEWS.keys())
@pytest.mark.parametrize(
    "shared",
    [
        pytest.param(
            dataclasses.replace((PANELS | NARROW)[panel], own=OWN_WORDS[words]), id=f"{panel}-{words}"
        )
        for panel, words in OWN_ON
    ],
    indirect=True,
)
def test_the_longest_words_of_a_venue_are_seen_whole(shared: Kiosk, view: View) -> None:
    assert faults_of(shared, view) == []


@pytest.mark.parametrize("message", LONGEST_PAUSES)
@pytest.mark.parametrize("shared", MAIN_PANELS, ids=MAIN, indirect=True)
def test_the_longest_words_of_a_break_are_seen_whole(shared: Kiosk, message: str) -> None:
    assert too_wide(message, PAUSE) is None
    assert faults_of(shared, View("paused", message=message)) == []


def comes_to(panel: Panel, place: str) -> Panel:
    return dataclasses.replace(panel, own=(PlaceConfig(to=place, at=place), "Mukavaa uintia."))


LONG_PLACE: Final = "asiakas\N{SOFT HYPHEN}palveluun nyt"


@pytest.mark.parametrize(
    ("shared", "hyphens"),
    [
        pytest.param(
            comes_to(PANELS["7in"], "kirjasto\N{SOFT HYPHEN}kortti luo"), "none", id="a line takes it whole"
        ),
        pytest.param(comes_to(PANELS["7in-upright"], LONG_PLACE), "manual", id="none does"),
    ],
    indirect=["shared"],
)
def test_a_word_is_divided_only_where_it_must_be(shared: Kiosk, hyphens: str) -> None:
    shared.show(VIEWS["ask_staff"])
    shared.choose("fi", 0)
    expect(shared.page.locator("#headline")).to_have_css("hyphens", hyphens)


def test_a_screen_that_is_turned_is_measured_anew(page: Page) -> None:
    """At once, and not with the agent's next word."""
    with open_kiosk(page, comes_to(PANELS["7in"], LONG_PLACE), ping_s=QUIET_S) as kiosk:
        kiosk.show(VIEWS["ask_staff"])
        widened = re.compile("--words: [0-9.]+px")
        expect(page.locator(".words")).to_have_attribute("style", widened)
        page.set_viewport_size({"width": 480, "height": 800})
        expect(page.locator(".words")).not_to_have_attribute("style", widened)
        assert kiosk.faults() == []


def test_what_has_been_on_the_screen_is_not_measured_again(anew: Callable[[Panel], Kiosk]) -> None:
    """Whoever measures waits for a layout, and the visitor with it."""
    kiosk = anew(PANELS["7in"])
    kiosk.page.evaluate(COUNT_BOXES)
    counts = []
    for view in ("idle", "ask_staff", "idle", "ask_staff"):
        kiosk.show(VIEWS[view])
        counts.append(kiosk.page.evaluate("window.boxes"))
    assert counts[0] < counts[1] == counts[3]


@pytest.mark.parametrize("most", [1, 20], ids=["two keys", "five keys"])
@pytest.mark.parametrize("shared", UPRIGHT.values(), ids=UPRIGHT.keys(), indirect=True)
def test_an_upright_question_has_its_disc_in_the_middle_and_its_headline(shared: Kiosk, most: int) -> None:
    shared.show(View("accepted", replace(QUESTION, most=most)))
    shared.choose("fi", 0)
    assert shared.faults() == []
    assert shared.headline_is_seen()
    at = shared.page.evaluate(PLACES)
    middle = (at["disc"]["left"] + at["disc"]["right"]) / 2
    assert middle == pytest.approx(shared.panel.width / 2, abs=1)
    above = at["drawing"]["top"] - at["view"]["top"]
    below = at["headline"]["top"] - at["drawing"]["bottom"]
    assert abs(above - below) * shared.panel.mm_per_px < MAX_LEAN_MM
    assert at["disc"]["width"] * shared.panel.mm_per_px >= LEAST_DISC_MM


FAULTY: Final = {
    "a border that is hardly seen": (
        "idle",
        "#contrast",
        "border-color",
        "#C0D0D2",
        "neither face nor border",
    ),
    "a disc that is hardly seen": ("accepted", ".disc", "fill", "#1F6358", ".disc: "),
    "a tick on its disc": ("accepted", ".tick .stroke", "stroke", "#CDE5DA", ".tick .stroke: "),
    "a bubble": ("ask_staff", ".bubble", "fill", "#F3DDB3", ".bubble: "),
    "the person in it": ("ask_staff", ".person", "fill", "#30464E", ".person: "),
    "the reader": ("idle", ".device", "fill", "#B2C9CD", ".device: "),
    "its lens": ("idle", ".lens", "fill", "#20363E", ".lens: "),
    "the card": ("idle", ".card .face", "stroke", "#B2C9CD", ".card .face: "),
    "the shutter's edge": ("out_of_order", ".shutter", "border-bottom-color", "#A9B6B9", ".shutter: "),
    "the bar that empties": ("question that ends", "#hurry i", "background-color", "#2F7368", "#hurry i: "),
    "the chosen A": ("idle", "#size .a:first-child", "border-color", "#C0D0D2", "#size .a: "),
    "no chosen A": ("idle", "#size .a:first-child", "border-color", "transparent", "0 of the letters A"),
    "a key": ("question", "#keys button", "background-color", "#0F453F", "neither face nor border"),
    "a focus in the ground's colour": ("idle", "html", "--focus", "#D3E1E3", "its focus is 1.0 to 1"),
    "another face": ("idle", "#text", "font-family", "DejaVu Sans", "another face than Inter"),
    "a grey text": ("idle", "#text", "color", "#5A6B72", "contrast is"),
    "a small text": ("idle", "#text", "font-size", "9mm", "capital H"),
    "an outline under the words": ("idle", ".words", "translate", "40mm", "outline of rings lies under"),
    "an outline under the keys": ("question", ".tick .far", "r", "150px", "outline of echo lies under"),
    "a word under the staff's digit": ("ask_staff", "#digit", "right", "60mm", "digit: lies on"),
}


@pytest.mark.parametrize("shared", [PANELS["7in"]], ids=["7in"], indirect=True)
@pytest.mark.parametrize(("view", "selector", "name", "value", "fault"), FAULTY.values(), ids=FAULTY.keys())
def test_the_ruler_sees(shared: Kiosk, view: str, selector: str, name: str, value: str, fault: str) -> None:
    shared.show(VIEWS[view])
    shared.choose("fi", 0)
    assert shared.faults() == []
    shared.page.evaluate(SET_STYLE, [selector, name, value])
    found = shared.faults()
    shared.page.evaluate(SET_STYLE, [selector, name, ""])
    assert [one for one in found if fault in one], found


TOWARDS: Final[dict[ReaderSide, tuple[str, tuple[int, int]]]] = {
    "left": ("lukijalle vasemmalla", (-1, 0)),
    "above": ("lukijalle ylhäällä", (0, -1)),
    "below": ("lukijalle alhaalla", (0, 1)),
}


@pytest.mark.parametrize(
    "shared",
    [
        pytest.param(dataclasses.replace(PANELS[panel], side=side), id=f"{panel}-{side}")
        for panel in MAIN
        for side in TOWARDS
    ],
    indirect=True,
)
def test_drawing_and_sentence_point_to_where_the_reader_is(shared: Kiosk) -> None:
    for name in ("seen", "idle with an old list", "idle"):
        assert faults_of(shared, VIEWS[name]) == []
    shared.choose("fi", 0)
    text, (across, down) = TOWARDS[shared.panel.side]
    assert shared.page.locator("#text").text_content() == text
    card, reader, words = (shared.page.locator(one).bounding_box() for one in (".face", ".device", ".words"))
    assert card
    assert reader
    assert words
    assert across * (reader["x"] - card["x"]) >= 0
    assert down * (reader["y"] - card["y"]) >= 0
    apart = abs(reader["x"] - card["x"]) > abs(reader["y"] - card["y"])
    assert apart == (across != 0)
    if shared.panel.width > shared.panel.height:
        assert (reader["x"] < words["x"]) == (shared.panel.side == "left")
    else:
        assert (reader["y"] > words["y"]) == (shared.panel.side == "below")


@pytest.mark.parametrize(("width", "height"), [(760, 460), (460, 760), (640, 640), (400, 240)])
def test_a_screen_that_is_too_small_says_so_to_whoever_mounts_it_and_to_the_log(
    anew: Callable[[Panel], Kiosk], caplog: pytest.LogCaptureFixture, width: int, height: int
) -> None:
    kiosk = anew(Panel(width, height, 0.193))
    kiosk.agent.show(VIEWS["question"])
    expect(kiosk.page.locator("#text")).to_have_text("Näyttö on alle 7\N{NO-BREAK SPACE}tuumaa.")
    assert kiosk.page.locator("#keys button").count() == 0
    found = [fault for fault in kiosk.faults() if "cut" in fault or "off the screen" in fault]
    assert found == []
    with kiosk.page.expect_response("**/small") as response:
        kiosk.page.reload()
    assert response.value.status == 204
    said = caplog.messages[-1]
    assert f"{width * 0.193:.0f} x {height * 0.193:.0f} mm" in said
    assert "screen.mm_per_px = 0.193" in said
    with kiosk.page.expect_request("**/events*"):
        kiosk.page.set_viewport_size({"width": 800, "height": 480})
        kiosk.page.reload()
    kiosk.show(VIEWS["question"])
