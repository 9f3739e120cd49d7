"""The way to the disk, before anything is shown of it."""

from dataclasses import replace

from agent.core.actions import CheckDraft, Draft, HandDraft, Write, WriteByHand
from agent.core.answers import Decision
from agent.core.state import Showing, State, Writing


def somebody_else(state: State) -> State:
    """Whatever the screen says from here on is not for whoever was before it."""
    return replace(state, visitor=state.visitor + 1)


def write_down(state: State, draft: Draft | HandDraft | CheckDraft) -> Decision:
    """The record that is open is settled by it, as it stands."""
    if isinstance(draft, Draft) or (isinstance(draft, HandDraft) and draft.adopts is None):
        state = somebody_else(state)
    write = WriteByHand(draft) if isinstance(draft, HandDraft) else Write(draft)
    if isinstance(state.phase, Showing) and state.phase.ask is not None:
        state = replace(state, asked_at=draft.at.seconds)
    return replace(state, phase=Writing(draft, draft.at.seconds)), (write,)
