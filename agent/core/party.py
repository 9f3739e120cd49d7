"""What a visitor says of the party: an answer, a correction, more time, or nothing at all."""

from dataclasses import replace

from agent.core.actions import Ask, NoteAnswer, Ref
from agent.core.answers import Decision, view
from agent.core.moment import Moment
from agent.core.questions import answered
from agent.core.state import Rules, Showing, State
from agent.wire.screen import About, Wanted


def answer(state: State, ref: Ref, about: About, count: int, at: Moment, rules: Rules) -> Decision:
    """A late tap never lands on the next visitor: it must name the question that is on the screen.

    It is noted at once, and the record stays open until the thanks are over: until then another tap corrects.
    """
    showing = _asking(state, ref, about)
    if showing is None or (ask := showing.ask) is None or not 0 <= count <= ask.most:
        return state, ()
    note = NoteAnswer(ref, about, count)
    showing = replace(showing, asks=answered(showing.asks, showing.asked, count), hurried=False)
    if not showing.thanked and showing.asked + 1 < len(showing.asks):
        showing = replace(showing, asked=showing.asked + 1, view_until=at.seconds + rules.question_s)
    else:
        showing = replace(showing, thanked=True, view_until=at.seconds + thanks_s(showing, rules))
    return replace(state, phase=showing), (note, view(state, showing))


def wish(state: State, ref: Ref, about: About, wanted: Wanted, at: Moment, rules: Rules) -> Decision:
    showing = _asking(state, ref, about)
    if showing is None:
        return state, ()
    until = at.seconds + rules.question_s
    if wanted == "back" and showing.asked > 0:
        showing = replace(showing, asked=showing.asked - 1, thanked=False, hurried=False, view_until=until)
    elif wanted == "more_time" and showing.hurried:
        showing = replace(showing, hurried=False, view_until=until)
    else:
        return state, ()
    return replace(state, phase=showing), (view(state, showing),)


def press(state: State, pressed: int | Wanted, at: Moment, rules: Rules) -> Decision:
    """A real key names no question: it means the one that is open, once nobody can mean the one before."""
    ask = open_question(state)
    if ask is None or (isinstance(state.phase, Showing) and at.seconds < state.phase.keys_from):
        return state, ()
    if isinstance(pressed, int):
        return answer(state, ask.ref, ask.about, pressed, at, rules)
    return wish(state, ask.ref, ask.about, pressed, at, rules)


def touched(state: State, at: Moment, rules: Rules) -> State:
    """Who reads on keeps the words of a refusal, and the thanks. The light is over when it is over."""
    showing = state.phase
    if not isinstance(showing, Showing) or not (showing.refused or showing.thanked):
        return state
    stays_s = rules.ask_staff_s if showing.refused else thanks_s(showing, rules)
    return replace(state, phase=replace(showing, view_until=max(showing.view_until, at.seconds + stays_s)))


def thanks_s(showing: Showing, rules: Rules) -> float:
    """A spot check's thanks say where to go."""
    return max(rules.thanks_s, rules.ask_staff_s) if showing.to_staff else rules.thanks_s


def open_question(state: State) -> Ask | None:
    """What a key means that names no question."""
    return state.phase.ask if isinstance(state.phase, Showing) else None


def is_hurried(state: State) -> bool:
    """The question on the screen says that it ends."""
    return isinstance(state.phase, Showing) and state.phase.hurried


def hurry(state: State, showing: Showing, now: float, rules: Rules) -> Decision | None:
    """A question does not end unannounced; ``None``: it has been announced, or there is none."""
    if showing.ask is None or showing.thanked or showing.hurried:
        return None
    showing = replace(showing, hurried=True, view_until=now + rules.hurry_s)
    return replace(state, phase=showing), (view(state, showing, rules.hurry_s),)


def sent_to_staff(state: State, showing: Showing, now: float, rules: Rules) -> Decision | None:
    """Who did not answer is told where to go all the same; ``None``: has been told, or has not to go."""
    if not showing.to_staff or showing.ask is None or showing.thanked:
        return None
    until = now + thanks_s(showing, rules)
    showing = replace(showing, thanked=True, hurried=False, view_until=until)
    return replace(state, phase=showing), (view(state, showing),)


def _asking(state: State, ref: Ref, about: About) -> Showing | None:
    ask = open_question(state)
    if not isinstance(state.phase, Showing) or ask is None or (ask.ref, ask.about) != (ref, about):
        return None
    return state.phase
