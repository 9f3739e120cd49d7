"""What light and screen say to whom a record is about: written down before, and the same for everybody."""

from dataclasses import replace
from typing import Final

from agent.core.actions import Action, Ask, Light, MarkShown, Ref, Show, Signal
from agent.core.digits import OLD_LIST, digit_of
from agent.core.judge import Judgement
from agent.core.moment import Moment
from agent.core.state import Rules, Showing, State

MOST_CHILDREN: Final = 20
"""Offered where the register knows no bound."""

Decision = tuple[State, tuple[Action, ...]]


def at_rest(state: State) -> tuple[Action, ...]:
    """Light and screen where nobody is being served."""
    if state.troubles:
        return Light(Signal.OUT_OF_ORDER), Show("out_of_order")
    if not state.started:
        return Light(Signal.READY), Show("starting")
    return Light(Signal.READY), Show("idle", digit=OLD_LIST if state.list_old else None)


def show(state: State, ref: Ref, judgement: Judgement, at: Moment, rules: Rules) -> Decision:
    light_until = at.seconds + rules.signal_s
    if not judgement.lets_in:
        showing = Showing(light_until, light_until)
        return replace(state, phase=showing, open=ref), (
            Light(Signal.ASK_STAFF),
            MarkShown(ref, "staff"),
            Show("ask_staff", digit=digit_of(judgement)),
        )
    ask = _question(ref, judgement, rules)
    view_until = at.seconds + rules.question_s if ask else light_until
    return replace(state, phase=Showing(light_until, view_until, ask=ask), open=ref), (
        Light(Signal.ACCEPTED),
        MarkShown(ref, "green"),
        Show("accepted", ask),
    )


def show_again(state: State, judgement: Judgement, at: float, rules: Rules) -> Decision:
    """Same visit: the same light, no new record, and the question that is still open stays open."""
    until = at + rules.signal_s
    if not judgement.lets_in:
        return replace(state, phase=Showing(until, until)), (
            Light(Signal.ASK_STAFF),
            Show("ask_staff", digit=digit_of(judgement)),
        )
    ask = state.phase.ask if isinstance(state.phase, Showing) else None
    showing = Showing(until, at + rules.question_s if ask else until, ask=ask)
    return replace(state, phase=showing), (Light(Signal.ACCEPTED), Show("accepted", ask))


def _question(ref: Ref, judgement: Judgement, rules: Rules) -> Ask | None:
    most = MOST_CHILDREN if judgement.most_children is None else judgement.most_children
    return Ask(ref, most) if rules.policy.ask_children and most > 0 else None
