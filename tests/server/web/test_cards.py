"""The pages of cards in a real browser, over the real register: with script and without."""

import io
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from server.adapters.migrate import open_database
from server.adapters.simulated_figures import SimulatedChanges
from server.ports import Register
from tests.browser import AXE
from tests.server.adapters.test_matching import unknown
from tests.server.kiosk import batch, opened
from tests.server.stored_fleet import Fleet
from tests.server.web.desk import CODE, HEAD, Desk, rows
from tests.server.web.fleet import empty_fleet
from tests.server.web.looks import LOOKS
from tests.server.web.serving import served


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def desk(
    browser: Browser, register: Register, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Desk]:
    page = browser.new_page(java_script_enabled=request.param)
    try:
        with served(empty_fleet(), SimulatedChanges(), register=register) as url:
            yield Desk(page, url, tmp_path, register)
    finally:
        page.close()


def test_a_file_is_shown_then_taken_and_undone(desk: Desk) -> None:
    desk.check(HEAD + rows(1, 2, 7))
    desk.says("Näin rekisteri muuttuisi")
    (kept,) = desk.kept()
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    desk.press("Tuo")
    desk.says("Tiedosto on tuotu: 3\xa0uutta korttia.")
    assert desk.kept() == []
    desk.check(HEAD + rows(1, status="suljettu"), withdraw=True)
    desk.says("tila: voimassa → suljettu")
    desk.says("Ei tiedostossa, poistetaan käytöstä")
    desk.says("Seurakunta (Rovaniemi)")
    desk.page.get_by_text("Kortit", exact=True).last.click()
    desk.says("A•••••••02 1.1.2026")
    desk.says("Seurakunta (Rovaniemi): puuttuu 2 / 3")
    desk.page.get_by_label("Kyllä, poista nämä kortit käytöstä").check()
    desk.press("Tuo")
    desk.says("1\xa0kortti muuttui, 2\xa0korttia poistettiin käytöstä")
    desk.page.get_by_role("button", name="Peru tuonti 1").click()
    desk.says("Tuontia ei voi perua: 3\xa0korttia on nyt toisin kuin tuonti jätti, tai niistä")
    desk.says("A•••••••01: tila: voimassa → suljettu")
    desk.page.get_by_role("button", name="Peru tuonti 2").click()
    desk.says("Tuonti on peruttu: 3\xa0korttia on taas kuten ennen sitä.")
    desk.page.get_by_role("button", name="Peru tuonti 1").click()
    desk.says("Tuonti on peruttu: 3\xa0korttia on taas kuten ennen sitä.")
    assert [(one.way, one.file_name) for one in desk.register.files.imports()] == [("web", "kortit.csv")] * 2


def test_a_file_that_lacks_most_cards_is_not_taken_without_a_word_to_it(desk: Desk) -> None:
    desk.take(HEAD + rows(1, 2, 7))
    desk.check(HEAD + rows(1), withdraw=True)
    box = desk.page.get_by_label("Kyllä, poista nämä kortit käytöstä")
    box.evaluate("box => box.required = false")
    desk.press("Tuo")
    desk.says("Tiedostosta puuttuu 2 jakajan Seurakunta 3 kortista. Onko se koko luettelo?")
    assert len(desk.register.files.imports()) == 1


def test_a_card_that_was_shut_here_stays_shut_whatever_a_file_says(desk: Desk) -> None:
    desk.take(HEAD + rows(1, 2, status="voimassa"))
    desk.register.desk.block("A000000001", "web")
    file = HEAD + rows(1, 2, 3, status="voimassa")
    desk.take(file)
    desk.says("1\xa0uusi kortti. 1\xa0täällä suljettu kortti jäi suljetuksi.")
    desk.check(file)
    desk.says("Kortit, jotka on suljettu täällä")
    desk.says("Rivi 2: tila: suljettu → voimassa")
    expect(desk.page.get_by_role("button", name="Tuo", exact=True)).to_have_count(0)
    desk.home()
    desk.page.set_input_files("#file", desk.folder / "kortit.csv")
    desk.page.get_by_label("Avaa myös kortit").check()
    desk.press("Tarkista tiedosto")
    desk.says("Pyysit avaamaan nämä.")
    desk.press("Tuo")
    desk.says("Tiedosto on tuotu: 1\xa0kortti muuttui.")


