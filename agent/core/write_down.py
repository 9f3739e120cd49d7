"""The way to the disk, before anything is shown of it."""

from dataclasses import replace

from agent.core.actions import CheckDraft, Correct, Draft, HandDraft, Settle, Write, WriteByHand
from agent.core.answers import Decision
from agent.core.state import State, Writing


def write_down(state: State, draft: Draft | HandDraft | CheckDraft) -> Decision:
    """What is owed goes first: else the new record would settle the old one without its answer."""
    writing = Writing(draft, draft.at.seconds)
    write = WriteByHand(draft) if isinstance(draft, HandDraft) else Write(draft)
    return replace(state, phase=writing, owed=()), (*state.owed, write)


def noted(state: State, note: Settle | Correct) -> Decision:
    """Likewise: what is settled takes no mark any more."""
    return replace(state, owed=()), (*state.owed, note)
