"""From what the agent shows to the painted screen, in a browser whose processor is slowed down."""

import shutil
import time
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Final

from playwright.sync_api import Page, sync_playwright

from agent.config import ScreenConfig
from agent.ports.screen import View
from kiosk_ui.app import PING_S
from tests.bench.figures import Spread
from tests.browser import CHROMIUM_ARGUMENTS
from tests.kiosk_ui.running import QUESTION, running_screen

SLOWER: Final = 6
"""Chromium's own throttle, a rough stand-in for a small computer."""
VIEWS: Final = (
    View("idle"),
    View("accepted", QUESTION),
    View("ask_staff", digit=3),
    View("thanks", QUESTION),
)
WAIT_S: Final = 10
LOOK_S: Final = 0.02
REST_S: Final = 0.5
"""Each view comes to rest, as at a door: what is drawn of it grows for 450 ms."""

# A message posted from a frame's callback is heard once that frame has been painted.
WATCH: Final = """() => {
  window.painted = [];
  const { port1: heard, port2: post } = new MessageChannel();
  heard.onmessage = ({ data }) => window.painted.push([data, performance.timeOrigin + performance.now()]);
  new MutationObserver((changes) => {
    const state = document.documentElement.dataset.state;
    if (changes.every((change) => change.oldValue === state)) return;
    requestAnimationFrame(() => post.postMessage(state));
  }).observe(document.documentElement, { attributeFilter: ["data-state"], attributeOldValue: true });
}"""


@dataclass(frozen=True)
class Painting:
    views: int
    plain: Spread
    slowed: Spread


def measure(views: int, rest_s: float = REST_S) -> Painting:
    """Each of ``views`` states is one that was not on the screen before."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise RuntimeError("chromium is not installed: make tools")
    with running_screen(ScreenConfig(port=0), PING_S) as screen, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, chromium_sandbox=False, args=CHROMIUM_ARGUMENTS
        )
        page = browser.new_page(viewport={"width": 800, "height": 480})
        page.goto(screen.address)
        page.wait_for_selector('html[data-state="starting"]')
        page.evaluate(WATCH)

        def paint(view: View) -> int:
            time.sleep(rest_s)
            shown_at = time.time()
            screen.show(view)
            while (painted := page.evaluate("window.painted.pop()")) is None:
                if time.time() > shown_at + WAIT_S:
                    raise RuntimeError(f"{view.state} was not painted in {WAIT_S} s")
                time.sleep(LOOK_S)
            state, painted_ms = painted
            assert state == view.state
            return round((float(painted_ms) / 1000 - shown_at) * 1e9)

        times = {}
        for slower in (1, SLOWER):
            _slow_down(page, slower)
            times[slower] = Spread.of_ns([paint(view) for view in islice(cycle(VIEWS), views)])
        browser.close()
    return Painting(views, times[1], times[SLOWER])


def _slow_down(page: Page, times: int) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})
