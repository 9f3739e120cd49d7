"""Visitors in front of a kiosk that is played by hand: events in, actions out, no fixture needed."""

from typing import Final, Literal

from agent.core.actions import Action, Draft, Light, MarkShown, Ref, Settle, Show, Signal, Write
from agent.core.decide import decide
from agent.core.events import CardShown, Event, Tick, WriteFailed, Written
from agent.core.judge import Policy, Unreadable
from agent.core.state import Rules, State
from agent.wire.card_code import CardCode
from agent.wire.card_page import CardRow
from tests.agent.examples import EPOCH, LIST, LIST_KEY, TODAY, moment, row_of

RULES: Final = Rules(policy=Policy())
QUIET: Final = State(started=True, digested=TODAY)
"""A kiosk that runs, and whose journal knows that the day has begun."""


def card(
    code: CardCode,
    at: float,
    *,
    row: CardRow | Unreadable | Literal["valid"] | None = "valid",
    away_s: float | None = None,
    synced: bool = True,
) -> CardShown:
    """A card that the list knows as valid, if nothing else is said."""
    return CardShown(
        code=code,
        key=LIST_KEY.card_key(code),
        symbology="qr",
        away_s=away_s,
        row=row_of(code) if row == "valid" else row,
        list=LIST,
        at=moment(at, synced=synced),
    )


class Door:
    """A kiosk whose disk is as quick, slow or broken as a test says."""

    def __init__(self, state: State = QUIET, rules: Rules = RULES) -> None:
        self.state = state
        self.rules = rules
        self.seq = 0

    def on(self, event: Event) -> tuple[Action, ...]:
        self.state, actions = decide(self.state, event, self.rules)
        return actions

    def written(self, at: float) -> tuple[Action, ...]:
        """The commit went through."""
        self.seq += 1
        return self.on(Written(Ref(EPOCH, self.seq), moment(at)))

    def write_failed(self, at: float) -> tuple[Action, ...]:
        return self.on(WriteFailed(moment(at)))

    def ticks(self, since: float, until: float) -> list[Action]:
        """All that ticks alone bring about."""
        return [
            action
            for step in range(int(since * 10) + 1, int(until * 10) + 1)
            for action in self.on(Tick(moment(step / 10)))
        ]

    def visit(self, shown: CardShown) -> tuple[Action, ...]:
        """A card whose record is on the disk at once."""
        (write,) = self.on(shown)
        assert isinstance(write, Write)
        return self.written(shown.at.seconds)


def signals(actions: tuple[Action, ...] | list[Action]) -> list[Signal]:
    return [action.signal for action in actions if isinstance(action, Light)]


def views(actions: tuple[Action, ...] | list[Action]) -> list[str]:
    return [action.state for action in actions if isinstance(action, Show)]


def digits(actions: tuple[Action, ...] | list[Action]) -> list[int | None]:
    return [action.digit for action in actions if isinstance(action, Show)]


def drafts(actions: tuple[Action, ...] | list[Action]) -> list[Draft]:
    return [
        action.draft for action in actions if isinstance(action, Write) and isinstance(action.draft, Draft)
    ]


def settled(actions: tuple[Action, ...] | list[Action]) -> list[Settle]:
    return [action for action in actions if isinstance(action, Settle)]


def marks(actions: tuple[Action, ...] | list[Action]) -> list[MarkShown]:
    return [action for action in actions if isinstance(action, MarkShown)]
