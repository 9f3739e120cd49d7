"""One Chromium for the hold-a-card page."""

from tests.browser import browser

__all__ = ["browser"]
