"""Every decision the kiosk makes about a card. No clock, no file, no pin, no socket.

The order is the promise: a record is written down, then shown, then kept until the server's receipt.
"""

from dataclasses import replace
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from agent.core.actions import (
    Action,
    Ask,
    Draft,
    Light,
    MarkShown,
    Ref,
    Settle,
    Show,
    Signal,
    TryStorage,
    Write,
    WriteDigest,
)
from agent.core.events import (
    Answered,
    ButtonPressed,
    CardShown,
    Digested,
    Event,
    EyesDown,
    EyesUp,
    Forgot,
    StorageFailed,
    StorageWorks,
    Tick,
    WriteFailed,
    Written,
)
from agent.core.judge import Judgement, judge, not_by_a_forgetful
from agent.core.moment import Moment
from agent.core.state import Carried, LastCard, Rules, Showing, State, Trouble, Waiting, Writing
from agent.wire.records import Party

MOST_CHILDREN: Final = 20
"""Offered where the register knows no bound."""

Decision = tuple[State, tuple[Action, ...]]


def decide(state: State, event: Event, rules: Rules) -> Decision:  # noqa: C901, PLR0911, PLR0912  (one arm an event)
    """What ``event`` makes of ``state``, and what is to be done."""
    match event:
        case CardShown():
            return _card_shown(state, event, rules)
        case Written(ref, at):
            return _written(state, ref, at, rules)
        case WriteFailed(at):
            return _write_failed(state, at, rules)
        case StorageFailed(at, owed):
            state = replace(state, storage_tried_at=at.seconds, owed=owed or state.owed, digesting=False)
            return _trouble(state, "storage")
        case Digested(day):
            return replace(state, digested=day, digesting=False), ()
        case StorageWorks():
            state, actions = _healed(state, "storage")
            return replace(state, owed=None), (*_owed(state), *actions)
        case Forgot():
            return _trouble(state, "forgetful")
        case Answered(ref, children, at):
            return _answered(state, ref, children, at, rules)
        case ButtonPressed(children, at):
            ask = state.phase.ask if isinstance(state.phase, Showing) else None
            return _answered(state, ask.ref, children, at, rules) if ask else (state, ())
        case EyesUp():
            return _healed(replace(state, started=True), "eyes")
        case EyesDown():
            return _trouble(replace(state, started=True), "eyes")
        case Tick(at):
            return _tick(state, at, rules)
        case _:
            assert_never(event)


def at_rest(state: State) -> tuple[Action, ...]:
    """Light and screen where nobody is being served."""
    if state.troubles:
        return Light(Signal.OUT_OF_ORDER), Show("out_of_order")
    return Light(Signal.READY), Show("idle" if state.started else "starting")


def _card_shown(state: State, event: CardShown, rules: Rules) -> Decision:
    if isinstance(state.phase, Writing):
        return replace(state, queued=event), ()
    at = event.at.seconds
    today = event.at.date_in(ZoneInfo(rules.zone))
    judgement = judge(event.row, today, rules.policy)
    if "forgetful" in state.troubles:
        judgement = not_by_a_forgetful(judgement)
    if (carried := state.carried) is not None and _is_carried(carried, event, judgement):
        state = replace(state, carried=None, last=LastCard(event.key, judgement.lets_in))
        return _show(state, carried.ref, judgement, event.at, rules)
    if _same_visit(state, event, judgement, rules):
        return _show_again(state, judgement, at, rules)
    draft = Draft(
        code=event.code,
        key=event.key,
        symbology=event.symbology,
        judgement=judgement,
        party=Party(),
        today=today,
        list=event.list,
        at=event.at,
    )
    first = _owed(state)  # else the new record would settle the old one without its answer
    state = replace(state, phase=Writing(draft, at), owed=None, last=LastCard(event.key, judgement.lets_in))
    return state, (*first, Write(draft))


def _owed(state: State) -> tuple[Action, ...]:
    return (state.owed,) if state.owed is not None else ()


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
        and state.last == LastCard(event.key, judgement.lets_in)
        and judgement.kind != "community"
    )


def _written(state: State, ref: Ref, at: Moment, rules: Rules) -> Decision:
    if not isinstance(state.phase, Writing):
        return state, ()  # cannot be: the shell answers each Write once
    writing, queued = state.phase, state.queued
    state = replace(state, queued=None, carried=None, troubles=state.troubles - {"storage"})
    judgement = writing.draft.judgement
    too_late = at.seconds - writing.since > rules.slow_write_s
    if judgement.lets_in and (too_late or "forgetful" in state.troubles):
        judgement = replace(judgement, verdict="ask_staff")
        # Who shows the card again was sent to the staff, not let in: that is another record.
        state = replace(state, last=LastCard(writing.draft.key, lets_in=False))
    if writing.told_staff:
        # The visitor was sent to the staff already: the light does not change its mind.
        until = at.seconds + rules.signal_s
        state = replace(state, phase=Showing(until, until), open=ref)
        return _then(state, (MarkShown(ref, "staff"),), queued, rules)
    state, actions = _show(state, ref, judgement, at, rules)
    return _then(state, actions, queued, rules)


