"""One Chromium for the kiosk's pages, and in it pages that go from kiosk to kiosk."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import browser
from tests.kiosk_ui.opened import PANELS, Kiosk, Panel, Walk

__all__ = ["browser"]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    return browser.new_page(reduced_motion="reduce")


@pytest.fixture(scope="module")
def page_with_clock(browser: Browser) -> Page:
    """Another one: a clock that a test can turn on is there for good."""
    page = browser.new_page(reduced_motion="reduce")
    page.clock.install()
    return page


@pytest.fixture(scope="module")
def walk(page: Page) -> Iterator[Walk]:
    walk = Walk(page)
    yield walk
    walk.end()


@pytest.fixture(scope="module")
def walk_with_clock(page_with_clock: Page) -> Iterator[Walk]:
    walk = Walk(page_with_clock)
    yield walk
    walk.end()


@pytest.fixture
def shared(request: pytest.FixtureRequest, walk: Walk) -> Kiosk:
    """On the panel that is asked for, as the test before left it."""
    return walk.to(request.param)


@pytest.fixture
def anew(walk: Walk) -> Iterator[Callable[[Panel], Kiosk]]:
    """Opens a kiosk that no other test has had or will have."""
    walk.end()
    yield walk.to
    walk.end()


@pytest.fixture
def kiosk(walk_with_clock: Walk) -> Kiosk:
    """One that begins anew, and whose page has a clock that the test can turn on."""
    kiosk = walk_with_clock.to(PANELS["7in"])
    kiosk.begin_anew()
    return kiosk
