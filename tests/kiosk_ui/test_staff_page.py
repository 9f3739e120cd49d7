"""The staff's page in a real browser: every panel, view and language, the way in, and the way back."""

import re
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from agent.core.staff_words import LetIn, Pause, TakeBack, Typed
from agent.ports.screen import View
from agent.wire.card_code import CardCode
from agent.wire.records import Party
from kiosk_ui.staff_app import STATIC
from tests.kiosk_ui.opened import MAIN_PANELS, NARROW, PANELS, Panel
from tests.kiosk_ui.staff_opened import PANEL, StaffPage, open_page
from tests.kiosk_ui.staff_room import CODE, LANGUAGES, VIEWS, ref

TICK_MS: Final = 500
HOLD_MS: Final = 3500
LEFT_ALONE_MS: Final = 60_500
NOT_ENTERED_MS: Final = 15_000
MAX_PAGE_BYTES: Final = 30 * 1024


@pytest.fixture
def staff(page_with_clock: Page) -> Iterator[StaffPage]:
    """Nobody has entered yet; the page has a clock that the test can turn on."""
    with open_page(page_with_clock, PANELS["7in"]) as opened:
        yield opened


PANELS_OF_IT: Final[dict[str, Callable[[StaffPage], None]]] = {
    "reason": lambda staff: staff.press("let_in"),
    "children": lambda staff: staff.press("reason"),
    "assistants": lambda staff: staff.press("number"),
    "code": lambda staff: staff.press("back", "type"),
    "figures": lambda staff: staff.press("next_keys", "next_keys"),
    "pause": lambda staff: staff.press("back", "pause"),
    "longest words of a pause": lambda staff: staff.press("more"),
    "last words": lambda staff: staff.press("more"),
    "words": lambda staff: staff.press("own_words", "letter"),
}


@pytest.mark.parametrize("panel", (PANELS | NARROW).values(), ids=(PANELS | NARROW).keys())
def test_every_view_and_panel_is_readable_in_every_language(page: Page, panel: Panel) -> None:
    found: dict[tuple[str, str], list[object]] = {}
    main = panel in MAIN_PANELS
    with open_page(page, panel) as staff:
        staff.enter()
        for language in LANGUAGES if main else LANGUAGES[:1]:
            expect(page.locator("html")).to_have_attribute("lang", language)
            axe = language == "fi" and main
            for name in VIEWS:
                staff.show(name)
                found[language, name] = [*staff.faults(), *(staff.violations() if axe else ())]
            staff.show("refused")
            for name, go in PANELS_OF_IT.items():
                go(staff)
                found[language, name] = [*staff.faults(), *(staff.violations() if axe else ())]
            staff.press("back", "language")
        assert {where: faults for where, faults in found.items() if faults} == {}
        assert staff.complaints == []


def test_the_door_and_a_door_that_is_not_there_are_readable(page: Page) -> None:
    for panel in (PANELS["7in"], PANELS["7in-upright"]):
        for pin in (True, False):
            with open_page(page, panel, pin=pin) as staff:
                page.wait_for_selector(PANEL.format("pin" if pin else "off"))
                for _ in LANGUAGES:
                    assert staff.faults() == []
                    staff.press("language")
                assert staff.violations() == []


def test_the_last_outcome_is_large_and_those_before_below_it(staff: StaffPage) -> None:
    staff.enter()
    staff.show("refused")
    expect(staff.page.locator("#title")).to_have_text("Vanhentunut")
    expect(staff.page.locator("#time")).to_have_text("14.05")
    expect(staff.page.locator("#lines li").first).to_have_text("14.04 Päästetty käsin, kulunut kortti")
    staff.show("spot check")
    expect(staff.page.locator("#lines .spot")).to_have_text("Pistokoe: katso kortti")


def test_three_taps_let_somebody_in(staff: StaffPage) -> None:
    staff.enter()
    staff.show("let in")
    staff.press("let_in")
    staff.page.get_by_role("button", name="Kulunut kortti").click()
    with staff.page.expect_response("**/say/let-in") as response:
        staff.page.get_by_role("button", name="2").click()
    assert response.value.status == 204
    staff.page.wait_for_selector(PANEL.format("home"))
    assert staff.agent.staff_said(1) == [LetIn(None, Party(children=2), "worn_card")]


def test_one_tap_undoes_and_what_is_not_offered_cannot_be_tapped(staff: StaffPage) -> None:
    staff.enter()
    staff.show("let in")
    with staff.page.expect_response("**/say/take-back"):
        staff.press("take_back")
    assert staff.agent.staff_said(1) == [TakeBack(ref(5))]
    staff.show("paused with faults")
    expect(staff.page.locator("[data-press=take_back]")).to_be_disabled()
    expect(staff.page.locator("[data-press=type]")).to_be_disabled()


def test_a_code_is_typed_judged_and_nowhere_to_be_read(staff: StaffPage) -> None:
    addresses: list[str] = []
    staff.page.on("request", lambda request: addresses.append(request.url))
    staff.enter()
    staff.show("let in")
    staff.press("type")
    staff.page.keyboard.type(CODE.lower())
    expect(staff.page.locator("#entry")).to_have_text("\N{BULLET}" * 9 + "3")
    with staff.page.expect_response("**/say/code") as response:
        staff.page.keyboard.press("Enter")
    assert response.value.status == 204
    assert staff.agent.staff_said(1) == [Typed(CardCode(CODE))]
    staff.page.wait_for_selector(PANEL.format("home"))
    everywhere = " ".join([staff.page.content(), *addresses]).upper()
    assert CODE not in everywhere


