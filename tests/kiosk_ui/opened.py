"""The page opened in a real browser, on screens of every shape, with everything that it may show."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import axe_playwright_python
from msgspec.structs import replace
from playwright.sync_api import Browser, FloatRect, Page, expect

from agent.config import PlaceConfig, ReaderSide, ScreenConfig
from agent.core.questions import MOST_ASSISTANTS
from agent.ports.screen import View
from agent.wire.screen import Language
from kiosk_ui.messages import screen_message
from tests.kiosk_ui.running import QUESTION, RunningScreen, running_screen

MEASURE: Final = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8")
DECLARED_DISTANCE_MM: Final = 600
AXE: Final = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
AXE_RULES: Final = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
AXE_IN_EACH: Final = {
    **AXE_RULES,
    "rules": {"color-contrast": {"enabled": False}, "target-size": {"enabled": False}},
    "resultTypes": ["violations"],
}
"""In each language and size: these two take most of the time, and the ruler asks for more than they do."""
EMPTY_ABOVE_CAPITALS_MM: Final = 1.5
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
    side: ReaderSide = "right"
    motion: Literal["on", "off"] = "on"

    def config(self) -> ScreenConfig:
        plain = ScreenConfig(
            port=0,
            languages=self.languages,
            mm_per_px=self.mm_per_px,
            reader_side=self.side,
            motion=self.motion,
        )
        if self.own is None:
            return plain
        place, farewell = (dict.fromkeys(self.languages, own) for own in self.own)
        return replace(plain, place=place, farewell=farewell, name="mmm", phone="0400 000 0000")


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
    "10in-upright": Panel(800, 1280, 0.1695),
}


MAIN: Final = ("7in", "10in", "7in-upright")
MAIN_PANELS: Final = [PANELS[name] for name in MAIN]
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

    def through_all(self, *, axe: bool = False) -> list[dict[str, Any]]:
        """What each language and size looks like; with ``axe`` its findings are among the faults."""
        if axe and not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        told = {
            "told": self._told,
            "languages": self.panel.languages,
            "axeEach": AXE_IN_EACH if axe else None,
            "axeAll": AXE_RULES if axe else None,
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
