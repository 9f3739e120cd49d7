"""What the staff see of the kiosk, and what they may do now: only what ``decide`` would not refuse."""

from dataclasses import dataclass
from typing import Final

from agent.core.actions import HandDraft, Ref
from agent.core.by_hand import let_in_lately, refused_lately
from agent.core.questions import MOST_ASSISTANTS, MOST_CHILDREN
from agent.core.staff_words import LetIn, Pause, Resume, Said, TakeBack, Typed
from agent.core.state import Outcome, Rules, Showing, State, Trouble, Writing

SPOT_CHECK_S: Final = 60.0
"""Who was asked to a spot check has gone on by then."""


@dataclass(frozen=True, slots=True)
class LettingIn:
    """``adopts`` is the scan that it is of, if it is of one, until ``until`` by the stopwatch."""

    adopts: Ref | None = None
    until: float | None = None
    most_children: int = MOST_CHILDREN
    most_assistants: int = 0
    """0: assistants are not counted."""


@dataclass(frozen=True, slots=True)
class TakingBack:
    of: Ref
    until: float


@dataclass(frozen=True, slots=True)
class StaffView:
    """``recent`` is newest first. ``list_age_s`` in whole minutes' seconds; ``None``: never filled."""

    recent: tuple[Outcome, ...] = ()
    paused: str | None = None
    started: bool = False
    troubles: frozenset[Trouble] = frozenset()
    list_old: bool = False
    list_age_s: int | None = None
    let_in: LettingIn | None = None
    take_back: TakingBack | None = None
    spot_check: bool = False
    """Somebody who was just let in comes by to be looked at."""
    types: bool = False
    """A code may be typed."""

    def allows(self, said: Said) -> bool:
        match said:
            case LetIn(of, party):
                offered = self.let_in
                return (
                    offered is not None
                    and offered.adopts == of
                    and (party.children or 0) <= offered.most_children
                    and party.assistants <= offered.most_assistants
                )
            case TakeBack(of):
                return self.take_back is not None and self.take_back.of == of
            case Pause():
                return True
            case Resume():
                return self.paused is not None
            case Typed():
                return self.types


def staff_view(state: State, at: float, list_age_s: float | None, rules: Rules) -> StaffView:
    """``at`` is the stopwatch's, as all that ends here."""
    return StaffView(
        recent=state.recent,
        paused=state.paused,
        started=state.started,
        troubles=state.troubles,
        list_old=state.list_old,
        list_age_s=None if list_age_s is None else int(list_age_s // 60) * 60,
        let_in=_letting_in(state, at, rules),
        take_back=_taking_back(state, at),
        spot_check=_spot_check(state, at),
        types=state.paused is None,
    )


def _letting_in(state: State, at: float, rules: Rules) -> LettingIn | None:
    """Not while one is on its way to the disk, nor just after: a second press is the same one."""
    if isinstance(state.phase, Writing) and isinstance(state.phase.draft, HandDraft):
        return None
    most = MOST_ASSISTANTS if rules.policy.ask_assistants else 0
    if (refused := refused_lately(state, at)) is not None:
        return LettingIn(refused.ref, refused.until, most_assistants=most)
    if state.hand_at is not None and at - state.hand_at < rules.hand_pause_s:
        return None
    return LettingIn(most_assistants=most)


def _taking_back(state: State, at: float) -> TakingBack | None:
    let_in = let_in_lately(state, at)
    return TakingBack(let_in.ref, let_in.until) if let_in else None


def _spot_check(state: State, at: float) -> bool:
    if isinstance(state.phase, Showing) and state.phase.to_staff:
        return True
    last = state.recent[0] if state.recent else None
    return (
        last is not None
        and "spot_check" in last.marks
        and not last.void
        and at - last.at.seconds < SPOT_CHECK_S
    )
