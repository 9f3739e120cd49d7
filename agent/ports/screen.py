"""Screen: what the visitor sees, and what comes back. Nothing depends on anybody watching."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from agent.wire.screen import Answer, Question, Said, ScreenState, Wish


@dataclass(frozen=True, slots=True)
class View:
    """What the screen is to say. Words and languages are the screen's own matter."""

    state: ScreenState
    question: Question | None = None
    digit: int | None = None
    """Small and neutral, for the staff."""
    to_staff: bool = False
    """A spot check: let in, and asked to go by the staff."""
    visitor: int | None = None
    """Whose it is, counted in this start; ``None``: nobody's."""
    message: str = ""
    """The staff's own, in a pause."""

    def asks(self, said: Answer | Wish) -> bool:
        """Whether ``said`` is to this view's question. A late tap is to another, or to none."""
        asked = self.question
        return asked is not None and (asked.epoch, asked.seq, asked.about) == (
            said.epoch,
            said.seq,
            said.about,
        )

    def allows(self, said: Answer | Wish) -> bool:
        """Whether ``said`` is to this view's question, and something that it offers."""
        asked = self.question
        if asked is None or not self.asks(said):
            return False
        if isinstance(said, Answer):
            return said.count <= asked.most
        return asked.can_go_back if said.wanted == "back" else asked.hurry_s is not None


class Screen(Protocol):
    def show(self, view: View) -> None:
        """Show ``view`` from now on. MUST NOT block, fail, or wait for a browser."""
        ...

    def more(self) -> None:
        """The real key for larger numbers was pressed: offer the next row of them. Likewise."""
        ...

    def said(self) -> AsyncIterator[Said]:
        """What visitors answer and want from now on, without end; for one reader.

        Only what the view then shown allows, and one for each time it was shown; what is wanted of the
        voice always.
        """
        ...
