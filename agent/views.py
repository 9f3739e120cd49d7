"""What the core wants shown, in the screen's own terms."""

from agent.core.actions import Show
from agent.ports.screen import View
from agent.wire.screen import Question


def view_of(show: Show) -> View:
    return View(show.state, _question(show), show.digit, show.to_staff, show.visitor, show.message)


def _question(show: Show) -> Question | None:
    if (ask := show.ask) is None:
        return None
    return Question(
        epoch=ask.ref.epoch,
        seq=ask.ref.seq,
        about=ask.about,
        most=ask.most,
        given=ask.given,
        can_go_back=show.can_go_back,
        hurry_s=show.hurry_s,
    )
