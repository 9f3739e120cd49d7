"""The page under a ruler: every state, language and size on every screen, and a venue's longest words."""

import dataclasses
import re
from collections.abc import Callable
from typing import Any, Final, Literal

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from agent.config import PlaceConfig, ReaderSide
from agent.ports.screen import View
from agent.wire.lettering import PAUSE, too_wide
from agent.wire.screen import Question
from kiosk_ui.messages import screen_message
from tests.kiosk_ui.faulty import FAULTY
from tests.kiosk_ui.longest_words import LONGEST_PAUSES, OWN_ON, OWN_VIEWS, OWN_WORDS
from tests.kiosk_ui.opened import (
    ASSISTANTS,
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
BOXES: Final = "all => all.map((one) => one.getBoundingClientRect().toJSON())"
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


@pytest.mark.parametrize(
    "question", [QUESTION, replace(QUESTION, most=2), ASSISTANTS], ids=["+", "2", "second"]
)
@pytest.mark.parametrize("shared", PANELS.values(), ids=PANELS.keys(), indirect=True)
def test_keys_stay_in_their_places_when_the_question_says_that_it_ends(
    shared: Kiosk, question: Question
) -> None:
    keys = shared.page.locator("#keys button:not([data-press=more_time])")
    shared.show(View("accepted", question))
    before = keys.evaluate_all(BOXES)
    shared.show(View("accepted", replace(question, hurry_s=20.0)))
    assert keys.evaluate_all(BOXES) == before
    shared.show(View("thanks", replace(question, given=1)))
    assert keys.evaluate_all(BOXES) == before


@pytest.mark.parametrize("visitor", ["reduce", "no-preference"])
@pytest.mark.parametrize("venue", ["on", "off"])
def test_nothing_moves_where_visitor_or_venue_asked_for_it(
    anew: Callable[[Panel], Kiosk], visitor: Literal["reduce", "no-preference"], venue: Literal["on", "off"]
) -> None:
    kiosk = anew(dataclasses.replace(PANELS["7in"], motion=venue))
    kiosk.page.emulate_media(reduced_motion=visitor)
    kiosk.show(VIEWS["idle"])
    moving = kiosk.page.evaluate("document.getAnimations().length")
    assert (moving > 0) == (visitor == "no-preference" and venue == "on")
    kiosk.show(VIEWS["question that ends"])
    steps = kiosk.page.locator("#hurry i").evaluate("bar => getComputedStyle(bar).animationTimingFunction")
    assert ("steps" in steps) == (moving == 0)


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