def test_a_file_with_faults_is_told_by_row_and_thrown_away(desk: Desk) -> None:
    desk.check(HEAD + rows(1) + "XX9;vip;;R;1.1.2026;;;\n" + rows(1))
    desk.says("Rivi 3: jakaja puuttuu")
    desk.says("Rivi 4: sama koodi on jo rivillä 2")
    expect(desk.page.get_by_role("button", name="Tuo", exact=True)).to_have_count(0)
    assert desk.kept() == []
    desk.check("koodi;laji\nA;b\n")
    desk.says("Otsikoista puuttuu: jakaja, alue, myönnetty.")
    assert desk.kept() == []


def test_headings_of_another_kind_are_said_on_the_page_and_hold_for_the_taking(desk: Desk) -> None:
    (desk.folder / "kortit.csv").write_text("Numero;myönnetty\nA000000007;1.1.2026\n")
    desk.home()
    desk.page.set_input_files("#file", desk.folder / "kortit.csv")
    desk.page.get_by_text("Tiedoston otsikot ovat toiset").click()
    desk.page.get_by_label("Koodi: otsikko").fill("Numero")
    for label, value in (("Laji", "yhteisö"), ("Jakaja", "Mielitiimi"), ("Alue", "Tornio")):
        desk.page.get_by_label(f"{label}: kaikilla riveillä").fill(value)
    desk.press("Tarkista tiedosto")
    desk.press("Tuo")
    desk.says("1\xa0uusi kortti")
    assert desk.register.desk.find(CODE).card.area == "Tornio"


def test_columns_that_were_not_read_and_new_names_are_shown(desk: Desk) -> None:
    desk.check(HEAD.replace("Tila", "Tilaa;Huomautus") + rows(1, 2))
    desk.says("Tilaa: tarkoittaako se samaa kuin tila?")
    desk.says("Huomautus")
    desk.says("Alue Rovaniemi")
    desk.says("Seurakunta (Rovaniemi)")
    desk.press("Tuo")
    desk.says("Sarakkeita ei luettu: Tilaa, Huomautus. Rekisteriin tuli 1\xa0uusi alue, 1\xa0uusi jakaja.")


def test_a_code_in_a_file_s_name_is_masked(desk: Desk) -> None:
    file = desk.folder / f"kortti {CODE}.csv"
    file.write_text(HEAD + rows(1))
    desk.home()
    desk.page.set_input_files("#file", file)
    desk.press("Tarkista tiedosto")
    desk.says("kortti A•••••••07.csv")
    assert CODE not in desk.page.content()
    desk.press("Tuo")
    assert CODE not in desk.page.content()
    assert desk.register.files.imports()[0].file_name == "kortti A•••••••07.csv"


def test_a_file_that_is_not_wanted_after_all_is_gone(desk: Desk) -> None:
    desk.check(HEAD + rows(1))
    desk.press("Älä tuo")
    desk.says("Mitään ei tuotu.")
    assert desk.kept() == []


def test_a_file_is_kept_for_an_hour(desk: Desk) -> None:
    desk.check(HEAD + rows(1))
    (kept,) = desk.kept()
    hour_ago = time.time() - 3600
    os.utime(kept, (hour_ago, hour_ago))
    desk.register.files.keep(io.BytesIO(b"another one comes"))
    assert kept not in desk.kept()
    desk.press("Tuo")
    desk.says("Tiedosto ei ole enää tallessa. Lähetä se uudelleen.")


