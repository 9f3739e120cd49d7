"""The page in a real browser: every state, language and size on every screen, and what a finger does."""

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, FloatRect, Page, expect

from agent.config import PlaceConfig, ScreenConfig
from agent.core.questions import MOST_ASSISTANTS
from agent.ports.screen import View
from agent.wire.lettering import FAREWELL, PAUSE, TO, Room, too_wide
from agent.wire.screen import Answer, Hear, Language, Question, Wish
from kiosk_ui.messages import screen_message
from tests.kiosk_ui.running import QUESTION, RunningScreen, running_screen

MEASURE: Final = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8")
DECLARED_DISTANCE_MM: Final = 600
AXE: Final = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
AXE_RULES: Final = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
MAX_PAGE_BYTES: Final = 40 * 1024
SILENCE_MS: Final = 10_000
BOUNCE_MS: Final = 500
EMPTY_ABOVE_CAPITALS_MM: Final = 1.5
LEAST_DISC_MM: Final = 18.0
MAX_LEAN_MM: Final = 4.0
"""By how much more a drawing may be off what lies below it than off the screen's edge, or less."""
MINUS: Final = "\N{MINUS SIGN}"

LANGUAGES: Final[tuple[Language, ...]] = ("fi", "sv", "en", "se")
ASSISTANTS: Final = replace(QUESTION, about="assistants", most=MOST_ASSISTANTS, can_go_back=True)
VIEWS: Final = {
    "starting": View("starting"),
    "idle": View("idle"),
    "accepted": View("accepted"),
    "question": View("accepted", QUESTION),
    "question that ends": View("accepted", replace(QUESTION, hurry_s=20.0)),
    "question to a community": View("accepted", replace(QUESTION, about="clients")),
    "second question": View("accepted", ASSISTANTS),
    "second question that ends": View("accepted", replace(ASSISTANTS, hurry_s=20.0)),
    "spot check": View("accepted", to_staff=True),
    "thanks": View("thanks", replace(QUESTION, given=2)),
    "thanks of a spot check": View("thanks", replace(QUESTION, given=2), to_staff=True),
    "seen": View("seen"),
    "one card": View("one_card"),
    "paused": View("paused"),
    "paused with words": View("paused", message="Avaamme klo 12.30."),
    "ask_staff": View("ask_staff", digit=3),
    "idle with an old list": View("idle", digit=9),
    "out_of_order": View("out_of_order"),
}


@dataclass(frozen=True)
class Panel:
    """A kind of screen; sizes of the real ones."""

    width: int
    height: int
    mm_per_px: float
    languages: tuple[Language, ...] = LANGUAGES
    own: tuple[PlaceConfig, str] | None = None
    """The venue's own words: where its staff is, and its farewell."""

    def config(self) -> ScreenConfig:
        plain = ScreenConfig(port=0, languages=self.languages, mm_per_px=self.mm_per_px)
        if self.own is None:
            return plain
        place, farewell = (dict.fromkeys(self.languages, own) for own in self.own)
        return replace(plain, place=place, farewell=farewell)


PANELS: Final = {
    "7in": Panel(800, 480, 0.193),
    "10in": Panel(1280, 800, 0.1695),
    "10in-720": Panel(1280, 720, 0.1695),
    "10in-600": Panel(1024, 600, 0.217),
    "9in-600": Panel(
        1024, 600, 0.193
    ),  # the lowest that is roomy; also what an unset mm_per_px makes of 1024x600
    "7in-600": Panel(1024, 600, 0.1506),
    "7in-upright": Panel(480, 800, 0.193),
    "7in-600-upright": Panel(600, 1024, 0.1506),
    "9in-upright": Panel(600, 1024, 0.193),
    "10in-upright": Panel(800, 1280, 0.1695),
}


