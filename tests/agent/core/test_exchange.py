"""When the outbox sends: one batch in flight, kept until its receipt."""

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.exchange import (
    PATIENCE,
    Connected,
    Declined,
    Disconnected,
    Exchange,
    ExchangeEvent,
    GoBack,
    InFlight,
    Nudged,
    Passed,
    Patience,
    Receipted,
    Released,
    Send,
    Sent,
    Undelivered,
    WentBack,
    exchange,
)
from agent.wire.records import MAX_BATCH_ROWS

FLIGHT: Final = InFlight("e1", 0, 9)


class Line:
    """Plays events against the exchange; every batch that it wants sent is the next ten rows."""

    def __init__(self) -> None:
        self.state = Exchange()
        self.now = 100.0
        self.sent = 0
        self.rows = 0
        self.flight = FLIGHT
        self.back: GoBack | None = None

    def on(self, event: ExchangeEvent) -> bool:
        """Whether it sends."""
        self.state, wanted = exchange(self.state, event, self.now, 0.0)
        if isinstance(wanted, Send):
            self.sent += 1
            self.rows = wanted.rows
            self.state, again = exchange(self.state, Sent(self.flight), self.now, 0.0)
            assert not again
        self.back = wanted if isinstance(wanted, GoBack) else None
        return isinstance(wanted, Send)

    def after(self, seconds: float) -> bool:
        self.now += seconds
        return self.on(Passed())


def in_flight() -> Line:
    line = Line()
    assert line.on(Connected())
    return line


def test_nothing_is_sent_before_there_is_a_connection() -> None:
    line = Line()
    assert not line.on(Released())
    assert not line.after(1000)
    assert not line.on(Nudged())


def test_a_connection_sends_what_waits() -> None:
    assert Line().on(Connected())


def test_a_row_released_while_a_batch_is_in_flight_waits_for_it() -> None:
    assert not in_flight().on(Released())


def test_a_receipt_sends_the_next_batch() -> None:
    assert in_flight().on(Receipted("e1", 9))


@pytest.mark.parametrize("receipt", [Receipted("e1", 8), Receipted("e2", 99)])
def test_a_receipt_for_less_or_for_another_epoch_is_no_receipt_of_this_batch(receipt: Receipted) -> None:
    assert not in_flight().on(receipt)


def test_a_late_second_receipt_sends_nothing_twice() -> None:
    line = in_flight()
    assert line.on(Receipted("e1", 9))
    line.state = exchange(line.state, Sent(InFlight("e1", 10, 19)), line.now, 0.0)[0]
    assert not line.on(Receipted("e1", 9))


def test_an_empty_outbox_rests_until_something_is_released() -> None:
    line = in_flight()
    state, wanted = exchange(line.state, Receipted("e1", 9), line.now, 0.0)
    assert isinstance(wanted, Send)
    line.state, _ = exchange(state, Sent(None), line.now, 0.0)
    assert line.on(Released())


def test_without_a_receipt_the_batch_is_sent_again_after_a_growing_time() -> None:
    line = in_flight()
    waits = []
    for _ in range(5):
        since = line.now
        while not line.after(1.0):
            assert line.now - since <= PATIENCE.longest_s
        waits.append(line.now - since)
    assert waits == [10, 20, 40, 60, 60]


def test_the_waiting_times_are_the_caller_s_to_give() -> None:
    state, waits = Exchange(connected=True), []
    for _ in range(4):
        state, _ = exchange(state, Sent(FLIGHT), 0.0, 0.0, Patience(answer_s=0.5, longest_s=1.5))
        waits.append(state.resend_at)
        state, _ = exchange(state, Passed(), state.resend_at, 0.0)
    assert waits == [0.5, 1.0, 1.5, 1.5]


def test_a_fleet_does_not_resend_in_step() -> None:
    sent = [exchange(Exchange(connected=True), Sent(FLIGHT), 0.0, jitter)[0] for jitter in (0.0, 0.5, 1.0)]
    assert [state.resend_at for state in sent] == [10.0, 11.25, 12.5]


def test_a_receipt_forgives_the_failures() -> None:
    line = in_flight()
    assert line.after(PATIENCE.answer_s)
    assert line.on(Receipted("e1", 9))
    assert line.state.failures == 0


def test_a_batch_that_nobody_took_is_sent_again_soon_and_then_less_often() -> None:
    line = in_flight()
    waits = []
    for _ in range(8):
        assert not line.on(Undelivered())
        since = line.now
        while not line.after(0.5):
            assert line.now - since <= PATIENCE.longest_s
        waits.append(line.now - since)
    assert waits == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_a_server_that_comes_up_gets_at_once_what_nobody_took() -> None:
    line = in_flight()
    for _ in range(6):
        line.on(Undelivered())
    assert line.on(Nudged())


def test_a_server_that_comes_up_gets_a_batch_again_that_was_tried_before() -> None:
    line = in_flight()
    assert line.after(PATIENCE.answer_s)
    assert line.on(Nudged())


