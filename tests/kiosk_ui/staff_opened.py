"""The staff's page opened in a real browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Page, expect

from tests.kiosk_ui.opened import AXE_RULES, Opened, Panel, visiting
from tests.kiosk_ui.running import running_screen
from tests.kiosk_ui.staff_room import PIN, VIEWS, staff_pages

PANEL: Final = "html[data-panel={}]"
"""The page where that panel is open."""


class StaffPage(Opened):
    def enter(self) -> None:
        self.page.wait_for_selector(PANEL.format("pin"))
        self.page.keyboard.type(PIN)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector(PANEL.format("home"))

    def show(self, name: str) -> None:
        """On the first panel."""
        self.agent.show_staff(VIEWS[name])
        texts = staff_pages().words.message(VIEWS[name]).texts.values()
        said = "|".join(re.escape(one.last.words) for one in texts)
        expect(self.page.locator("#title")).to_have_text(re.compile(f"^({said})$"))
        # Before the kiosk has told anything the title may be the same, and no key is offered.
        expect(self.page.locator("#keys [data-press=let_in]")).to_be_enabled()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.locator(f"#keys [data-press={key}]").first.click()

    def violations(self) -> list[object]:
        self.load_axe()
        found: list[object] = self.page.evaluate(
            "async (rules) => (await axe.run(rules)).violations", AXE_RULES
        )
        return found


@contextmanager
def open_page(page: Page, panel: Panel, *, pin: bool = True) -> Iterator[StaffPage]:
    with (
        running_screen(panel.config(), staff=staff_pages(pin=pin)) as agent,
        visiting(page, panel, f"{agent.address}staff") as complaints,
    ):
        yield StaffPage(page, agent, panel, complaints)
