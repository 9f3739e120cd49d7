"""The page in a real browser: what a finger does, and a key."""

from pathlib import Path
from typing import Final

from msgspec.structs import replace
from playwright.sync_api import expect

from agent.ports.screen import View
from agent.wire.screen import Answer, Hear, Wish
from tests.kiosk_ui.opened import (
    LANGUAGES,
    VIEWS,
    Kiosk,
)
from tests.kiosk_ui.running import QUESTION

MAX_PAGE_BYTES: Final = 40 * 1024
BOUNCE_MS: Final = 500
MINUS: Final = "\N{MINUS SIGN}"


def test_a_tap_answers_the_question_that_is_shown_and_only_once(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["question"])
    key = kiosk.page.get_by_role("button", name="2 lasta")
    with kiosk.page.expect_response("**/answer") as response:
        key.dblclick()
    assert response.value.status == 204
    expect(key).to_have_attribute("aria-pressed", "true")
    kiosk.page.keyboard.press("3")
    kiosk.show(VIEWS["thanks"])
    assert kiosk.agent.heard(1) == [Answer(epoch=QUESTION.epoch, seq=QUESTION.seq, about="children", count=2)]


NEXT: Final = replace(QUESTION, seq=QUESTION.seq + 1)


def come_next(kiosk: Kiosk) -> None:
    """Another visitor's question takes the place of the one that is on the screen."""
    with kiosk.page.expect_request("**/hear"):  # to be sure that what came before is through
        kiosk.page.keyboard.press("*")
    bar = kiosk.page.evaluate("document.getElementById('hurry').dataset.message")
    kiosk.agent.show(View("accepted", replace(NEXT, hurry_s=20.0), visitor=2))
    expect(kiosk.page.locator("#hurry")).not_to_have_attribute("data-message", bar)


def tap_children(kiosk: Kiosk, name: str) -> Answer:
    """What reaches the agent first, of all that was pressed until now."""
    kiosk.page.clock.fast_forward(BOUNCE_MS)
    with kiosk.page.expect_response("**/answer"):
        kiosk.page.get_by_role("button", name=name).click()
    (answer,) = kiosk.agent.heard(1)
    assert isinstance(answer, Answer)
    return answer


def test_a_finger_that_came_down_on_another_visitor_s_question_answers_none(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["question"])
    kiosk.page.get_by_role("button", name="3 lasta").hover()
    kiosk.page.mouse.down()
    come_next(kiosk)
    kiosk.page.clock.fast_forward(BOUNCE_MS)
    kiosk.page.mouse.up()
    answer = tap_children(kiosk, "1 lapsi")
    assert (answer.seq, answer.count) == (NEXT.seq, 1)


def test_a_finger_that_was_on_its_way_answers_no_other_question(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["question"])
    come_next(kiosk)
    kiosk.page.get_by_role("button", name="3 lasta").click()
    answer = tap_children(kiosk, "1 lapsi")
    assert (answer.seq, answer.count) == (NEXT.seq, 1)


def test_a_key_that_another_visitor_left_with_the_focus_is_not_the_next_one_s(kiosk: Kiosk) -> None:
    kiosk.show(View("accepted", QUESTION, visitor=1))
    kiosk.page.get_by_role("button", name="3 lasta").focus()
    come_next(kiosk)
    kiosk.page.clock.fast_forward(BOUNCE_MS)
    with kiosk.page.expect_response("**/answer"):
        kiosk.page.keyboard.press("NumpadEnter")
    wish = Wish(epoch=NEXT.epoch, seq=NEXT.seq, about="children", wanted="more_time")
    assert kiosk.agent.heard(1) == [wish]


def test_a_button_that_was_touched_is_not_what_enter_means(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["idle"])
    kiosk.page.locator("#contrast").click()
    kiosk.page.clock.fast_forward(BOUNCE_MS)
    assert kiosk.page.evaluate("document.activeElement === document.body")


