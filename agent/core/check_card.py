"""The fleet's test card: the staff see that camera, disk and lights work. Never green, never counted.

(Its classes are called checks, because test runners collect what is called ``Test``.)
"""

from dataclasses import replace
from zoneinfo import ZoneInfo

from agent.core.actions import CheckDraft, Light, Ref, Settle, Show, Signal
from agent.core.answers import Decision, at_rest
from agent.core.digits import TESTED
from agent.core.events import CheckCardShown
from agent.core.state import Rules, Showing, State, Waiting
from agent.core.write_down import write_down


def check_card_shown(state: State, event: CheckCardShown, rules: Rules) -> Decision:
    """Between two visitors only. The second within a minute has its light without a record."""
    if not isinstance(state.phase, Waiting) or state.paused is not None:
        return state, ()
    at = event.at.seconds
    if state.tested_at is not None and at - state.tested_at < rules.test_pause_s:
        return _lit(state, at, rules)
    today = event.at.date_in(ZoneInfo(rules.zone))
    return write_down(state, CheckDraft(event.symbology, today, event.list, event.at))


def check_is_written(state: State, ref: Ref, at: float, rules: Rules) -> Decision:
    state, actions = _lit(replace(state, tested_at=at, last=None, open=None), at, rules)
    return state, (Settle(ref), *actions)


def _lit(state: State, at: float, rules: Rules) -> Decision:
    if state.troubles:
        return replace(state, phase=Waiting()), at_rest(state)
    until = at + rules.signal_s
    return replace(state, phase=Showing(until, until)), (Light(Signal.TEST), Show("idle", digit=TESTED))
