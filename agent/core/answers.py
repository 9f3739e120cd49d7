"""What light and screen say to whom a record is about: written down before, and the same for everybody."""

from dataclasses import replace

from agent.core.actions import Action, Light, MarkShown, Ref, Show, Signal
from agent.core.digits import OLD_LIST, digit_of
from agent.core.judge import Judgement
from agent.core.moment import Moment
from agent.core.questions import questions
from agent.core.state import Rules, Showing, State

Decision = tuple[State, tuple[Action, ...]]


def at_rest(state: State) -> tuple[Action, ...]:
    """Light and screen where nobody is being served."""
    if state.paused is not None:
        return Light(Signal.PAUSED), Show("paused", message=state.paused)
    if state.troubles:
        return Light(Signal.OUT_OF_ORDER), Show("out_of_order")
    if not state.started:
        return Light(Signal.READY), Show("starting")
    return Light(Signal.READY), Show("idle", digit=OLD_LIST if state.list_old else None)


def show(state: State, ref: Ref, judgement: Judgement, at: Moment, rules: Rules) -> Decision:
    light_until = at.seconds + rules.signal_s
    if not judgement.lets_in:
        return replace(state, phase=refusal(at.seconds, rules), open=ref), (
            Light(Signal.ASK_STAFF),
            MarkShown(ref, "staff"),
            Show("ask_staff", digit=digit_of(judgement), visitor=state.visitor),
        )
    asks = questions(ref, judgement, rules.policy)
    view_until = at.seconds + (rules.question_s if asks else _view_s(rules, to_staff=judgement.to_staff))
    keys_from = at.seconds + rules.settle_s if _may_mean_another(state, at.seconds, rules) else 0.0
    showing = Showing(light_until, view_until, keys_from, asks=asks, to_staff=judgement.to_staff)
    return replace(state, phase=showing, open=ref), (
        _light(showing),
        MarkShown(ref, "green"),
        view(state, showing),
    )


def _may_mean_another(state: State, at: float, rules: Rules) -> bool:
    """A key that is pressed now: a finger is on its way for longer than a question needs to go."""
    if isinstance(state.phase, Showing) and state.phase.ask is not None:
        return True
    return state.asked_at is not None and at - state.asked_at < rules.still_meant_s


def show_again(state: State, judgement: Judgement, at: float, rules: Rules) -> Decision:
    """Same visit: the same light, no new record, and the question that is still open stays open."""
    until = at + rules.signal_s
    if not judgement.lets_in:
        return replace(state, phase=refusal(at, rules)), (
            Light(Signal.ASK_STAFF),
            Show("ask_staff", digit=digit_of(judgement), visitor=state.visitor),
        )
    before = state.phase if isinstance(state.phase, Showing) else None
    to_staff = state.last is not None and state.last.to_staff
    if before is None or not before.asks or before.thanked:
        showing = Showing(until, at + _view_s(rules, to_staff=to_staff), to_staff=to_staff)
    else:
        view_until = at + rules.question_s
        showing = replace(before, light_until=until, view_until=view_until, lit=True, hurried=False)
    return replace(state, phase=showing), (_light(showing), view(state, showing))


def refusal(at: float, rules: Rules) -> Showing:
    """Its words stay longer than its light: they are read, and by some in another language first."""
    return Showing(at + rules.signal_s, at + rules.ask_staff_s, refused=True)


def _view_s(rules: Rules, *, to_staff: bool) -> float:
    return rules.ask_staff_s if to_staff else rules.signal_s


def view(state: State, showing: Showing, hurry_s: float | None = None) -> Show:
    """The screen of somebody who is in."""
    return Show(
        "thanks" if showing.thanked else "accepted",
        showing.ask,
        hurry_s=hurry_s,
        can_go_back=showing.asked > 0,
        to_staff=showing.to_staff,
        visitor=state.visitor,
    )


def _light(showing: Showing) -> Light:
    return Light(Signal.SPOT_CHECK if showing.to_staff else Signal.ACCEPTED)