def _show(state: State, ref: Ref, judgement: Judgement, at: Moment, rules: Rules) -> Decision:
    light_until = at.seconds + rules.signal_s
    if not judgement.lets_in:
        showing = Showing(light_until, light_until)
        return replace(state, phase=showing, open=ref), (
            Light(Signal.ASK_STAFF),
            MarkShown(ref, "staff"),
            Show("ask_staff"),
        )
    ask = _question(ref, judgement, rules)
    view_until = at.seconds + rules.question_s if ask else light_until
    return replace(state, phase=Showing(light_until, view_until, ask=ask), open=ref), (
        Light(Signal.ACCEPTED),
        MarkShown(ref, "green"),
        Show("accepted", ask),
    )


def _show_again(state: State, judgement: Judgement, at: float, rules: Rules) -> Decision:
    """Same visit: the same light, no new record, and the question that is still open stays open."""
    until = at + rules.signal_s
    if not judgement.lets_in:
        return replace(state, phase=Showing(until, until)), (Light(Signal.ASK_STAFF), Show("ask_staff"))
    ask = state.phase.ask if isinstance(state.phase, Showing) else None
    showing = Showing(until, at + rules.question_s if ask else until, ask=ask)
    return replace(state, phase=showing), (Light(Signal.ACCEPTED), Show("accepted", ask))


def _question(ref: Ref, judgement: Judgement, rules: Rules) -> Ask | None:
    most = MOST_CHILDREN if judgement.most_children is None else judgement.most_children
    return Ask(ref, most) if rules.policy.ask_children and most > 0 else None


def _write_failed(state: State, at: Moment, rules: Rules) -> Decision:
    until = at.seconds + rules.signal_s
    queued = state.queued
    state = replace(
        state,
        phase=Showing(until, until),
        troubles=state.troubles | {"storage"},
        storage_tried_at=at.seconds,
        last=None,
        queued=None,
    )
    return _then(state, (Light(Signal.ASK_STAFF), Show("ask_staff")), queued, rules)


def _then(state: State, actions: tuple[Action, ...], queued: CardShown | None, rules: Rules) -> Decision:
    """Go on with the card that waited."""
    if queued is None:
        return state, actions
    state, more = _card_shown(state, queued, rules)
    return state, actions + more


def _answered(state: State, ref: Ref, children: int, at: Moment, rules: Rules) -> Decision:
    """A late tap never lands on the next visitor: the answer must name the open question."""
    ask = state.phase.ask if isinstance(state.phase, Showing) else None
    if ask is None or ask.ref != ref or not 0 <= children <= ask.most:
        return state, ()
    until = at.seconds + rules.thanks_s
    showing = Showing(until, until, lit=True)
    return replace(state, phase=showing, open=None), (Settle(ref, children), Show("thanks"))


def _tick(state: State, at: Moment, rules: Rules) -> Decision:
    state, actions = _time_is_up(state, at.seconds, rules)
    if state.carried is not None and at.seconds >= state.carried.until:
        actions += (Settle(state.carried.ref, None),)
        state = replace(state, carried=None, open=None)
    if "storage" in state.troubles and at.seconds - state.storage_tried_at >= rules.try_storage_s:
        actions += (TryStorage(),)
        state = replace(state, storage_tried_at=at.seconds)
    state, digest = _digest(state, at, rules)
    return state, (*actions, *digest)


def _digest(state: State, at: Moment, rules: Rules) -> Decision:
    """At the first quiet moment of a local day: any other than the last, as a calendar may go back."""
    today = at.date_in(ZoneInfo(rules.zone))
    quiet = isinstance(state.phase, Waiting) and state.open is None and "storage" not in state.troubles
    if not at.synced or today is None or today == state.digested or state.digesting or not quiet:
        return state, ()
    return replace(state, digesting=True), (WriteDigest(today, at),)


def _time_is_up(state: State, now: float, rules: Rules) -> Decision:
    match state.phase:
        case Writing() as writing:
            return _writing_is_slow(state, writing, now, rules)
        case Showing() as showing:
            return _showing_is_up(state, showing, now)
        case Waiting():
            return state, ()
        case _:
            assert_never(state.phase)


def _writing_is_slow(state: State, writing: Writing, now: float, rules: Rules) -> Decision:
    if now - writing.since > rules.stuck_write_s and "storage" not in state.troubles:
        state = replace(state, troubles=state.troubles | {"storage"}, storage_tried_at=now)
        return state, at_rest(state)
    if writing.told_staff or now - writing.since <= rules.slow_write_s:
        return state, ()
    state = replace(state, phase=replace(writing, told_staff=True))
    return state, (Light(Signal.ASK_STAFF), Show("ask_staff"))


def _showing_is_up(state: State, showing: Showing, now: float) -> Decision:
    if now >= showing.view_until:
        if state.open is None or state.carried is not None:  # what is carried waits for its own visitor
            return replace(state, phase=Waiting()), at_rest(state)
        settle = Settle(state.open, None)
        state = replace(state, phase=Waiting(), open=None)
        return state, (settle, *at_rest(state))
    if showing.lit and now >= showing.light_until:
        return replace(state, phase=replace(showing, lit=False)), (Light(Signal.READY),)
    return state, ()


def _trouble(state: State, trouble: Trouble) -> Decision:
    state = replace(state, troubles=state.troubles | {trouble})
    return state, at_rest(state) if isinstance(state.phase, Waiting) else ()


def _healed(state: State, trouble: Trouble) -> Decision:
    state = replace(state, troubles=state.troubles - {trouble})
    return state, at_rest(state) if isinstance(state.phase, Waiting) else ()
