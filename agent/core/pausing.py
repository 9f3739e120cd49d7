"""The staff close the kiosk for a while: whoever is being served is served to the end."""

from dataclasses import replace

from agent.core.answers import Decision, at_rest
from agent.core.state import State, Waiting


def paused(state: State, message: str) -> Decision:
    return _at_rest(replace(state, paused=message))


def resumed(state: State) -> Decision:
    return _at_rest(replace(state, paused=None)) if state.paused is not None else (state, ())


def _at_rest(state: State) -> Decision:
    return state, at_rest(state) if isinstance(state.phase, Waiting) else ()
