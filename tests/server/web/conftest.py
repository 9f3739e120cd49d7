"""What the web's tests share."""

from tests.browser import browser

__all__ = ["browser"]
