"""What time alone brings about: a light that ends, a commit that is slow, a day that begins."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from agent.core.actions import Draft, HandDraft, Light, Settle, Show, Signal, TryStorage, WriteDigest
from agent.core.answers import Decision, at_rest
from agent.core.digits import KIOSK
from agent.core.moment import Moment
from agent.core.party import hurry, sent_to_staff
from agent.core.state import Rules, Showing, State, Waiting, Writing

SURE_S: Final = 300.0
"""By how much the time known may be ahead of the server's clock: a calendar that the server takes for right,
or its own word, which is as late as a message was."""


def tick(state: State, at: Moment, rules: Rules) -> Decision:
    state, actions = _time_is_up(state, at.seconds, rules)
    if (carried := state.carried) is not None and at.seconds >= carried.until:
        if carried.settled:
            state = replace(state, carried=None)
        else:
            state = replace(state, carried=None, open=None)
            actions += (Settle(carried.ref),)
    if "storage" in state.troubles and at.seconds - state.storage_tried_at >= rules.try_storage_s:
        actions += (TryStorage(),)
        state = replace(state, storage_tried_at=at.seconds)
    state, digest = _digest(state, at, rules)
    return state, (*actions, *digest)


def _digest(state: State, at: Moment, rules: Rules) -> Decision:
    """At the first quiet moment of a local day: any other than the last, as a calendar may go back.

    And once the time is known after a start without it: the journal itself then dates what came before.
    """
    today = _sure_date(at, ZoneInfo(rules.zone))
    told = today == state.digested and not state.undated
    quiet = isinstance(state.phase, Waiting) and state.open is None and "storage" not in state.troubles
    if today is None or told or state.digesting or not quiet:
        return state, ()
    return replace(state, digesting=True), (WriteDigest(today, at),)


def _sure_date(at: Moment, zone: ZoneInfo) -> date | None:
    """The day that has surely begun, by a calendar or the server's word in this boot.

    What was only kept from an earlier boot says nothing. The server dates a digest by its own clock: one that
    it takes for written before midnight closes no day.
    """
    known = at.sure_utc or at.best_utc
    if known is None or at.at_least:
        return None
    return (known - timedelta(seconds=SURE_S)).astimezone(zone).date()


def _time_is_up(state: State, now: float, rules: Rules) -> Decision:
    match state.phase:
        case Writing() as writing:
            return _writing_is_slow(state, writing, now, rules)
        case Showing() as showing:
            return _showing_is_up(state, showing, now, rules)
        case Waiting():
            return state, ()
        case _:
            assert_never(state.phase)


def _writing_is_slow(state: State, writing: Writing, now: float, rules: Rules) -> Decision:
    if now - writing.since > rules.stuck_write_s and "storage" not in state.troubles:
        state = replace(state, troubles=state.troubles | {"storage"}, storage_tried_at=now)
        return state, at_rest(state)
    # The staff wait for green themselves: a red light would have them press again.
    by_hand = isinstance(writing.draft, HandDraft)
    if by_hand or writing.told_staff:
        return state, ()
    if now - writing.since <= rules.slow_write_s:
        return _says_seen(state, writing, now, rules)
    state = replace(state, phase=replace(writing, told_staff=True))
    return state, (Light(Signal.ASK_STAFF), Show("ask_staff", digit=KIOSK, visitor=state.visitor))


def _says_seen(state: State, writing: Writing, now: float, rules: Rules) -> Decision:
    if writing.told_seen or not isinstance(writing.draft, Draft) or now - writing.since < rules.seen_after_s:
        return state, ()
    return replace(state, phase=replace(writing, told_seen=True)), (Show("seen", visitor=state.visitor),)


def _waits_for_its_visitor(state: State) -> bool:
    """The open record is of the start before."""
    return state.carried is not None and not state.carried.settled


def _showing_is_up(state: State, showing: Showing, now: float, rules: Rules) -> Decision:
    if now >= showing.view_until:
        if (hurried := hurry(state, showing, now, rules)) is not None:
            return hurried
        if (told := sent_to_staff(state, showing, now, rules)) is not None:
            return told
        if showing.ask is not None:
            state = replace(state, asked_at=now)
        if state.open is None or _waits_for_its_visitor(state):
            return replace(state, phase=Waiting()), at_rest(state)
        settle = Settle(state.open)
        state = replace(state, phase=Waiting(), open=None)
        return state, (settle, *at_rest(state))
    if showing.lit and now >= showing.light_until:
        return _light_is_out(replace(state, phase=replace(showing, lit=False)), showing)
    return state, ()


def _light_is_out(state: State, showing: Showing) -> Decision:
    """A refusal's record has nothing to wait for but its light: the words may stay for long."""
    light = at_rest(state)[:1]
    if not showing.refused or state.open is None or _waits_for_its_visitor(state):
        return state, light
    return replace(state, open=None), (Settle(state.open), *light)