def test_idle_leaves_no_button_with_the_focus(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["ask_staff"])
    kiosk.page.locator("#contrast").focus()
    kiosk.show(VIEWS["idle"])
    assert kiosk.page.evaluate("document.activeElement === document.body")


def test_plus_leads_to_larger_numbers_and_minus_back(kiosk: Kiosk) -> None:
    kiosk.show(View("accepted", replace(QUESTION, most=6)))
    keys = kiosk.page.locator("#keys button")
    kiosk.page.get_by_role("button", name="Enemmän").click()
    expect(keys).to_have_text([MINUS, "4", "5", "6"])
    kiosk.page.clock.fast_forward(BOUNCE_MS)
    kiosk.page.get_by_role("button", name="Vähemmän").click()
    expect(keys).to_have_text(["0", "1", "2", "3", "+"])
    kiosk.page.clock.fast_forward(BOUNCE_MS)
    kiosk.page.get_by_role("button", name="Enemmän").click()
    kiosk.page.clock.fast_forward(BOUNCE_MS)
    with kiosk.page.expect_response("**/answer"):
        keys.get_by_text("6").click()
    assert kiosk.agent.heard(1) == [Answer(epoch=QUESTION.epoch, seq=QUESTION.seq, about="children", count=6)]


def test_a_number_pad_does_what_the_keys_do(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["question"])
    kiosk.page.keyboard.press("NumpadAdd")
    expect(kiosk.page.locator("#keys button")).to_have_text([MINUS, "4", "5", "6", "+"])
    with kiosk.page.expect_response("**/answer"):
        kiosk.page.keyboard.press("Numpad7")
    assert kiosk.agent.heard(1) == [Answer(epoch=QUESTION.epoch, seq=QUESTION.seq, about="children", count=7)]


def test_enter_is_more_time_once_the_question_says_that_it_ends(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["question"])
    kiosk.page.keyboard.press("NumpadEnter")
    kiosk.show(VIEWS["question that ends"])
    kiosk.page.wait_for_selector("html[data-hurry]")
    with kiosk.page.expect_response("**/answer") as response:
        kiosk.page.keyboard.press("NumpadEnter")
    assert response.value.status == 204
    wish = Wish(epoch=QUESTION.epoch, seq=QUESTION.seq, about="children", wanted="more_time")
    assert kiosk.agent.heard(1) == [wish]


def test_the_bar_empties_and_begins_anew_when_it_is_shown_anew(kiosk: Kiosk) -> None:
    kiosk.page.emulate_media(reduced_motion="no-preference")
    bar = kiosk.page.locator("#hurry i")
    kiosk.show(VIEWS["question"])
    expect(bar).to_have_count(0)
    kiosk.show(VIEWS["question that ends"])
    expect(bar).to_have_css("animation-duration", "20s")
    kiosk.page.evaluate("document.querySelector('#hurry i').dataset.first = 'yes'")
    kiosk.choose("sv", 1)
    expect(bar).to_have_attribute("data-first", "yes")
    kiosk.show(VIEWS["question that ends"])
    expect(bar).not_to_have_attribute("data-first", "yes")
    kiosk.show(VIEWS["question"])
    expect(bar).to_have_count(0)


def test_an_answer_may_be_corrected_while_the_thanks_are_shown(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["thanks"])
    expect(kiosk.page.get_by_role("button", name="2 lasta")).to_have_attribute("aria-pressed", "true")
    with kiosk.page.expect_response("**/answer") as response:
        kiosk.page.keyboard.press("3")
    assert response.value.status == 204
    expect(kiosk.page.get_by_role("button", name="3 lasta")).to_have_attribute("aria-pressed", "true")
    expect(kiosk.page.get_by_role("button", name="2 lasta")).to_have_attribute("aria-pressed", "false")