def test_a_card_is_found_blocked_opened_renewed_and_replaced(desk: Desk) -> None:
    desk.take(HEAD + rows(7))
    desk.find("A999999999")
    desk.says("Korttia ei ole rekisterissä.")
    desk.find(CODE.lower())
    desk.press("Sulje kortti")
    desk.says("Kortti on suljettu. Kioskit saavat tiedon hetkessä.")
    desk.says("tila: voimassa → suljettu")
    desk.press("Avaa kortti")
    desk.page.get_by_label("Jatka voimassaoloa").fill("1.1.2026")
    desk.press("Jatka")
    desk.says("Kortti on voimassa jo siihen asti.")
    desk.press("Jatka")
    desk.says("voimassa: 31.12.2026 → 23.11.2027")
    desk.page.get_by_label("Uuden kortin koodi").fill("A000000100")
    desk.press("Korvaa")
    desk.says("Kortti A•••••••00")
    desk.says("Korvattu uudella kortilla")
    desk.press("Poista käytöstä")
    desk.press("Ota takaisin käyttöön")
    desk.says("Kortti on taas sellainen kuin ennen poistamista.")
    assert desk.register.desk.find(CODE).is_replaced
    text = desk.page.content()
    assert CODE not in text
    assert "A000000100" not in text
    assert "A0" not in desk.page.url


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(
    browser: Browser, register: Register, tmp_path: Path, look: str
) -> None:
    page = browser.new_page(**LOOKS[look])
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    def looks_well() -> None:
        expect(page.locator("#far")).to_have_count(0)  # how far a file is gives way to what came of it
        page.wait_for_load_state("load")
        for closed in page.locator("summary:visible").all():
            closed.click()
        found = Axe().run(page, options=AXE)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    try:
        with served(empty_fleet(), SimulatedChanges(), register=register) as url:
            desk = Desk(page, url, tmp_path, register)
            desk.home()
            looks_well()
            desk.take(HEAD + rows(*range(1, 9)))
            looks_well()
            desk.check(HEAD + rows(1, 2, status="suljettu") + rows(50))
            looks_well()
            desk.find(CODE)
            looks_well()
            page.goto(f"{url}/cards/years")
            looks_well()
            assert said == []
            desk.find("A999999999")
            looks_well()
            desk.check(HEAD + rows(1, 1))  # the browser's console tells of the 422
            looks_well()
    finally:
        page.close()


def test_a_card_is_erased_once_its_person_is_sure(desk: Desk) -> None:
    desk.take(HEAD + rows(7, 8))
    desk.find(CODE)
    desk.page.get_by_text("Poista kaikki tiedot haltijan pyynnöstä").click()
    desk.page.get_by_label("Ymmärrän, että tätä ei voi perua").check()
    desk.press("Poista pysyvästi")
    desk.says("Poistettu pyynnöstä: 1\xa0kortti. 0\xa0käyntiä jäi lukuihin ilman koodia")
    desk.find(CODE)
    desk.says("Korttia ei ole rekisterissä.")


def test_the_years_are_told_and_a_past_one_without_codes_is_locked(desk: Desk) -> None:
    desk.take(HEAD + rows(7, 8))
    desk.page.goto(f"{desk.url}/cards/years")
    desk.says("Vuonna 2026 myönnetty 2\xa0korttia, niistä käytetty 0 (käyttöaste 0,0\xa0%).")
    desk.says("Seurakunta")
    desk.says("Käyntejä ei ole vielä.")


def test_a_distributor_s_long_name_has_the_width_of_a_phone(desk: Desk) -> None:
    desk.take((HEAD + rows(7)).replace("Seurakunta", "Monikulttuurikeskus ja maahanmuuttajapalvelut"))
    desk.page.set_viewport_size({"width": 390, "height": 844})
    desk.page.goto(f"{desk.url}/cards/years")
    box = desk.page.locator(".figures tbody th").bounding_box()
    assert box is not None
    assert box["width"] > 300


def test_a_code_that_the_register_never_had_is_erased_from_visits_too(desk: Desk) -> None:
    desk.find(CODE)
    desk.says("Korttia ei ole rekisterissä.")
    desk.page.get_by_text("Poista tämän koodin käynnit haltijan pyynnöstä").click()
    desk.page.get_by_label("Ymmärrän, että tätä ei voi perua").check()
    with open_database(f"sqlite:///{desk.folder / 'fleet.db'}") as database:
        Fleet(database).send(batch([opened(), unknown(1, 7)]))
    desk.press("Poista pysyvästi")
    desk.says("Poistettu pyynnöstä: 0\xa0korttia. 1\xa0käynti jäi lukuihin ilman koodia")
    desk.find("Ei koodi")
    expect(desk.page.get_by_text("Poista tämän koodin käynnit")).to_have_count(0)