def test_what_is_no_code_may_be_typed_again(staff: StaffPage) -> None:
    staff.enter()
    staff.show("let in")
    staff.press("type", "letter", "ok")
    expect(staff.page.locator("#title")).to_have_text("Ei kortin koodi")
    expect(staff.page.locator("#entry")).to_have_text("")


def test_a_break_with_the_venue_s_words(staff: StaffPage) -> None:
    staff.enter()
    staff.show("let in")
    staff.press("pause")
    with staff.page.expect_response("**/say/pause"):
        staff.page.get_by_role("button", name="Siivous, hetki vain.").click()
    assert staff.agent.staff_said(1) == [Pause("Siivous, hetki vain.")]


def test_a_wrong_pin_says_so_and_nothing_of_the_kiosk(staff: StaffPage) -> None:
    staff.agent.show_staff(VIEWS["let in"])
    staff.page.keyboard.type("0000")
    staff.page.keyboard.press("Enter")
    expect(staff.page.locator("#title")).to_have_text("Väärä PIN")
    assert "Päästetty" not in staff.page.content().split("<body>")[1]


def test_the_corner_held_for_three_seconds_leads_in_and_done_leads_back_logged_out(staff: StaffPage) -> None:
    page = staff.page
    page.goto(staff.agent.address)
    page.wait_for_selector("[data-state=starting]")
    page.mouse.move(790, 10)
    page.mouse.down()
    page.clock.run_for(2000)
    page.mouse.up()
    page.clock.run_for(HOLD_MS)
    assert page.url == staff.agent.address, "a finger that was lifted leads nowhere"
    page.mouse.down()
    page.clock.run_for(HOLD_MS)
    page.wait_for_url("**/staff")
    page.mouse.up()
    staff.enter()
    staff.show("let in")
    staff.press("done")
    page.wait_for_url(staff.agent.address)
    page.goto(f"{staff.agent.address}staff")
    page.wait_for_selector(PANEL.format("pin"))


def test_no_tab_key_of_a_visitor_finds_the_way(staff: StaffPage) -> None:
    staff.page.goto(staff.agent.address)
    staff.page.wait_for_selector("[data-state=starting]")
    names = staff.page.locator("a, button, input, [tabindex]").all()
    assert all(re.search("language|size|contrast", one.get_attribute("data-press") or "") for one in names)


def test_a_page_that_is_left_alone_gives_the_screen_back_to_the_visitors(staff: StaffPage) -> None:
    staff.enter()
    staff.page.clock.run_for(LEFT_ALONE_MS)
    staff.page.wait_for_url(staff.agent.address)


@pytest.mark.parametrize("pin", [True, False], ids=["PIN", "off"])
def test_whoever_shows_a_card_has_the_screen_back_from_a_leaned_corner(
    page_with_clock: Page, pin: bool
) -> None:
    page = page_with_clock
    with open_page(page, PANELS["7in"], pin=pin) as opened:
        page.goto(opened.agent.address)
        opened.agent.show(View("ask_staff", visitor=1))
        page.wait_for_selector("[data-state=ask_staff]")
        with page.expect_response("**/staff/visitors"):
            page.goto(f"{opened.agent.address}staff")
        opened.agent.show(View("idle"))
        opened.agent.show(View("ask_staff", visitor=1))  # the same visitor still waits for the staff
        page.clock.run_for(NOT_ENTERED_MS // 2)
        expect(page.locator("html")).to_have_attribute("data-panel", "pin" if pin else "off")
        opened.agent.show(View("accepted", visitor=2))
        page.wait_for_url(opened.agent.address)
        page.wait_for_selector("[data-state=accepted]")


def test_a_pin_that_nobody_enters_gives_the_screen_back(staff: StaffPage) -> None:
    staff.page.wait_for_selector(PANEL.format("pin"))
    staff.page.clock.run_for(NOT_ENTERED_MS + TICK_MS)
    staff.page.wait_for_url(staff.agent.address)


def test_every_key_can_be_reached_and_pressed_by_keyboard_and_shows_its_focus(staff: StaffPage) -> None:
    staff.enter()
    staff.show("let in")
    reached = []
    for _ in range(6):
        staff.page.keyboard.press("Tab")
        focused = staff.page.locator(":focus-visible")
        reached.append(focused.get_attribute("data-press"))
        assert focused.evaluate("element => parseFloat(getComputedStyle(element).outlineWidth)") > 3
    assert reached == ["let_in", "take_back", "type", "pause", "language", "done"]
    staff.page.locator("[data-press=type]").press("Enter")
    staff.page.wait_for_selector(PANEL.format("code"))


def test_a_silent_agent_is_said_to_be_silent(staff: StaffPage) -> None:
    staff.enter()
    staff.show("let in")
    staff.agent.stop()
    staff.page.clock.run_for(10_500)
    expect(staff.page.locator("#title")).to_have_text("Laite ei vastaa")


def test_the_page_is_small() -> None:
    files = [STATIC.parent / "staff.html", *STATIC.iterdir()]
    assert sum(file.stat().st_size for file in files) <= MAX_PAGE_BYTES
