"""One Chromium for the pictures."""

from tests.browser import browser

__all__ = ["browser"]
