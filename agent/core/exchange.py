"""When the outbox sends: exactly one batch in flight, kept until the server's receipt."""

from dataclasses import dataclass, replace
from typing import Final, assert_never

from agent.wire.records import MAX_BATCH_ROWS


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds."""

    answer_s: float = 10.0
    """No receipt in this time: the batch is sent again."""
    longest_s: float = 60.0
    """What the time grows to with each failure."""
    tick_s: float = 1.0
    """How often the stopwatch is looked at."""


PATIENCE: Final = Patience()


@dataclass(frozen=True, slots=True)
class InFlight:
    epoch: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class GoBack:
    """To the row after ``upto``: the server lacks what came before the batch in flight."""

    epoch: str
    upto: int


@dataclass(frozen=True, slots=True)
class Send:
    """The next batch, of so many rows at most."""

    rows: int


@dataclass(frozen=True, slots=True)
class Exchange:
    connected: bool = False
    in_flight: InFlight | None = None
    failures: int = 0
    resend_at: float = 0.0
    """Nothing is sent before this while failures are counted."""
    rows: int = MAX_BATCH_ROWS
    """Of a batch: halved when the server does not take one, and grown again with each receipt."""
    lacking: GoBack | None = None
    """What the receipts since the batch went out say is missing below it."""


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
class Declined:
    """The server could not take the batch from ``first`` on as a whole."""

    epoch: str
    first: int


@dataclass(frozen=True, slots=True)
class WentBack:
    """What was missing is next."""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """The broker said that nobody took it."""


@dataclass(frozen=True, slots=True)
class Nudged:
    """The server said that it is there."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Time passed."""


ExchangeEvent = (
    Connected
    | Disconnected
    | Released
    | Sent
    | Receipted
    | Declined
    | WentBack
    | Undelivered
    | Nudged
    | Passed
)


def exchange(  # noqa: C901, PLR0912  (one arm an event)
    state: Exchange, event: ExchangeEvent, now: float, jitter: float, patience: Patience = PATIENCE
) -> tuple[Exchange, Send | GoBack | None]:
    """The next state, and what to do now.

    ``now`` is the stopwatch in seconds, ``jitter`` a random number from 0 to 1: a fleet that comes
    back at once must not send in step.
    """
    match event:
        case Connected():
            state = _at_rest(state, now)
            state = replace(state, connected=True)
        case Nudged():
            state = _at_rest(state, now)
        case Disconnected():
            return replace(state, connected=False, in_flight=None), None
        case Sent(None):
            return state, None
        case Sent(batch):
            resend_at = now + _wait_s(state, jitter, patience)
            return replace(state, in_flight=batch, lacking=None, resend_at=resend_at), None
        case Receipted(epoch, upto):
            state = _receipted(state, epoch, upto, now)
        case Declined(epoch, first):
            flight = state.in_flight
            if flight is not None and (flight.epoch, flight.first) == (epoch, first):
                state = _declined(state, flight, now, _wait_s(state, jitter, patience))
        case WentBack():
            pass
        case Undelivered():
            # The broker lives but the server does not: no reason to wait for an answer.
            wait = min(patience.longest_s, 2.0**state.failures) * (0.5 + jitter / 2)
            return _failed(state, now + wait), None
        case Released():
            pass
        case Passed():
            if state.in_flight is not None and now >= state.resend_at:
                lacking = state.lacking
                state = _failed(state, now)
                if lacking is not None:
                    return state, lacking
        case _:
            assert_never(event)
    ready = state.connected and state.in_flight is None and now >= state.resend_at
    return state, Send(state.rows) if ready else None


def _at_rest(state: Exchange, now: float) -> Exchange:
    return replace(state, in_flight=None, lacking=None, failures=0, resend_at=now)


def _receipted(state: Exchange, epoch: str, upto: int, now: float) -> Exchange:
    flight = state.in_flight
    if flight is None or flight.epoch != epoch:
        return state
    if upto >= flight.last:
        rows = min(MAX_BATCH_ROWS, state.rows * 2)
        return replace(_at_rest(state, now), rows=rows)
    if upto < flight.first - 1:
        # A late receipt of an earlier batch says the same: only what no better one follows is believed.
        return replace(state, lacking=GoBack(epoch, upto))
    return state


def _declined(state: Exchange, flight: InFlight, now: float, wait_s: float) -> Exchange:
    """Half of it at once; a single row, which the server keeps whatever it is, not before its time."""
    rows = flight.last - flight.first + 1
    if rows == 1:
        return _failed(state, now + wait_s)
    return replace(_at_rest(state, now), rows=(rows + 1) // 2)


def _failed(state: Exchange, resend_at: float) -> Exchange:
    failures = min(state.failures + 1, 10)
    return replace(state, in_flight=None, lacking=None, failures=failures, resend_at=resend_at)


def _wait_s(state: Exchange, jitter: float, patience: Patience) -> float:
    """For an answer: doubling with each failure, spread by a quarter, and never longer than the longest."""
    wait_s = patience.answer_s * 2.0**state.failures * (1 + jitter / 4)
    return min(wait_s, patience.longest_s * (1 - jitter / 4))
