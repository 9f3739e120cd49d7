"""Every decision the kiosk makes about a card. No clock, no file, no pin, no socket.

The order is the promise: a record is written down, then shown, then kept until the server's receipt.
"""

from dataclasses import replace
from typing import assert_never
from zoneinfo import ZoneInfo

from agent.core.actions import (
    Action,
    CheckDraft,
    Draft,
    HandDraft,
    Light,
    MarkShown,
    Ref,
    Settle,
    Show,
    Signal,
)
from agent.core.answers import Decision, at_rest, refusal, show, show_again
from agent.core.by_hand import is_in_already, let_in, let_in_is_written, shown_at_last, taken_back
from agent.core.check_card import check_card_shown, check_is_written
from agent.core.digits import KIOSK
from agent.core.entries import came_in, came_in_lately
from agent.core.events import (
    Answered,
    ButtonPressed,
    CardShown,
    CheckCardShown,
    Digested,
    Event,
    EyesDown,
    EyesUp,
    Forgot,
    LetInByHand,
    ListAged,
    Paused,
    Resumed,
    SeveralShown,
    StorageFailed,
    StorageWorks,
    TakenBack,
    Tick,
    Touched,
    Wished,
    WriteFailed,
    Written,
)
from agent.core.judge import (
    Judgement,
    by_a_stale_list,
    comes_again,
    is_stale,
    judge,
    not_by_a_forgetful,
    spot_checked,
)
from agent.core.moment import Moment
from agent.core.party import answer, press, touched, wish
from agent.core.passing_time import tick
from agent.core.pausing import paused, resumed
from agent.core.questions import party_of
from agent.core.recent import remembered
from agent.core.state import (
    Carried,
    LastCard,
    LetIn,
    Refused,
    Rules,
    Showing,
    State,
    Trouble,
    Waiting,
    Writing,
)
from agent.core.write_down import somebody_else, write_down


def decide(state: State, event: Event, rules: Rules) -> Decision:
    """What ``event`` makes of ``state``, and what is to be done."""
    after, actions = _decided(state, event, rules)
    return remembered(state, event, after, actions), actions


def _decided(state: State, event: Event, rules: Rules) -> Decision:  # noqa: C901, PLR0911, PLR0912  (one arm an event)
    match event:
        case CardShown():
            return _card_shown(state, event, rules)
        case SeveralShown(at):
            return _several_shown(state, at, rules)
        case CheckCardShown():
            return check_card_shown(state, event, rules)
        case Written(ref, at):
            return _written(state, ref, at, rules)
        case WriteFailed(at):
            return _write_failed(state, at, rules)
        case StorageFailed(at):
            state = replace(state, storage_tried_at=at.seconds, digesting=False)
            return _with_troubles(state, state.troubles | {"storage"})
        case Digested(day):
            return replace(state, digested=day, undated=False, digesting=False), ()
        case StorageWorks():
            return _with_troubles(state, state.troubles - {"storage"})
        case Forgot():
            return _with_troubles(state, state.troubles | {"forgetful"})
        case Answered(ref, about, count, at):
            return answer(state, ref, about, count, at, rules)
        case Wished(ref, about, wanted, at):
            return wish(state, ref, about, wanted, at, rules)
        case Touched(at):
            return touched(state, at, rules), ()
        case ButtonPressed(pressed, at):
            return press(state, pressed, at, rules)
        case LetInByHand() | TakenBack():
            return _by_hand(state, event, rules)
        case Paused(message):
            return paused(state, message)
        case Resumed():
            return resumed(state)
        case EyesUp():
            return _with_troubles(replace(state, started=True), state.troubles - {"eyes"})
        case EyesDown():
            return _with_troubles(replace(state, started=True), state.troubles | {"eyes"})
        case ListAged(old):
            state = replace(state, list_old=old)
            return state, at_rest(state) if isinstance(state.phase, Waiting) else ()
        case Tick(at):
            return tick(state, at, rules)
        case _:
            assert_never(event)


def _card_shown(state: State, event: CardShown, rules: Rules) -> Decision:
    if isinstance(state.phase, Writing):
        return replace(state, queued=event), ()
    return _judged(state, event, rules) if state.paused is None else (state, ())


def _judged(state: State, event: CardShown, rules: Rules) -> Decision:
    at = event.at.seconds
    today = event.at.date_in(ZoneInfo(rules.zone))
    judgement = judge(event.row, today, rules.policy)
    if is_stale(event.list.age_s, rules.policy):
        judgement = by_a_stale_list(judgement, rules.policy)
    if "forgetful" in state.troubles:
        judgement = not_by_a_forgetful(judgement)
    if (carried := state.carried) is not None and _is_carried(carried, event, judgement):
        return _carried_shown(state, carried, event, judgement, rules)
    if (hand := state.unshown_hand) is not None and is_in_already(hand, event, judgement):
        return shown_at_last(somebody_else(state), hand, event.at, rules)
    if _same_visit(state, event, judgement, rules):
        return show_again(state, judgement, at, rules)
    if came_in_lately(state, event.key, at, rules):
        judgement = comes_again(judgement, rules.policy)
        if _same_visit(state, event, judgement, rules):
            return show_again(state, judgement, at, rules)
    judgement = spot_checked(judgement, event.dice, rules.policy)
    draft = Draft(
        code=event.code,
        key=event.key,
        symbology=event.symbology,
        judgement=judgement,
        party=party_of(judgement),
        today=today,
        list=event.list,
        at=event.at,
    )
    state = replace(state, last=LastCard(event.key, judgement.lets_in, judgement.to_staff))
    return write_down(state, draft)


