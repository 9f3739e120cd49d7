"""A kiosk's staff page in a real browser: live, by hand, and for everybody."""

from dataclasses import replace
from typing import Final

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from agent.wire.commands import LetInArgs
from agent.wire.records import RecordName
from server.adapters.simulated_figures import SimulatedChanges
from server.adapters.simulated_staff import SimulatedKioskStaff
from server.ports import AtKiosks
from tests.browser import AXE
from tests.server.web.fleet import busy_fleet
from tests.server.web.serving import served
from tests.server.web.test_staff_pages import EPOCH, KIOSK, LET_IN, PAGE, STAFF, row

WIDTHS: Final = [1280, 390]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(browser: Browser, width: int, scheme: str) -> None:
    page = browser.new_page(
        viewport={"width": width, "height": 844}, color_scheme="dark" if scheme == "dark" else "light"
    )
    dark = scheme == "dark"
    desk = SimulatedKioskStaff(replace(STAFF, types=True, paused=dark))
    with served(busy_fleet(), SimulatedChanges(), kiosks=AtKiosks(staff=desk)) as url:
        page.goto(f"{url}{PAGE}")
        found = Axe().run(page, options=AXE)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.close()


def test_the_last_outcome_is_put_in_place_when_it_comes(browser: Browser) -> None:
    desk, changes = SimulatedKioskStaff(replace(STAFF, rows=(LET_IN,))), SimulatedChanges()
    page = browser.new_page()
    with served(busy_fleet(), changes, kiosks=AtKiosks(staff=desk)) as url:
        with page.expect_response("**/staff/events?*"):
            page.goto(f"{url}{PAGE}")
        expect(page.locator("#staff-last")).to_contain_text("Pistokoe: katso kortti.")
        desk.kiosks[KIOSK] = STAFF
        changes.tell()
        expect(page.locator(".staff-last")).to_contain_text("kortin voimassaolo on päättynyt")
        expect(page.locator("#staff-before tr")).to_have_count(2)
        page.get_by_label("Lapsia").fill("2")
        page.get_by_role("button", name="Päästä sisään").click()
        expect(page.get_by_text("Lähetetty kioskille.")).to_be_visible()
        assert [name for _, name, _ in desk.made] == ["let_in"]
    page.close()


def test_whoever_fills_in_the_form_sees_what_comes_and_lets_in_whom_the_form_names(browser: Browser) -> None:
    desk, changes = SimulatedKioskStaff(STAFF), SimulatedChanges()
    page = browser.new_page()
    with served(busy_fleet(), changes, kiosks=AtKiosks(staff=desk)) as url:
        with page.expect_response("**/staff/events?*"):
            page.goto(f"{url}{PAGE}")
        page.get_by_label("Lapsia").fill("2")
        newer = row(6, 5, verdict="ask_staff", reason="blocked", shown="staff")
        desk.kiosks[KIOSK] = replace(STAFF, rows=(newer, *STAFF.rows))
        changes.tell()
        expect(page.locator(".staff-last")).to_contain_text("kortti on suljettu")
        form = page.locator("form", has=page.get_by_role("button", name="Päästä sisään"))
        expect(form).to_contain_text("kortin voimassaolo on päättynyt")
        page.get_by_label("Lapsia").press("Enter")
        expect(page.get_by_text("Lähetetty kioskille.")).to_be_visible()
        args = msgspec.json.decode(desk.made[0][2], type=LetInArgs)
        assert (args.adopts, args.party.children) == (RecordName(epoch=EPOCH, seq=5), 2)
    page.close()