MAIN: Final = ("7in", "10in", "7in-upright")
ALL_SHAPES: Final = (*MAIN, "9in-600", "9in-upright", "7in-600", "7in-600-upright")
"""The smallest of each kind of layout, and the main ones."""
MAIN_PANELS: Final = [PANELS[name] for name in MAIN]
TIGHTEST: Final = (
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
    "one long": own_words((9, 20)),
    "halves": own_words((10,), "o"),
    "short": own_words((1, 2, 3), "o"),
    "ordinary": (
        PlaceConfig(to="asiakaspalveluun", at="asiakas\N{SOFT HYPHEN}palvelusta"),
        "Mukavaa uintia.",
    ),
}
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
    "phone": Panel(390, 844, 0.193, ("fi", "sv", "en")),
    "7in-upright": PANELS["7in-upright"],
    "10in-upright": PANELS["10in-upright"],
}
SET_OUTLINES: Final = """(visibility) => {
  for (const lines of document.querySelectorAll(".echo, .rings")) lines.style.visibility = visibility;
}"""
SET_STYLE: Final = """([selector, name, value]) =>
  document.querySelector(selector).style.setProperty(name, value)"""
PLACES: Final = """() => {
  const box = (selector) => document.querySelector(selector).getBoundingClientRect().toJSON();
  return { view: box("#scene"), disc: box(".disc"), drawing: box(".tick .echo .far"), words: box(".words"),
    headline: box("#headline") };
}"""


THROUGH_ALL: Final = (
    (Path(__file__).parent / "through_all.js")
    .read_text(encoding="utf-8")
    .replace("MEASURE_JS", MEASURE.strip())
)


