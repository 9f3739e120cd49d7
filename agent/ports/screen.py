"""Screen: what the visitor sees, and the answers that come back. Nothing depends on anybody watching."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from agent.wire.screen import Answer, Question, ScreenState


@dataclass(frozen=True, slots=True)
class View:
    """What the screen is to say. Words and languages are the screen's own matter."""

    state: ScreenState
    question: Question | None = None
    digit: int | None = None
    """Small and neutral, for the staff."""

    def asks(self, answer: Answer) -> bool:
        """Whether ``answer`` is to this view's question. A late tap is to another, or to none."""
        asked = self.question
        return asked is not None and (asked.epoch, asked.seq) == (answer.epoch, answer.seq)

    def allows(self, answer: Answer) -> bool:
        """Whether ``answer`` is to this view's question and within its bound."""
        return self.asks(answer) and self.question is not None and answer.children <= self.question.most


class Screen(Protocol):
    def show(self, view: View) -> None:
        """Show ``view`` from now on. MUST NOT block, fail, or wait for a browser."""
        ...

    def answers(self) -> AsyncIterator[Answer]:
        """What visitors answer from now on, without end; for one reader.

        Only answers that the view then shown allows, and one for each time it was shown.
        """
        ...
