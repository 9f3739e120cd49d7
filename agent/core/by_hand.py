"""The staff let in whom a card did not, and take back: nobody is counted twice for it."""

from dataclasses import replace

from agent.core.actions import (
    Correct,
    HandDraft,
    Light,
    MarkShown,
    Ref,
    Show,
    Signal,
)
from agent.core.answers import Decision, at_rest
from agent.core.entries import came_in, went_back
from agent.core.events import CardShown, LetInByHand, TakenBack
from agent.core.judge import Judgement
from agent.core.moment import Moment
from agent.core.state import Carried, LetIn, Refused, Rules, Showing, State, UnshownHand, Waiting
from agent.core.write_down import write_down


def let_in(state: State, event: LetInByHand, rules: Rules) -> Decision:
    """Somebody else, unless the staff are impatient with the button."""
    at = event.at.seconds
    refused = refused_lately(state, at)
    if event.adopts not in ("last", refused.ref if refused else "none"):
        return state, ()  # what they saw is not so any more: they look again
    if (unshown := state.unshown_hand) is not None and at < unshown.until and _is_for(unshown, refused):
        return shown_at_last(state, unshown, event.at, rules)
    if refused is None and state.hand_at is not None and at - state.hand_at < rules.hand_pause_s:
        return state, ()
    if refused is None:
        return write_down(state, HandDraft(None, None, event.party, event.reason, event.at))
    return write_down(state, HandDraft(refused.ref, refused.card.key, event.party, event.reason, event.at))


def refused_lately(state: State, at: float) -> Refused | None:
    """Whose scan a letting in by hand adopts at ``at``."""
    return state.refused if state.refused and at < state.refused.until else None


def let_in_lately(state: State, at: float) -> LetIn | None:
    """Who may be taken back at ``at``."""
    return state.let_in if state.let_in and at < state.let_in.until else None


def _is_for(hand: UnshownHand, refused: Refused | None) -> bool:
    """The staff press once more for whom they saw no light, or for another card that was refused since."""
    return refused is None or refused.card.key == hand.key


def let_in_is_written(state: State, ref: Ref, draft: HandDraft, at: Moment, rules: Rules) -> Decision:
    """Its record settled whatever was open, the scan that a start before left too."""
    if draft.adopts is not None and state.refused is not None:
        state = replace(state, by_hand=state.refused.card, refused=None)
    if state.carried is not None:
        theirs = draft.adopts == state.carried.ref
        taken = replace(state.carried, ref=ref, adopted=True) if theirs else state.carried
        state = replace(state, carried=replace(taken, settled=True))
    return _shows_by_hand(state, ref, draft.key, at, rules)


def shown_at_last(state: State, hand: UnshownHand, at: Moment, rules: Rules) -> Decision:
    """Its light is seen at last; who then holds up the card, if that is good, is in already."""
    if hand.key is not None:
        until = at.seconds + rules.same_visit_s
        carried = Carried(hand.ref, hand.key, lets_in=True, shown=True, until=until, settled=True)
        state = replace(state, carried=carried)
    return _shows_by_hand(state, hand.ref, hand.key, at, rules)


def is_in_already(hand: UnshownHand, event: CardShown, judgement: Judgement) -> bool:
    """The staff let this card in, and nobody saw the light. If it is still refused, the staff press again."""
    return hand.key == event.key and event.at.seconds < hand.until and judgement.lets_in


def _shows_by_hand(state: State, ref: Ref, key: int | None, at: Moment, rules: Rules) -> Decision:
    until = at.seconds + rules.signal_s
    state = came_in(state, LetIn(ref, at.seconds + rules.by_hand_s, key), at.seconds, rules)
    unshown = state.unshown_hand if state.unshown_hand and state.unshown_hand.ref != ref else None
    state = replace(state, phase=Showing(until, until), open=None, unshown_hand=unshown, hand_at=at.seconds)
    if "forgetful" in state.troubles:
        return state, at_rest(state)  # it may be lost with the power: no green says that it is kept
    return state, (Light(Signal.ACCEPTED), MarkShown(ref, "green"), Show("accepted", visitor=state.visitor))


def taken_back(state: State, event: TakenBack) -> Decision:
    """The record of whoever was let in last is void. Another visitor's light stays as it is."""
    let_in = let_in_lately(state, event.at.seconds)
    if let_in is None or event.of not in (None, let_in.ref):
        return state, ()
    correct = Correct(let_in.ref, "void", event.why, event.at)
    theirs = state.open in (None, let_in.ref)
    carried = None if state.carried and state.carried.ref == let_in.ref else state.carried
    state = replace(went_back(state, let_in), open=None, last=None, by_hand=None, carried=carried)
    if not theirs or (isinstance(state.phase, Showing) and state.phase.refused):
        return state, (correct,)
    state = replace(state, phase=Waiting())
    return state, (correct, *at_rest(state))
