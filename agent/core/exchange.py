"""When the outbox sends: exactly one batch in flight, kept until the server's receipt."""

from dataclasses import dataclass, replace
from typing import Final, assert_never

ANSWER_S: Final = 10.0
"""No receipt in this time: the batch is sent again."""
LONGEST_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class InFlight:
    epoch: str
    last: int


@dataclass(frozen=True, slots=True)
class Exchange:
    connected: bool = False
    in_flight: InFlight | None = None
    failures: int = 0
    resend_at: float = 0.0
    """Nothing is sent before this while failures are counted."""


@dataclass(frozen=True, slots=True)
class Connected:
    pass


@dataclass(frozen=True, slots=True)
class Disconnected:
    pass


@dataclass(frozen=True, slots=True)
class Released:
    """A row may have become ready to be sent."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The next batch was handed to the broker; ``None`` where there was nothing to send."""

    batch: InFlight | None


@dataclass(frozen=True, slots=True)
class Receipted:
    epoch: str
    upto: int


@dataclass(frozen=True, slots=True)
class Undelivered:
    """The broker said that nobody took it."""


@dataclass(frozen=True, slots=True)
class Nudged:
    """The server said that it is there."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Time passed."""


ExchangeEvent = Connected | Disconnected | Released | Sent | Receipted | Undelivered | Nudged | Passed


def exchange(  # noqa: C901, PLR0912  (one arm an event)
    state: Exchange, event: ExchangeEvent, now: float, jitter: float
) -> tuple[Exchange, bool]:
    """The next state, and whether to send the next batch now.

    ``now`` is the stopwatch in seconds, ``jitter`` a random number from 0 to 1: a fleet that comes
    back at once must not send in step.
    """
    match event:
        case Connected():
            state = replace(state, connected=True, in_flight=None, failures=0, resend_at=now)
        case Nudged():
            # The retained nudge follows each first connect: a batch that has just gone out keeps its time.
            if state.in_flight is None or state.failures > 0:
                state = replace(state, in_flight=None, failures=0, resend_at=now)
        case Disconnected():
            return replace(state, connected=False, in_flight=None), False
        case Sent(None):
            return state, False
        case Sent(batch):
            return replace(state, in_flight=batch, resend_at=now + _patience(state, jitter)), False
        case Receipted(epoch, upto):
            flight = state.in_flight
            if flight is not None and flight.epoch == epoch and upto >= flight.last:
                state = replace(state, in_flight=None, failures=0, resend_at=now)
        case Undelivered():
            # The broker lives but the server does not: no reason to wait for an answer.
            wait = min(LONGEST_S, 2.0**state.failures) * (0.5 + jitter / 2)
            return _failed(state, now + wait), False
        case Released():
            pass
        case Passed():
            if state.in_flight is not None and now >= state.resend_at:
                state = _failed(state, now)
        case _:
            assert_never(event)
    return state, state.connected and state.in_flight is None and now >= state.resend_at


def _failed(state: Exchange, resend_at: float) -> Exchange:
    return replace(state, in_flight=None, failures=min(state.failures + 1, 10), resend_at=resend_at)


def _patience(state: Exchange, jitter: float) -> float:
    """10 s, doubling to 60 s with each failure, spread by a quarter."""
    return min(LONGEST_S, ANSWER_S * 2.0**state.failures) * (1 + jitter / 4)