@dataclass
class Kiosk:
    """A running page, and what its browser complained about."""

    page: Page
    agent: RunningScreen
    panel: Panel
    complaints: list[str]

    def show(self, view: View) -> None:
        self.agent.show(view)
        asks = "[data-asks]" if view.question else ":not([data-asks])"
        hurry = "[data-hurry]" if view.question and view.question.hurry_s else ":not([data-hurry])"
        self.page.wait_for_selector(f'html[data-state="{view.state}"]{asks}{hurry}')
        texts = screen_message(view, self.panel.config()).texts.values()
        expect(self.page.locator("#text")).to_have_text(
            re.compile("|".join(re.escape(one.text).replace("\N{NO-BREAK SPACE}", r"\s") for one in texts))
        )

    def choose(self, language: Language, size: int) -> None:
        """By keyboard, so that nothing is taken for a wet finger's second touch."""
        self.page.locator(f'[data-press="language"][lang="{language}"]').press("Enter")
        while self.page.locator("html").get_attribute("data-size") != str(size):
            self.page.locator("#size").press("Enter")

    def headline_is_seen(self) -> bool:
        """One that does not fit stands beside its column, which is clipped."""
        at = self.page.evaluate(PLACES)
        return bool(at["headline"]["width"] > 0 and at["headline"]["left"] < at["words"]["right"])

    def words_and_keys(self) -> list[bytes]:
        """How they look, from where capital letters may begin."""
        pictures = []
        for part in self.page.locator(".words, #keys:not(:empty)").all():
            at = part.bounding_box()
            assert at
            empty = EMPTY_ABOVE_CAPITALS_MM / self.panel.mm_per_px
            clip = FloatRect(x=at["x"], y=at["y"] + empty, width=at["width"], height=at["height"] - empty)
            pictures.append(self.page.screenshot(clip=clip))
        return pictures

    def faults(self) -> list[str]:
        found: list[str] = self.page.evaluate(MEASURE, self._told)
        return found

    def choose_contrast(self, contrast: str) -> None:
        if self.page.locator("html").get_attribute("data-contrast") != contrast:
            self.page.locator("#contrast").press("Enter")
        self.page.wait_for_selector(f'html[data-contrast="{contrast}"]')

    def axe(self) -> list[str]:
        """The rules that are broken."""
        self._bring_axe()
        found: list[str] = self.page.evaluate(
            "async (options) => (await axe.run(options)).violations.map(({id}) => id)", AXE_RULES
        )
        return found

    def _bring_axe(self) -> None:
        """Once a page, as it is half a megabyte."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)

    def through_all(self, axe: bool = False) -> list[dict[str, Any]]:
        if axe:
            self._bring_axe()
        told = {
            "told": self._told,
            "languages": self.panel.languages,
            "axeOptions": AXE_RULES if axe else None,
        }
        found: list[dict[str, Any]] = self.page.evaluate(THROUGH_ALL, told)
        return found

    @property
    def _told(self) -> dict[str, float]:
        return {"mmPerPx": self.panel.mm_per_px, "declaredDistanceMm": DECLARED_DISTANCE_MM}


def open_kiosk(browser: Browser, panel: Panel) -> Iterator[Kiosk]:
    with running_screen(panel.config()) as agent:
        page = browser.new_page(
            viewport={"width": panel.width, "height": panel.height}, reduced_motion="reduce"
        )
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(agent.address)
        yield Kiosk(page, agent, panel, complaints)
        page.close()


@pytest.fixture(scope="module")
def shared(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Kiosk]:
    yield from open_kiosk(browser, request.param)


@pytest.fixture
def kiosk(browser: Browser) -> Iterator[Kiosk]:
    """A page of its own, whose clock the test can turn on."""
    for kiosk in open_kiosk(browser, PANELS["7in"]):
        kiosk.page.clock.install()
        kiosk.page.reload()
        yield kiosk


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


@pytest.mark.parametrize(
    "shared",
    [
        pytest.param(dataclasses.replace(PANELS[panel], own=own), id=f"{panel}-{name}")
        for panel in ALL_SHAPES
        for name, own in OWN_WORDS.items()
    ],
    indirect=True,
)
@pytest.mark.parametrize("view", OWN_VIEWS.values(), ids=OWN_VIEWS.keys())
def test_the_longest_words_of_a_venue_are_seen_whole(shared: Kiosk, view: View) -> None:
    assert faults_of(shared, view) == []


@pytest.mark.parametrize("shared", [PANELS[panel] for panel in ALL_SHAPES], ids=ALL_SHAPES, indirect=True)
@pytest.mark.parametrize("message", LONGEST_PAUSES)
def test_the_longest_words_of_a_break_are_seen_whole(shared: Kiosk, message: str) -> None:
    assert too_wide(message, PAUSE) is None
    assert faults_of(shared, View("paused", message=message)) == []


@pytest.mark.parametrize("shared", PANELS.values(), ids=PANELS.keys(), indirect=True)
@pytest.mark.parametrize("size", [0, 1, 2])
@pytest.mark.parametrize("view", ["starting", "idle", "question", "ask_staff"])
def test_no_outline_lies_under_words_or_keys(shared: Kiosk, view: str, size: int) -> None:
    """Without the outlines the words look the same to the last point."""
    shared.show(VIEWS[view])
    shared.choose("fi", size)
    with_outlines = shared.words_and_keys()
    shared.page.evaluate(SET_OUTLINES, "hidden")
    without = shared.words_and_keys()
    shared.page.evaluate(SET_OUTLINES, "")
    assert with_outlines == without


@pytest.mark.parametrize("most", [1, 20], ids=["two keys", "five keys"])
@pytest.mark.parametrize("panel", UPRIGHT.values(), ids=UPRIGHT.keys())
def test_an_upright_question_has_its_disc_in_the_middle_and_its_headline(
    browser: Browser, panel: Panel, most: int
) -> None:
    for kiosk in open_kiosk(browser, panel):
        kiosk.show(View("accepted", replace(QUESTION, most=most)))
        assert kiosk.faults() == []
        assert kiosk.headline_is_seen()
        at = kiosk.page.evaluate(PLACES)
        middle = (at["disc"]["left"] + at["disc"]["right"]) / 2
        assert middle == pytest.approx(panel.width / 2, abs=1)
        above = at["drawing"]["top"] - at["view"]["top"]
        below = at["headline"]["top"] - at["drawing"]["bottom"]
        assert abs(above - below) * panel.mm_per_px < MAX_LEAN_MM
        assert at["disc"]["width"] * panel.mm_per_px >= LEAST_DISC_MM


@pytest.mark.parametrize(
    ("shared", "name"),
    [pytest.param(PANELS[panel], view, id=f"{panel}-{view}") for panel in MAIN for view in VIEWS],
    indirect=["shared"],
)
def test_every_state_is_readable_in_high_contrast(shared: Kiosk, name: str) -> None:
    shared.show(VIEWS[name])
    shared.choose("fi", 0)
    shared.choose_contrast("high")
    assert shared.faults() == []
    assert shared.axe() == []
    shared.choose_contrast("normal")


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


def test_a_tap_answers_the_question_that_is_shown_and_only_once(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["question"])
    key = kiosk.page.get_by_role("button", name="2 lasta")
    with kiosk.page.expect_response("**/answer") as response:
        key.dblclick()
    assert response.value.status == 204
    expect(key).to_have_attribute("aria-pressed", "true")
    kiosk.page.keyboard.press("3")
    kiosk.show(VIEWS["thanks"])
    assert kiosk.agent.heard(1) == [Answer(epoch=QUESTION.epoch, seq=QUESTION.seq, about="children", count=2)]


NEXT: Final = replace(QUESTION, seq=QUESTION.seq + 1)


def come_next(kiosk: Kiosk) -> None:
    """Another visitor's question takes the place of the one that is on the screen."""
    with kiosk.page.expect_request("**/hear"):  # to be sure that what came before is through
        kiosk.page.keyboard.press("*")
    bar = kiosk.page.evaluate("document.getElementById('hurry').dataset.message")
    kiosk.agent.show(View("accepted", replace(NEXT, hurry_s=20.0), visitor=2))
    expect(kiosk.page.locator("#hurry")).not_to_have_attribute("data-message", bar)


