"""One Chromium for the kiosk's pages, and a page on it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import browser
from tests.kiosk_ui.opened import PANELS, Kiosk, open_kiosk

__all__ = ["browser"]


@pytest.fixture(scope="module")
def shared(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Kiosk]:
    yield from open_kiosk(browser, request.param)


@pytest.fixture
def kiosk(browser: Browser) -> Iterator[Kiosk]:
    """A page of its own, whose clock the test can turn on."""
    for kiosk in open_kiosk(browser, PANELS["7in"]):
        kiosk.page.clock.install()
        kiosk.page.reload()
        yield kiosk