def _several_shown(state: State, at: Moment, rules: Rules) -> Decision:
    """Asked for one, between two visitors only."""
    if not isinstance(state.phase, Waiting) or state.troubles or state.paused is not None:
        return state, ()
    until = at.seconds + rules.signal_s
    return replace(state, phase=Showing(until, until, lit=False)), (Show("one_card"),)


def _by_hand(state: State, event: LetInByHand | TakenBack, rules: Rules) -> Decision:
    """The staff wait, too, until what is being written down is written. A button may be pressed twice."""
    if isinstance(state.phase, Writing):
        same = isinstance(state.phase.draft, HandDraft) and isinstance(event, LetInByHand)
        return (state, ()) if same else (replace(state, hand=event), ())
    if isinstance(event, LetInByHand):
        return let_in(state, event, rules)
    return taken_back(state, event)


def _carried_shown(
    state: State, carried: Carried, event: CardShown, judgement: Judgement, rules: Rules
) -> Decision:
    """Its visitor is here again. What came between has the question, which ends like with any next card."""
    at = event.at.seconds
    state = replace(somebody_else(state), carried=None, last=LastCard(event.key, judgement.lets_in))
    if judgement.lets_in:
        refused = None if state.refused and state.refused.ref == carried.ref else state.refused
        let_in_now = LetIn(carried.ref, at + rules.by_hand_s, event.key)
        state = came_in(replace(state, refused=refused), let_in_now, at, rules)
    elif not carried.adopted:  # whom the staff let in now is the one who stands here
        card = LastCard(event.key, lets_in=False)
        state = replace(state, refused=Refused(carried.ref, card, at + rules.by_hand_s))
    if not carried.settled:
        return show(state, carried.ref, judgement, event.at, rules)
    notes = (Settle(state.open),) if state.open else ()
    state, actions = show_again(replace(state, phase=Waiting(), open=None), judgement, at, rules)
    return state, (*notes, *actions)


def _is_carried(carried: Carried, event: CardShown, judgement: Judgement) -> bool:
    """Written down by the start before: counted once. A shared card that was shown then is a new visit."""
    return (
        (carried.key, carried.lets_in) == (event.key, judgement.lets_in)
        and event.at.seconds < carried.until
        and not (carried.shown and judgement.kind == "community")
    )


def _same_visit(state: State, event: CardShown, judgement: Judgement, rules: Rules) -> bool:
    """A personal card that comes again at once, with the same outcome, is the same visit."""
    return (
        event.away_s is not None
        and event.away_s <= rules.same_visit_s
        and LastCard(event.key, judgement.lets_in) in (state.last, state.by_hand)
        and judgement.kind != "community"
    )


def _written(state: State, ref: Ref, at: Moment, rules: Rules) -> Decision:
    if not isinstance(state.phase, Writing):
        return state, ()  # cannot be: the shell answers each Write once
    writing, draft = state.phase, state.phase.draft
    state = replace(state, troubles=state.troubles - {"storage"})
    if isinstance(draft, HandDraft):
        return _then(*let_in_is_written(state, ref, draft, at, rules), rules)
    if isinstance(draft, CheckDraft):
        state = replace(state, carried=_outlives(state.carried, None))
        return _then(*check_is_written(state, ref, at.seconds, rules), rules)
    state = replace(state, carried=_outlives(state.carried, draft.key))
    judgement = draft.judgement
    too_late = at.seconds - writing.since > rules.slow_write_s
    if judgement.lets_in and (too_late or "forgetful" in state.troubles):
        judgement = replace(judgement, verdict="ask_staff")
        # Who shows the card again was sent to the staff, not let in: that is another record.
        state = replace(state, last=LastCard(draft.key, lets_in=False))
    by_hand_until = at.seconds + rules.by_hand_s
    if judgement.lets_in:
        state = came_in(state, LetIn(ref, by_hand_until, draft.key), at.seconds, rules)
    else:
        card = LastCard(draft.key, draft.judgement.lets_in)
        state = replace(state, refused=Refused(ref, card, by_hand_until))
    if writing.told_staff:
        # The visitor was sent to the staff already: the light does not change its mind.
        showing = refusal(at.seconds, rules)
        state = replace(state, phase=showing, open=ref)
        return _then(state, (MarkShown(ref, "staff"),), rules)
    return _then(*show(state, ref, judgement, at, rules), rules)


def _outlives(carried: Carried | None, key: int | None) -> Carried | None:
    """Whose light nobody saw is still one visitor after somebody else was quicker."""
    if carried is None or carried.shown or carried.key == key:
        return None
    return replace(carried, settled=True)


def _write_failed(state: State, at: Moment, rules: Rules) -> Decision:
    until = at.seconds + rules.signal_s
    if isinstance(state.phase, Writing) and isinstance(state.phase.draft, Draft):
        state = replace(state, refused=None)  # there is no scan that staff could adopt
    state = replace(
        state,
        phase=Showing(until, until),
        troubles=state.troubles | {"storage"},
        storage_tried_at=at.seconds,
        last=None,
    )
    return _then(
        state, (Light(Signal.ASK_STAFF), Show("ask_staff", digit=KIOSK, visitor=state.visitor)), rules
    )


def _then(state: State, actions: tuple[Action, ...], rules: Rules) -> Decision:
    """Go on with what waited: what the staff did, and the card."""
    if (hand := state.hand) is not None:
        state, more = _by_hand(replace(state, hand=None), hand, rules)
        actions += more
    if (queued := state.queued) is not None and not isinstance(state.phase, Writing):
        state, more = _card_shown(replace(state, queued=None), queued, rules)
        return state, actions + more
    return state, actions


def _with_troubles(state: State, troubles: frozenset[Trouble]) -> Decision:
    state = replace(state, troubles=troubles)
    return state, at_rest(state) if isinstance(state.phase, Waiting) else ()