def tap_children(kiosk: Kiosk, name: str) -> Answer:
    """What reaches the agent first, of all that was pressed until now."""
    kiosk.page.clock.fast_forward(BOUNCE_MS)
    with kiosk.page.expect_response("**/answer"):
        kiosk.page.get_by_role("button", name=name).click()
    (answer,) = kiosk.agent.heard(1)
    assert isinstance(answer, Answer)
    return answer


def test_a_finger_that_came_down_on_another_visitor_s_question_answers_none(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["question"])
    kiosk.page.get_by_role("button", name="3 lasta").hover()
    kiosk.page.mouse.down()
    come_next(kiosk)
    kiosk.page.clock.fast_forward(BOUNCE_MS)
    kiosk.page.mouse.up()
    answer = tap_children(kiosk, "1 lapsi")
    assert (answer.seq, answer.count) == (NEXT.seq, 1)


def test_a_finger_that_was_on_its_way_answers_no_other_question(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["question"])
    come_next(kiosk)
    kiosk.page.get_by_role("button", name="3 lasta").click()
    answer = tap_children(kiosk, "1 lapsi")
    assert (answer.seq, answer.count) == (NEXT.seq, 1)


def test_a_key_that_another_visitor_left_with_the_focus_is_not_the_next_one_s(kiosk: Kiosk) -> None:
    kiosk.show(View("accepted", QUESTION, visitor=1))
    kiosk.page.get_by_role("button", name="3 lasta").focus()
    come_next(kiosk)
    kiosk.page.clock.fast_forward(BOUNCE_MS)
    with kiosk.page.expect_response("**/answer"):
        kiosk.page.keyboard.press("NumpadEnter")
    wish = Wish(epoch=NEXT.epoch, seq=NEXT.seq, about="children", wanted="more_time")
    assert kiosk.agent.heard(1) == [wish]


def test_a_button_that_was_touched_is_not_what_enter_means(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["idle"])
    kiosk.page.locator("#contrast").click()
    kiosk.page.clock.fast_forward(BOUNCE_MS)
    assert kiosk.page.evaluate("document.activeElement === document.body")


def test_idle_leaves_no_button_with_the_focus(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["ask_staff"])
    kiosk.page.locator("#contrast").focus()
    kiosk.show(VIEWS["idle"])
    assert kiosk.page.evaluate("document.activeElement === document.body")


@pytest.mark.parametrize("shared", PANELS.values(), ids=PANELS.keys(), indirect=True)
@pytest.mark.parametrize(
    "question", [QUESTION, replace(QUESTION, most=2), ASSISTANTS], ids=["+", "2", "second"]
)
def test_keys_stay_in_their_places_when_the_question_says_that_it_ends(
    shared: Kiosk, question: Question
) -> None:
    keys = shared.page.locator("#keys button:not([data-press=more_time])")
    shared.show(View("accepted", question))
    before = [key.bounding_box() for key in keys.all()]
    shared.show(View("accepted", replace(question, hurry_s=20.0)))
    assert [key.bounding_box() for key in keys.all()] == before
    shared.show(View("thanks", replace(question, given=1)))
    assert [key.bounding_box() for key in keys.all()] == before


