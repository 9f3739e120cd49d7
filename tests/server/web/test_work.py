"""Files that take their time: a page tells how far they are, and ends at the result."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from agent.web_rules import LOOPBACK_HOSTS
from server.adapters.simulated_figures import SimulatedChanges, SimulatedLetters
from server.domain.headings import Given
from server.domain.history import Import, PlaceImport, Way, Wish
from server.domain.outcome import Outcome
from server.domain.uploads import Checked, Step, Tell
from server.ports import Register
from server.web.app import create_app
from server.web.file_words import far, share
from tests.browser import AXE
from tests.server.web.desk import HEAD, rows
from tests.server.web.fleet import empty_fleet
from tests.server.web.serving import served

HTML = {"accept": "text/html"}
OWN = {"sec-fetch-site": "same-origin", **HTML}


class SlowFiles:
    """Files whose reading waits until the test says so; ``fails`` is what comes of it."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.go_on = threading.Event()
        self.told = threading.Event()
        self._fails = fails

    def shown(self, file_name: str) -> str:
        return file_name

    def keep(self, sent: BinaryIO) -> str:
        return sent.read().hex()[:32]

    def check(self, token: str, file_name: str, given: Given, wish: Wish, tell: Tell) -> Checked:
        del given, wish
        self._wait(tell, Step("comparing", 12_000, 80_000))
        return Checked(token, file_name, Outcome(rows=80_000, new=80_000))

    def take(self, token: str, file_name: str, given: Given, wish: Wish, tell: Tell) -> Outcome:
        del token, file_name, given, wish
        self._wait(tell, Step("writing", 24_000, 80_000))
        return Outcome(rows=80_000, new=80_000)

    def _wait(self, tell: Tell, step: Step) -> None:
        tell(step)
        self.told.set()
        assert self.go_on.wait(60)
        if self._fails:
            raise self._fails

    def forget(self, token: str) -> None: ...

    def imports(self) -> list[Import]:
        return []

    def place_imports(self) -> list[PlaceImport]:
        return []

    def undo(self, import_id: int, way: Way, tell: Tell = lambda _: None) -> int:
        del way
        self._wait(tell, Step("undoing", 2_000, 150_000))
        return import_id


def client_of(register: Register) -> httpx.AsyncClient:
    fleet = empty_fleet()
    app = create_app(
        fleet, SimulatedLetters(fleet), SimulatedChanges(), LOOPBACK_HOSTS, register=register, quick_s=0.01
    )
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=OWN)


def test_words_and_share_of_a_step() -> None:
    assert far(None) == "Aloitetaan"
    assert far(Step("reading", 12_000)) == "Luetaan tiedostoa: 12\xa0000 riviä"
    assert far(Step("writing", 12_000, 80_000)) == "Tallennetaan: 12\xa0000\xa0/\xa080\xa0000 riviä"
    assert far(Step("undoing", 2_000, 80_000)) == "Perutaan: 2\xa0000\xa0/\xa080\xa0000 korttia"
    assert (share(None), share(Step("reading", 5)), share(Step("writing", 20, 80))) == (None, None, 0.25)


@pytest.mark.parametrize("script", [True, False])
def test_a_long_check_and_import_show_their_rows_and_end_at_the_result(
    browser: Browser, register: Register, tmp_path: Path, *, script: bool
) -> None:
    files = SlowFiles()
    (tmp_path / "k.csv").write_text(HEAD + rows(1))
    page = browser.new_page(java_script_enabled=script)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    slow = replace(register, files=files)
    try:
        with served(empty_fleet(), SimulatedChanges(), register=slow, quick_s=0.01) as url:
            page.goto(f"{url}/cards")
            main = page.get_by_role("main")
            page.set_input_files("#file", tmp_path / "k.csv")
            page.get_by_role("button", name="Tarkista tiedosto").click()
            expect(main).to_contain_text("Verrataan rekisteriin: 12\xa0000\xa0/\xa080\xa0000 riviä")
            assert page.locator("progress").get_attribute("value") == "0.15"
            if script:
                found = Axe().run(page, options=AXE)
                assert found.violations_count == 0, found.generate_report()
            files.go_on.set()
            expect(page.get_by_role("heading", level=1)).to_have_text("Näin rekisteri muuttuisi")
            files.go_on.clear()
            page.get_by_role("button", name="Tuo", exact=True).click()
            expect(main).to_contain_text("Tallennetaan: 24\xa0000\xa0/\xa080\xa0000 riviä")
            files.go_on.set()
            expect(main).to_contain_text("Tiedosto on tuotu: 80\xa0000\xa0uutta korttia.")
            assert said == []
    finally:
        files.go_on.set()
        page.close()
