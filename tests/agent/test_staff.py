"""The staff at work beside the loop: by the path of a card that is held up, and nobody waits for them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from agent.adapters.simulated.staff_desk import SimulatedStaffDesk
from agent.core.actions import Ref, Signal
from agent.core.reads import Read
from agent.core.staff_words import LetIn, Pause, Resume, TakeBack, Typed
from agent.staff import Staff
from agent.wire.records import ByHand, Correction, Party, RecordName
from kiosk_ui.staff_desk import WebStaffDesk
from tests.agent.background import running
from tests.agent.examples import ANNA, BENGT, CECILIA
from tests.agent.twins import WAIT_S, Door, at_work


@dataclass
class Room:
    """A kiosk, and the desks of its staff."""

    door: Door = field(default_factory=Door)
    desk: SimulatedStaffDesk = field(default_factory=SimulatedStaffDesk)
    page: WebStaffDesk = field(default_factory=WebStaffDesk)
    """Nobody looks at it."""

    def last(self) -> tuple[str, str] | None:
        recent = self.desk.view.recent
        return (recent[0].what, recent[0].reason) if recent else None

    async def until(self, happened: Callable[[], bool]) -> None:
        await self.door.until(happened)


@asynccontextmanager
async def staffed(room: Room) -> AsyncIterator[None]:
    async with at_work(room.door):
        kiosk = room.door.at_work
        assert kiosk
        staff = Staff(
            desks=(room.desk, room.page),
            cards=kiosk.cards,
            clock=room.door.clock,
            rules=kiosk.rules,
            state=lambda: kiosk.state,
            happened=kiosk.happened,
            look_s=0.005,
        )
        async with running(staff.run(), WAIT_S):
            await room.until(lambda: room.desk.view.started)
            yield


def play(scene: Callable[[Room], Awaitable[None]]) -> Room:
    room = Room()

    async def live() -> None:
        async with staffed(room):
            await scene(room)

    asyncio.run(live())
    return room


def test_a_code_that_is_typed_is_judged_and_written_as_a_card_held_up() -> None:
    async def scene(room: Room) -> None:
        assert room.desk.say(Typed(ANNA))
        await room.until(lambda: room.door.light is Signal.ACCEPTED)
        await room.until(lambda: room.last() == ("let_in", "listed"))
        assert room.desk.say(Typed(BENGT))
        await room.until(lambda: room.door.light is Signal.ASK_STAFF)
        await room.until(lambda: room.last() == ("to_staff", "blocked"))

    room = play(scene)
    assert [(one.symbology, one.verdict) for one in room.door.scans] == [
        ("typed", "accepted"),
        ("typed", "ask_staff"),
    ]
    assert not [code for code in (ANNA, BENGT, CECILIA) if code.reveal() in repr(room.desk.view)]


def test_a_code_that_is_typed_twice_at_once_is_one_visit() -> None:
    async def scene(room: Room) -> None:
        for _ in range(2):
            assert room.desk.say(Typed(ANNA))
            await room.door.shows("accepted")
            await room.door.later(6, "accepted")
        room.door.clock.advance(40)
        assert room.desk.say(Typed(ANNA))
        await room.until(lambda: len(room.door.scans) == 2)

    assert len(play(scene).door.scans) == 2


def test_whom_the_staff_let_in_is_written_with_the_scan_that_they_saw() -> None:
    offered: list[Ref] = []

    async def scene(room: Room) -> None:
        room.door.eyes.see(Read(BENGT, "qr"))
        await room.until(lambda: room.last() == ("to_staff", "blocked"))
        offer = room.desk.view.let_in
        assert offer
        assert offer.adopts
        offered.append(offer.adopts)
        assert room.desk.say(LetIn(offer.adopts, Party(children=2), "checked"))
        await room.until(lambda: room.last() == ("by_hand", "checked"))
        assert room.door.light is Signal.ACCEPTED
        back = room.desk.view.take_back
        assert back
        assert room.desk.say(TakeBack(back.of))
        await room.until(lambda: room.desk.view.recent[0].void)
        await room.until(lambda: len(room.door.journal.records()) == 4)

    room = play(scene)
    _, _, hand, correction = room.door.journal.records()
    (adopted,) = offered
    assert isinstance(hand, ByHand)
    assert (hand.adopts, hand.party.children, hand.reason) == (
        RecordName(epoch=adopted.epoch, seq=adopted.seq),
        2,
        "checked",
    )
    assert isinstance(correction, Correction)
    assert (correction.of.seq, correction.party, correction.why) == (hand.seq, "void", "staff")


def test_a_break_closes_the_kiosk_with_the_staff_s_words() -> None:
    async def scene(room: Room) -> None:
        assert room.desk.say(Pause("Palaamme klo 13."))
        await room.door.shows("paused")
        assert room.door.screen.shown[-1].message == "Palaamme klo 13."
        await room.until(lambda: room.desk.view.paused == "Palaamme klo 13.")
        room.door.eyes.see(Read(ANNA, "qr"))
        assert not room.desk.say(Typed(ANNA))
        assert room.desk.say(Resume())
        await room.door.shows("idle")

    assert play(scene).door.scans == []


def test_lights_and_records_go_on_whoever_is_at_the_desk_and_whatever_they_name() -> None:
    async def scene(room: Room) -> None:
        kiosk = room.door.at_work
        assert kiosk
        for code, light in ((ANNA, Signal.ACCEPTED), (BENGT, Signal.ASK_STAFF)):
            room.door.eyes.see(Read(code, "qr"))
            await room.until(lambda light=light: room.door.light is light)  # type: ignore[misc]
        await room.until(lambda: len(room.desk.view.recent) == 2)
        assert not room.desk.say(TakeBack(Ref("0" * 32, 99)))
        await room.until(lambda: len(room.page.newest.value.recent) == 2)

    assert len(play(scene).door.scans) == 2
