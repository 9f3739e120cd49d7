"""One Chromium for the kiosk's pages."""

from tests.browser import browser

__all__ = ["browser"]
