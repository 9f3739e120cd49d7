"""What became of the last few, for the staff: read off what was decided, so that it decides nothing."""

from dataclasses import replace
from typing import Final

from agent.core.actions import Action, CheckDraft, Correct, Draft, HandDraft, MarkShown, Ref
from agent.core.events import CardShown, Event, LetInByHand, WriteFailed, Written
from agent.core.state import Outcome, State, What, Writing

REMEMBERED: Final = 8
NOT_WRITTEN: Final = "not_written"
TOO_SLOW: Final = "too_slow"
BEFORE: Final = "before"
"""Of the start before: its record says more."""


def remembered(before: State, event: Event, after: State, actions: tuple[Action, ...]) -> State:
    """``after`` with what its staff will see of it."""
    recent = before.recent
    if isinstance(before.phase, Writing) and isinstance(event, Written | WriteFailed):
        recent = _settled_by(before.phase.draft, event, recent, actions)
    for action in actions:
        match action:
            case MarkShown(ref, "green") if all(one.ref != ref for one in recent):
                recent = (*_of_the_start_before(before, ref, event), *recent)
            case Correct(of):
                recent = tuple(replace(one, void=True) if one.ref == of else one for one in recent)
            case _:
                pass
    return after if recent is before.recent else replace(after, recent=recent[:REMEMBERED])


def _settled_by(
    draft: Draft | HandDraft | CheckDraft,
    event: Written | WriteFailed,
    recent: tuple[Outcome, ...],
    actions: tuple[Action, ...],
) -> tuple[Outcome, ...]:
    if isinstance(event, WriteFailed):
        return (Outcome(None, "to_staff", NOT_WRITTEN, draft.at), *recent)
    ref = event.ref
    if isinstance(draft, HandDraft):
        if draft.adopts is not None:
            recent = tuple(replace(one, adopted=True) if one.ref == draft.adopts else one for one in recent)
        return (Outcome(ref, "by_hand", draft.reason, draft.at), *recent)
    if isinstance(draft, CheckDraft):
        return (Outcome(ref, "tested", "", draft.at), *recent)
    return (_of_a_card(draft, ref, actions), *recent)


def _of_a_card(draft: Draft, ref: Ref, actions: tuple[Action, ...]) -> Outcome:
    judgement = draft.judgement
    if MarkShown(ref, "green") in actions:
        what: What = "unchecked" if judgement.verdict == "unchecked" else "let_in"
        return Outcome(ref, what, judgement.reason, draft.at, judgement.marks)
    reason = TOO_SLOW if judgement.lets_in else judgement.reason
    return Outcome(ref, "to_staff", reason, draft.at)


def _of_the_start_before(before: State, ref: Ref, event: Event) -> tuple[Outcome, ...]:
    """It wrote this down, and nobody had seen the light until now."""
    if not isinstance(event, CardShown | LetInByHand | Written):
        return ()  # cannot be: nothing else lights it
    hand = before.unshown_hand is not None and before.unshown_hand.ref == ref
    return (Outcome(ref, "by_hand" if hand else "let_in", BEFORE, event.at),)
