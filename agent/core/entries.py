"""Who came in lately: what the repeat rule looks at, and what the staff may take back."""

from dataclasses import replace

from agent.core.state import Entry, LetIn, Rules, State


def came_in(state: State, let_in: LetIn, at: float, rules: Rules) -> State:
    """Somebody is in, by a card or by the staff's hand."""
    state = replace(state, let_in=let_in)
    if let_in.key is None:
        return state
    others = _without(state.entries, let_in.key)
    lately = tuple(entry for entry in others if at - entry.at <= rules.policy.repeat_s)
    return replace(state, entries=(*lately, Entry(let_in.key, at)))


def came_in_lately(state: State, key: int, at: float, rules: Rules) -> bool:
    return any(entry.key == key and at - entry.at <= rules.policy.repeat_s for entry in state.entries)


def went_back(state: State, let_in: LetIn) -> State:
    """They did not come in after all."""
    return replace(state, let_in=None, entries=_without(state.entries, let_in.key))


def _without(entries: tuple[Entry, ...], key: int | None) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.key != key)
