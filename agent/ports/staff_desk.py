"""Staff desk: what the staff see of the kiosk, and what they say. Nothing depends on anybody being there."""

from collections.abc import AsyncIterator
from typing import Protocol

from agent.core.staff_view import StaffView
from agent.core.staff_words import Said


class StaffDesk(Protocol):
    def show(self, view: StaffView) -> None:
        """Show ``view`` from now on. MUST NOT block, fail, or wait for anybody."""
        ...

    def said(self) -> AsyncIterator[Said]:
        """What the staff say from now on, without end; for one reader.

        Only what the view then shown allows. A button pressed twice may be said twice: each names what it is
        about, so the second finds nothing left to do.
        """
        ...
