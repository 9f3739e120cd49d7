"""The way to the disk, before anything is shown of it."""

from dataclasses import replace

from agent.core.actions import Draft, HandDraft, Write, WriteByHand
from agent.core.answers import Decision
from agent.core.state import State, Writing


def write_down(state: State, draft: Draft | HandDraft) -> Decision:
    """What is owed goes first: else the new record would settle the old one without its answer."""
    write = Write(draft) if isinstance(draft, Draft) else WriteByHand(draft)
    writing = Writing(draft, draft.at.seconds)
    return replace(state, phase=writing, owed=()), (*state.owed, write)