def test_plus_leads_to_larger_numbers_and_minus_back(kiosk: Kiosk) -> None:
    kiosk.show(View("accepted", replace(QUESTION, most=6)))
    keys = kiosk.page.locator("#keys button")
    kiosk.page.get_by_role("button", name="Enemmän").click()
    expect(keys).to_have_text([MINUS, "4", "5", "6"])
    kiosk.page.clock.fast_forward(BOUNCE_MS)
    kiosk.page.get_by_role("button", name="Vähemmän").click()
    expect(keys).to_have_text(["0", "1", "2", "3", "+"])
    kiosk.page.clock.fast_forward(BOUNCE_MS)
    kiosk.page.get_by_role("button", name="Enemmän").click()
    kiosk.page.clock.fast_forward(BOUNCE_MS)
    with kiosk.page.expect_response("**/answer"):
        keys.get_by_text("6").click()
    assert kiosk.agent.heard(1) == [Answer(epoch=QUESTION.epoch, seq=QUESTION.seq, about="children", count=6)]


def test_a_number_pad_does_what_the_keys_do(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["question"])
    kiosk.page.keyboard.press("NumpadAdd")
    expect(kiosk.page.locator("#keys button")).to_have_text([MINUS, "4", "5", "6", "+"])
    with kiosk.page.expect_response("**/answer"):
        kiosk.page.keyboard.press("Numpad7")
    assert kiosk.agent.heard(1) == [Answer(epoch=QUESTION.epoch, seq=QUESTION.seq, about="children", count=7)]


def test_enter_is_more_time_once_the_question_says_that_it_ends(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["question"])
    kiosk.page.keyboard.press("NumpadEnter")
    kiosk.show(VIEWS["question that ends"])
    kiosk.page.wait_for_selector("html[data-hurry]")
    with kiosk.page.expect_response("**/answer") as response:
        kiosk.page.keyboard.press("NumpadEnter")
    assert response.value.status == 204
    wish = Wish(epoch=QUESTION.epoch, seq=QUESTION.seq, about="children", wanted="more_time")
    assert kiosk.agent.heard(1) == [wish]


def test_the_bar_empties_and_begins_anew_when_it_is_shown_anew(kiosk: Kiosk) -> None:
    kiosk.page.emulate_media(reduced_motion="no-preference")
    bar = kiosk.page.locator("#hurry i")
    kiosk.show(VIEWS["question"])
    expect(bar).to_have_count(0)
    kiosk.show(VIEWS["question that ends"])
    expect(bar).to_have_css("animation-duration", "20s")
    kiosk.page.evaluate("document.querySelector('#hurry i').dataset.first = 'yes'")
    kiosk.choose("sv", 1)
    expect(bar).to_have_attribute("data-first", "yes")
    kiosk.show(VIEWS["question that ends"])
    expect(bar).not_to_have_attribute("data-first", "yes")
    kiosk.show(VIEWS["question"])
    expect(bar).to_have_count(0)


def test_an_answer_may_be_corrected_while_the_thanks_are_shown(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["thanks"])
    expect(kiosk.page.get_by_role("button", name="2 lasta")).to_have_attribute("aria-pressed", "true")
    with kiosk.page.expect_response("**/answer") as response:
        kiosk.page.keyboard.press("3")
    assert response.value.status == 204
    expect(kiosk.page.get_by_role("button", name="3 lasta")).to_have_attribute("aria-pressed", "true")
    expect(kiosk.page.get_by_role("button", name="2 lasta")).to_have_attribute("aria-pressed", "false")


def test_a_number_pad_is_for_the_ear_too(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["idle"])
    for key, wanted in {"NumpadEnter": "again", "NumpadMultiply": "louder"}.items():
        with kiosk.page.expect_request("**/hear") as request:
            kiosk.page.keyboard.press(key)
        assert request.value.post_data_json == {"type": "hear/1", "wanted": wanted, "language": "fi"}
    with kiosk.page.expect_response("**/hear") as response:
        kiosk.choose("sv", 0)
    assert response.value.status == 204
    assert kiosk.agent.hears[-1] == Hear(wanted="hush", language="sv")


def test_the_question_before_can_be_had_back(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["second question"])
    with kiosk.page.expect_response("**/answer"):
        kiosk.page.get_by_role("button", name="Takaisin").click()
    wish = Wish(epoch=QUESTION.epoch, seq=QUESTION.seq, about="assistants", wanted="back")
    assert kiosk.agent.heard(1) == [wish]