def test_a_server_that_started_anew_gets_at_once_what_the_one_before_took_along() -> None:
    assert in_flight().on(Nudged())


def test_a_broken_connection_keeps_nothing_in_flight_and_the_next_one_starts_anew() -> None:
    line = in_flight()
    assert not line.on(Disconnected())
    assert not line.after(1000)
    assert line.on(Connected())


def test_a_batch_that_is_declined_is_halved_down_to_one_row_and_then_waits() -> None:
    line = in_flight()
    sizes = []
    while True:
        line.flight = InFlight("e1", 0, line.rows - 1)
        line.state = exchange(line.state, Sent(line.flight), line.now, 0.0)[0]
        if not line.on(Declined("e1", 0)):
            break
        sizes.append(line.rows)
    assert sizes == [50, 25, 13, 7, 4, 2, 1]
    assert line.after(2 * PATIENCE.answer_s)


def test_batches_grow_again_with_each_receipt() -> None:
    line = in_flight()
    line.state = replace(line.state, rows=1)
    sizes = []
    for _ in range(8):
        assert line.on(Receipted("e1", 9))
        sizes.append(line.rows)
    assert sizes == [2, 4, 8, 16, 32, 64, 100, 100]


@pytest.mark.parametrize("declined", [Declined("e2", 0), Declined("e1", 5)])
def test_what_is_said_of_another_batch_changes_nothing(declined: Declined) -> None:
    line = in_flight()
    assert not line.on(declined)
    assert line.state.rows == 100


def test_rows_that_the_server_lacks_are_gone_back_to_once_no_better_receipt_came() -> None:
    line = Line()
    line.flight = InFlight("e1", 100, 199)
    line.on(Connected())
    assert not line.on(Receipted("e1", 41))
    assert not line.after(PATIENCE.answer_s)
    assert line.back == GoBack("e1", 41)
    assert line.on(WentBack())


def test_a_late_receipt_of_an_earlier_batch_sends_nobody_back() -> None:
    line = Line()
    line.flight = InFlight("e1", 100, 199)
    line.on(Connected())
    line.on(Receipted("e1", 50))
    assert line.on(Receipted("e1", 199))
    assert line.after(PATIENCE.answer_s)
    assert line.back is None


@pytest.mark.parametrize("event", [Disconnected(), Undelivered()])
def test_a_word_on_what_is_lacking_does_not_outlive_its_batch(event: ExchangeEvent) -> None:
    line = Line()
    line.flight = InFlight("e1", 100, 199)
    line.on(Connected())
    line.on(Receipted("e1", 50))
    line.on(event)
    line.on(Connected())
    assert line.after(PATIENCE.answer_s)
    assert line.back is None


LATER: Final = InFlight("e1", 10, 19)
events = st.one_of(
    st.sampled_from([Connected(), Disconnected(), Released(), Undelivered(), Nudged(), Passed()]),
    st.builds(Receipted, st.sampled_from(["e1", "e2"]), st.integers(-1, 29)),
    st.builds(Declined, st.sampled_from(["e1", "e2"]), st.sampled_from([0, 10])),
)
scripts = st.lists(st.tuples(events, st.floats(0, 30)), max_size=40)


def step(state: Exchange, event: ExchangeEvent, now: float, jitter: float) -> tuple[Exchange, bool]:
    """As the shell does it; whether something was sent."""
    state, wanted = exchange(state, event, now, jitter)
    if isinstance(wanted, GoBack):
        state, wanted = exchange(state, WentBack(), now, jitter)
    if wanted is None:
        return state, False
    assert isinstance(wanted, Send)
    assert 1 <= wanted.rows <= MAX_BATCH_ROWS
    return exchange(state, Sent(LATER), now, jitter)[0], True


@given(scripts, st.floats(0, 1))
def test_a_batch_in_flight_is_sent_again_only_for_a_reason(
    script: list[tuple[ExchangeEvent, float]], jitter: float
) -> None:
    state, now, sent_at, free = Exchange(), 0.0, 0.0, True
    for event, pause in script:
        now += pause
        state, sent = step(state, event, now, jitter)
        match event:
            case Connected() | Disconnected() | Nudged() | Undelivered() | Declined("e1", 10):
                free = True
            case Receipted("e1", upto) if upto >= LATER.last:
                free = True
            case _:
                free = free or now - sent_at >= PATIENCE.answer_s
        if sent:
            assert state.connected
            assert free
            sent_at, free = now, False


@given(scripts, st.floats(0, 1))
def test_while_connected_something_is_sent_within_the_longest_wait(
    script: list[tuple[ExchangeEvent, float]], jitter: float
) -> None:
    state, now = Exchange(), 0.0
    for event, pause in script:
        now += pause
        state, _ = step(state, event, now, jitter)
    state, sent = step(state, Connected(), now, jitter) if not state.connected else (state, False)
    for _ in range(int(PATIENCE.longest_s) + 1):
        now += 1.0
        state, again = step(state, Passed(), now, jitter)
        sent = sent or again
    assert sent
