"""An open page of the fleet that follows what happens there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from server.adapters.simulated_figures import SimulatedChanges, SimulatedFigures
from tests.server.web.serving import served


@dataclass(frozen=True)
class Shown:
    """An open page, and the fleet behind it."""

    page: Page
    figures: SimulatedFigures
    changes: SimulatedChanges
    said: list[str]
    """What the browser complained of."""


@contextmanager
def shown(browser: Browser, figures: SimulatedFigures, **look: object) -> Iterator[Shown]:
    changes = SimulatedChanges()
    page = browser.new_page(**look)  # type: ignore[arg-type]  # a look is playwright's own options
    try:
        with served(figures, changes) as url:
            said: list[str] = []
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            # Never network idle: the event stream is open for as long as the page is.
            with page.expect_response("**/events?*"):
                page.goto(url)
            yield Shown(page, figures, changes, said)
    finally:
        page.close()