def test_a_real_key_for_larger_numbers_does_what_the_page_s_own_does(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["question"])
    kiosk.agent.more()
    expect(kiosk.page.locator("#keys button")).to_have_text([MINUS, "4", "5", "6", "+"])
    kiosk.show(VIEWS["idle"])
    kiosk.agent.more()
    kiosk.show(VIEWS["ask_staff"])
    expect(kiosk.page.locator("#keys button")).to_have_count(0)


def test_every_control_can_be_reached_by_keyboard_and_shows_its_focus(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["question"])
    reached = []
    for _ in range(11):
        kiosk.page.keyboard.press("Tab")
        focused = kiosk.page.locator(":focus-visible")
        reached.append(focused.text_content() or focused.get_attribute("aria-label"))
        assert focused.evaluate("element => parseFloat(getComputedStyle(element).outlineWidth)") > 3
    assert reached == [
        "0",
        "1",
        "2",
        "3",
        "+",
        "FI Suomi",
        "SV Svenska",
        "EN English",
        "Sámi Davvisámegiella",
        "AAA",
        "Suuri kontrasti",
    ]


def test_a_language_button_says_its_name_in_its_own_language(kiosk: Kiosk) -> None:
    buttons = kiosk.page.locator('[data-press="language"]')
    assert [button.get_attribute("lang") for button in buttons.all()] == list(LANGUAGES)
    buttons.nth(1).click()
    expect(buttons.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(kiosk.page.locator("#size")).to_have_attribute("aria-label", "Textstorlek 1/3")


def test_idle_takes_back_language_size_and_contrast(kiosk: Kiosk) -> None:
    root = kiosk.page.locator("html")
    kiosk.show(VIEWS["idle"])
    kiosk.choose("en", 2)
    kiosk.page.locator("#contrast").press("Enter")
    kiosk.show(VIEWS["ask_staff"])
    expect(root).to_have_attribute("lang", "en")
    expect(root).to_have_attribute("data-contrast", "high")
    kiosk.show(VIEWS["idle"])
    for name, value in {"lang": "fi", "data-size": "0", "data-contrast": "normal"}.items():
        expect(root).to_have_attribute(name, value)


def test_a_dead_agent_is_out_of_order_and_a_new_one_heals_the_page(browser: Browser) -> None:
    for kiosk in open_kiosk(browser, PANELS["7in"]):
        page = kiosk.page
        page.clock.install()
        page.reload()
        kiosk.show(VIEWS["question"])
        kiosk.agent.stop()
        page.clock.fast_forward(SILENCE_MS)
        page.wait_for_selector('html[data-state="out_of_order"]:not([data-asks])')
        config = ScreenConfig(port=urlsplit(kiosk.agent.address).port or 0, languages=LANGUAGES)
        with running_screen(config) as restarted:
            restarted.show(VIEWS["idle"])
            page.wait_for_selector('html[data-state="idle"]')
            restarted.show(VIEWS["question"])
            page.wait_for_selector("html[data-asks]")
            with page.expect_response("**/answer") as response:
                page.keyboard.press("0")
            assert response.value.status == 204, "the page must have the new token"


def test_an_answer_that_did_not_get_through_may_be_given_again(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["question"])
    key = kiosk.page.locator("#keys button").nth(1)
    kiosk.page.route("**/answer", lambda route: route.abort(), times=1)
    key.press("Enter")
    expect(key).to_have_attribute("aria-pressed", "false")
    with kiosk.page.expect_response("**/answer") as response:
        key.press("Enter")
    assert response.value.status == 204


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_for_those_who_asked_for_it(kiosk: Kiosk, motion: str) -> None:
    kiosk.page.emulate_media(reduced_motion="reduce" if motion == "reduce" else "no-preference")
    kiosk.show(VIEWS["idle"])
    moving = kiosk.page.evaluate("document.getAnimations().length")
    assert (moving > 0) == (motion == "no-preference")


def test_the_page_is_small() -> None:
    root = Path(__file__).parents[2] / "kiosk_ui"
    files = [root / "page.html", *(root / "static").iterdir()]
    assert sum(file.stat().st_size for file in files) <= MAX_PAGE_BYTES
