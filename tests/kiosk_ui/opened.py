"""The page opened in a real browser, on screens of every shape, with everything that it may show."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import axe_playwright_python
from msgspec.structs import replace
from playwright.sync_api import ConsoleMessage, Error, Page, expect

from agent.config import PlaceConfig, ReaderSide, ScreenConfig
from agent.core.questions import MOST_ASSISTANTS
from agent.ports.screen import View
from agent.wire.screen import Language
from kiosk_ui.messages import screen_message
from tests.kiosk_ui.running import PING_S, QUESTION, RunningScreen, running_screen

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

NARROW: Final = {"7in-600-upright": Panel(600, 1024, 0.1506), "9in-upright": Panel(600, 1024, 0.193)}
"""The shortest lines of either layout."""
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
class Opened:
    """A running page, and what its browser complained about."""

    page: Page
    agent: RunningScreen
    panel: Panel
    complaints: list[str]

    def faults(self) -> list[str]:
        found: list[str] = self.page.evaluate(MEASURE, self.told)
        return found

    def load_axe(self) -> None:
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)

    @property
    def told(self) -> dict[str, float]:
        """To the ruler."""
        return {"mmPerPx": self.panel.mm_per_px, "declaredDistanceMm": DECLARED_DISTANCE_MM}


class Kiosk(Opened):
    """The visitors' page."""

    def begin_anew(self) -> None:
        self.agent.forget()
        self.page.unroute_all()
        self.page.emulate_media(reduced_motion="reduce")
        self.page.goto(self.agent.address)
        self.complaints.clear()

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

    def through_all(self, *, axe: bool = False) -> list[dict[str, Any]]:
        """What each language and size looks like; with ``axe`` its findings are among the faults."""
        if axe:
            self.load_axe()
        told = {
            "told": self.told,
            "languages": self.panel.languages,
            "axeEach": AXE_IN_EACH if axe else None,
            "axeAll": AXE_RULES if axe else None,
        }
        found: list[dict[str, Any]] = self.page.evaluate(THROUGH_ALL, told)
        return found


@contextmanager
def open_kiosk(page: Page, panel: Panel, ping_s: float = PING_S) -> Iterator[Kiosk]:
    with (
        running_screen(panel.config(), ping_s) as agent,
        visiting(page, panel, agent.address) as complaints,
    ):
        yield Kiosk(page, agent, panel, complaints)


@contextmanager
def visiting(page: Page, panel: Panel, address: str) -> Iterator[list[str]]:
    """``page`` as if it were new, at ``address`` on ``panel``; yields what its browser complains about."""
    complaints: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        complaints.append(message.text)

    def on_error(error: Error) -> None:
        complaints.append(str(error))

    page.unroute_all()
    page.mouse.up()
    page.context.clear_cookies()
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": panel.width, "height": panel.height})
    page.goto(address)
    page.on("console", on_console)
    page.on("pageerror", on_error)
    yield complaints
    page.remove_listener("console", on_console)
    page.remove_listener("pageerror", on_error)


class Walk:
    """One page from kiosk to kiosk: a kiosk that comes for several tests in a row is opened once."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._open = ExitStack()
        self._kiosk: Kiosk | None = None

    def to(self, panel: Panel) -> Kiosk:
        if self._kiosk is None or self._kiosk.panel != panel:
            self.end()
            self._kiosk = self._open.enter_context(open_kiosk(self._page, panel))
        return self._kiosk

    def end(self) -> None:
        self._open.close()
        self._kiosk = None
