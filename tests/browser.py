"""One Chromium for the tests that look at pages."""

import shutil
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM_ARGUMENTS: Final = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--accept-lang=fi-FI",
)
AXE: Final = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
"""What axe is asked for: the rules of WCAG 2.2, level AA."""


# Per module: while playwright's sync interface runs, asyncio.run() of other tests in this thread fails.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium,
            chromium_sandbox=False,
            args=CHROMIUM_ARGUMENTS,
        )
        yield started
        started.close()
