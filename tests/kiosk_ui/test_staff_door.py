"""Who gets in, one PIN at a time, and when a session is over."""

import asyncio
from itertools import pairwise

from agent.adapters.simulated.clock import SimulatedClock
from kiosk_ui.staff_door import IDLE_S, MAX_SESSIONS, Shut, StaffDoor
from tests.kiosk_ui.staff_room import PIN, pin_hash


def door(clock: SimulatedClock | None = None) -> StaffDoor:
    return StaffDoor(pin_hash(), clock or SimulatedClock())


def entered(at: StaffDoor, pin: str = PIN) -> str | Shut:
    return asyncio.run(at.enter(pin))


def test_pins_are_looked_at_one_at_a_time_beside_the_loop() -> None:
    shut = door()

    async def both() -> list[str | Shut]:
        turns = 0
        looking = asyncio.gather(shut.enter("0000"), shut.enter(PIN))
        while not looking.done():
            await asyncio.sleep(0)
            turns += 1
        assert turns > 3, "the loop goes on meanwhile"
        return list(await looking)

    assert asyncio.run(both()) == [Shut(0, wrong=True), Shut(1, wrong=False)]


def test_a_session_is_known_while_it_is_used() -> None:
    clock = SimulatedClock()
    inside = door(clock)
    session = entered(inside)
    assert isinstance(session, str)
    assert inside.is_open(session)
    clock.advance(IDLE_S - 1)
    assert inside.did_something(session)
    clock.advance(IDLE_S - 1)
    assert inside.is_open(session)
    clock.advance(1)
    assert not inside.did_something(session)


def test_nobody_else_s_is() -> None:
    inside = door()
    assert isinstance(entered(inside), str)
    assert not inside.is_open(None)
    assert not inside.is_open("")
    assert not inside.is_open("guess")


def test_each_is_another_and_the_eldest_gives_way() -> None:
    clock = SimulatedClock()
    inside = door(clock)
    sessions = []
    for _ in range(MAX_SESSIONS + 1):
        clock.advance(1)
        session = entered(inside)
        assert isinstance(session, str)
        sessions.append(session)
    assert all(one != other for one, other in pairwise(sessions))
    assert [inside.is_open(one) for one in sessions] == [False] + [True] * MAX_SESSIONS


def test_a_door_without_a_pin_opens_for_nobody() -> None:
    shut = StaffDoor("", SimulatedClock())
    assert not shut.exists
    assert isinstance(entered(shut, ""), Shut)
