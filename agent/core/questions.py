"""Who came along: what a visitor is asked, what a tap is worth, and how long there is time for it."""

from dataclasses import replace
from typing import Final

import msgspec

from agent.core.actions import Ask, Ref
from agent.core.judge import Judgement, Policy
from agent.wire.records import Party
from agent.wire.screen import About

MOST_CHILDREN: Final = 20
"""Offered where the register knows no bound."""
MOST_ASSISTANTS: Final = 3


def party_of(judgement: Judgement) -> Party:
    """Before anybody was asked. Where the register knows of no children there is nothing to ask."""
    return Party(children=0 if judgement.most_children == 0 else None)


def questions(ref: Ref, judgement: Judgement, policy: Policy) -> tuple[Ask, ...]:
    """One after the other; none of them keeps the door shut."""
    most = MOST_CHILDREN if judgement.most_children is None else judgement.most_children
    asks: list[Ask] = []
    if policy.ask_children and most > 0:
        asks.append(Ask(ref, "clients" if judgement.kind == "community" else "children", most))
    if policy.ask_assistants:
        asks.append(Ask(ref, "assistants", MOST_ASSISTANTS))
    return tuple(asks)


def answered(asks: tuple[Ask, ...], asked: int, count: int) -> tuple[Ask, ...]:
    return (*asks[:asked], replace(asks[asked], given=count), *asks[asked + 1 :])


def with_answer(party: Party, about: About, count: int) -> Party:
    """Clients under 16 are the children of a community's card."""
    if about == "assistants":
        return msgspec.structs.replace(party, assistants=count)
    return msgspec.structs.replace(party, children=count)