def test_a_number_pad_is_for_the_ear_too(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["idle"])
    for key, wanted in {"NumpadEnter": "again", "NumpadMultiply": "louder"}.items():
        with kiosk.page.expect_request("**/hear") as request:
            kiosk.page.keyboard.press(key)
        assert request.value.post_data_json == {"type": "hear/1", "wanted": wanted, "language": "fi"}
    with kiosk.page.expect_response("**/hear") as response:
        kiosk.choose("sv", 0)
    assert response.value.status == 204
    assert kiosk.agent.hears[-1] == Hear(wanted="hush", language="sv")


def test_the_question_before_can_be_had_back(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["second question"])
    with kiosk.page.expect_response("**/answer"):
        kiosk.page.get_by_role("button", name="Takaisin").click()
    wish = Wish(epoch=QUESTION.epoch, seq=QUESTION.seq, about="assistants", wanted="back")
    assert kiosk.agent.heard(1) == [wish]


def test_a_real_key_for_larger_numbers_does_what_the_page_s_own_does(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["question"])
    kiosk.agent.more()
    expect(kiosk.page.locator("#keys button")).to_have_text([MINUS, "4", "5", "6", "+"])
    kiosk.show(VIEWS["idle"])
    kiosk.agent.more()
    kiosk.show(VIEWS["ask_staff"])
    expect(kiosk.page.locator("#keys button")).to_have_count(0)


def test_every_control_can_be_reached_by_keyboard_and_shows_its_focus(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["question"])
    reached = []
    for _ in range(11):
        kiosk.page.keyboard.press("Tab")
        focused = kiosk.page.locator(":focus-visible")
        reached.append(focused.text_content() or focused.get_attribute("aria-label"))
        assert focused.evaluate("element => parseFloat(getComputedStyle(element).outlineWidth)") > 3
    assert reached == [
        "0",
        "1",
        "2",
        "3",
        "+",
        "FI Suomi",
        "SV Svenska",
        "EN English",
        "Sámi Davvisámegiella",
        "AAA",
        "Suuri kontrasti",
    ]


def test_a_language_button_says_its_name_in_its_own_language(kiosk: Kiosk) -> None:
    buttons = kiosk.page.locator('[data-press="language"]')
    assert [button.get_attribute("lang") for button in buttons.all()] == list(LANGUAGES)
    buttons.nth(1).click()
    expect(buttons.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(kiosk.page.locator("#size")).to_have_attribute("aria-label", "Textstorlek 1/3")


def test_idle_takes_back_language_size_and_contrast(kiosk: Kiosk) -> None:
    root = kiosk.page.locator("html")
    kiosk.show(VIEWS["idle"])
    kiosk.choose("en", 2)
    kiosk.page.locator("#contrast").press("Enter")
    kiosk.show(VIEWS["ask_staff"])
    expect(root).to_have_attribute("lang", "en")
    expect(root).to_have_attribute("data-contrast", "high")
    kiosk.show(VIEWS["idle"])
    for name, value in {"lang": "fi", "data-size": "0", "data-contrast": "normal"}.items():
        expect(root).to_have_attribute(name, value)


def test_a_language_that_stays_is_not_said_once_more(kiosk: Kiosk) -> None:
    """To a browser that is a change, and every element's style is computed anew, with each sign of life."""
    kiosk.show(VIEWS["idle"])
    kiosk.page.evaluate(
        """() => {
          window.said = [];
          new MutationObserver((changes) => said.push(...changes.map(() => document.documentElement.lang)))
            .observe(document.documentElement, { attributeFilter: ["lang"] });
        }"""
    )
    kiosk.show(VIEWS["seen"])
    kiosk.choose("sv", 1)
    kiosk.show(VIEWS["accepted"])
    assert kiosk.page.evaluate("said") == ["sv"]


def test_the_page_is_small() -> None:
    root = Path(__file__).parents[2] / "kiosk_ui"
    files = [root / "page.html", *(root / "static").iterdir()]
    assert sum(file.stat().st_size for file in files) <= MAX_PAGE_BYTES
