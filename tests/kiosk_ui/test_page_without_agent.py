"""The page where the agent is gone, is there again, or says what is no message."""

from typing import Final
from urllib.parse import urlsplit

import msgspec
import pytest
from playwright.sync_api import Page, expect

from agent.config import ScreenConfig
from kiosk_ui.messages import screen_message
from tests.kiosk_ui.opened import LANGUAGES, PANELS, VIEWS, Kiosk, open_kiosk
from tests.kiosk_ui.running import running_screen

SILENCE_MS: Final = 10_000


def test_a_dead_agent_is_out_of_order_and_a_new_one_heals_the_page(page_with_clock: Page) -> None:
    page = page_with_clock
    with open_kiosk(page, PANELS["7in"]) as kiosk:
        kiosk.show(VIEWS["question"])
        kiosk.agent.stop()
        page.clock.fast_forward(SILENCE_MS)
        page.wait_for_selector('html[data-state="out_of_order"]:not([data-asks])')
    config = ScreenConfig(port=urlsplit(kiosk.agent.address).port or 0, languages=LANGUAGES)
    with running_screen(config) as restarted:
        restarted.show(VIEWS["idle"])
        page.wait_for_selector('html[data-state="idle"]')
        restarted.show(VIEWS["question"])
        page.wait_for_selector("html[data-asks]")
        with page.expect_response("**/answer") as response:
            page.keyboard.press("0")
        assert response.value.status == 204, "the page must have the new token"


def test_an_answer_that_did_not_get_through_may_be_given_again(kiosk: Kiosk) -> None:
    kiosk.show(VIEWS["question"])
    key = kiosk.page.locator("#keys button").nth(1)
    kiosk.page.route("**/answer", lambda route: route.abort(), times=1)
    key.press("Enter")
    expect(key).to_have_attribute("aria-pressed", "false")
    with kiosk.page.expect_response("**/answer") as response:
        key.press("Enter")
    assert response.value.status == 204


GARBAGE: Final = ("{", "null", "{}", '{"state": "idle"}', '{"state": "toString", "texts": {}}')


@pytest.mark.parametrize("garbage", GARBAGE)
def test_what_is_no_message_leaves_no_picture_up(kiosk: Kiosk, garbage: str) -> None:
    config = kiosk.panel.config()
    good = msgspec.json.encode(screen_message(VIEWS["question"], config)).decode()
    events = [f"event: screen\ndata: {data}\n\n" for data in (good, garbage)]
    body = f"retry: 1000000\n\n{''.join(events)}event: ping\ndata:\n\n"
    kiosk.page.route(
        "**/events*", lambda route: route.fulfill(content_type="text/event-stream", body=body), times=1
    )
    kiosk.page.reload()
    kiosk.page.wait_for_selector('html[data-state="out_of_order"]:not([data-asks])')
    assert kiosk.complaints == []
