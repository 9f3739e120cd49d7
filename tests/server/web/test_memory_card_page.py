"""The page of copied memory cards in a real browser."""

from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from server.adapters.simulated_figures import SimulatedChanges, SimulatedMemoryCards
from server.ports import AtKiosks
from tests.browser import AXE
from tests.server.web.fleet import copied_fleet
from tests.server.web.serving import served

WIDTHS: Final = [1280, 390]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("script", [True, False])
def test_a_card_is_said_to_be_gone_by_a_button_and_the_word_is_taken_back(
    browser: Browser, width: int, script: bool
) -> None:
    figures = copied_fleet()
    memory = SimulatedMemoryCards(figures)
    page = browser.new_page(viewport={"width": width, "height": 844}, java_script_enabled=script)
    with served(figures, SimulatedChanges(), kiosks=AtKiosks(memory)) as url:
        page.goto(url)
        page.get_by_role("link", name="Kopioidut muistikortit 1").click()
        expect(page.get_by_role("main")).to_contain_text(
            "Viimeisin kirjaus 20.11.2026 klo\xa014.02, numero 1\xa0231"
        )
        page.get_by_role("button", name="Merkitse poistetuksi: kortti a1a1a1a1").click()
        expect(page.get_by_role("status")).to_contain_text("Kortti on merkitty poistetuksi.")
        expect(page.get_by_role("main")).to_contain_text("Käytössä on enää yksi kortti.")
        assert [card.gone for card in figures.copied[0].cards] == [False, True]
        expect(page.get_by_role("button", name="Merkitse poistetuksi")).to_have_count(0)
        page.get_by_role("button", name="Peru merkintä: kortti a1a1a1a1").click()
        expect(page.get_by_role("status")).to_contain_text("Merkintä on peruttu")
        assert [card.gone for card in figures.copied[0].cards] == [False, False]
    page.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(browser: Browser, width: int) -> None:
    figures = copied_fleet()
    memory = SimulatedMemoryCards(figures)
    page = browser.new_page(viewport={"width": width, "height": 844})
    with served(figures, SimulatedChanges(), kiosks=AtKiosks(memory)) as url:
        page.goto(f"{url}/memory-cards")
        found = Axe().run(page, options=AXE)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.close()
