"""The fleet's staff at a kiosk: each command once, in time, and as it was offered."""

import asyncio
import base64
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import msgspec

from agent.adapters.simulated.clock import SimulatedClock
from agent.adapters.simulated.command_memory import SimulatedCommandMemory
from agent.commander import Commander
from agent.core.actions import Ref
from agent.core.staff_view import LettingIn, StaffView, TakingBack
from agent.core.staff_words import LetIn, Pause, Resume, Said, TakeBack, Typed
from agent.wire.card_code import DEFAULT_PATTERN, CardCode
from agent.wire.commands import Command, Reply
from agent.wire.key_box import KeyBox, seal_code
from agent.wire.records import Party
from tests.agent.background import running
from tests.agent.examples import EPOCH

FIRST = Ref(EPOCH, 1)
VIEW = StaffView(paused="", let_in=LettingIn(FIRST, 220.0), take_back=TakingBack(FIRST, 220.0))
NAME = {"epoch": EPOCH, "seq": 1}
WAIT_S = 10.0


class Room:
    def __init__(self) -> None:
        self.clock = SimulatedClock()
        self.memory = SimulatedCommandMemory()
        self.replies: asyncio.Queue[Reply] = asyncio.Queue()
        self.said: list[Said] = []
        self.box = KeyBox()
        self.pauses: list[bool] = []
        self.commander = Commander(
            clock=self.clock,
            box=self.box,
            pattern=re.compile(DEFAULT_PATTERN),
            begin=self._begin,
            reply=self.replies.put_nowait,
            pauses=lambda: self.pauses.append(self.commander.paused),
        )
        self.commander.show(VIEW)

    async def _begin(self, command: str) -> bool:
        return self.memory.begin(command)

    async def listen(self) -> None:
        async for said in self.commander.said():
            self.said.append(said)

    async def answer(self, name: str, args: object, number: int = 1, valid_s: float = 60) -> tuple[str, str]:
        not_after = self.clock.now().wall_utc + timedelta(seconds=valid_s)
        self.commander.command(
            Command(
                id=f"{number:032x}",
                name=name,
                args=msgspec.Raw(msgspec.json.encode(args)),
                not_after=not_after,
            )
        )
        reply = await self.replies.get()
        assert reply.id == f"{number:032x}"
        await asyncio.sleep(0)
        return reply.state, reply.detail


def play(scene: Callable[[Room], Awaitable[None]]) -> Room:
    async def live() -> Room:
        room = Room()
        async with running(room.commander.run(), WAIT_S), running(room.listen(), WAIT_S):
            await scene(room)
        return room

    return asyncio.run(live())


def test_each_command_is_said_as_at_any_desk() -> None:
    async def scene(room: Room) -> None:
        party = {"adults": 1, "children": 2, "assistants": 0}
        let_in = {"adopts": NAME, "party": party, "reason": "checked"}
        answers = [
            await room.answer("let_in", let_in, 1),
            await room.answer("take_back", {"of": NAME}, 2),
            await room.answer("pause", {"message": "Palaamme"}, 3),
            await room.answer("resume", {}, 4),
        ]
        assert answers == [("done", "")] * 4

    assert play(scene).said == [
        LetIn(FIRST, Party(children=2), "checked"),
        TakeBack(FIRST),
        Pause("Palaamme"),
        Resume(),
    ]


def test_a_code_that_was_typed_afar_is_read_here_alone() -> None:
    code = CardCode("A999123453")

    async def scene(room: Room) -> None:
        room.commander.show(StaffView(types=True))
        sealed = base64.b64encode(seal_code(code, room.box.public)).decode()
        assert await room.answer("type", {"code_sealed": sealed}, 1) == ("done", "")
        other = base64.b64encode(seal_code(code, KeyBox().public)).decode()
        assert await room.answer("type", {"code_sealed": other}, 2) == ("rejected", "sealed")
        assert await room.answer("type", {"code_sealed": "AA" * 99}, 3) == ("rejected", "unknown")
        room.commander.show(StaffView(paused=""))
        assert await room.answer("type", {"code_sealed": sealed}, 4) == ("rejected", "not_offered")

    assert play(scene).said == [Typed(code)]


def test_a_pause_shows_no_words_that_would_be_cut() -> None:
    async def scene(room: Room) -> None:
        assert await room.answer("pause", {"message": "W" * 20}, 1) == ("rejected", "too_wide")
        assert await room.answer("pause", {"message": "Palaamme klo 13."}, 2) == ("done", "")

    assert play(scene).said == [Pause("Palaamme klo 13.")]


def test_a_pause_shows_no_card_s_code() -> None:
    async def scene(room: Room) -> None:
        for number, words in enumerate(("A999123453", "Kortti a999 123-453 jäi"), 1):
            assert await room.answer("pause", {"message": words}, number) == ("rejected", "card_code")
        assert await room.answer("pause", {"message": "Avaamme 1.12. klo 12.30"}, 3) == ("done", "")

    assert play(scene).said == [Pause("Avaamme 1.12. klo 12.30")]


def test_a_pause_is_told_when_it_begins_and_when_it_ends() -> None:
    async def scene(room: Room) -> None:
        for view in (VIEW, StaffView(paused="Palaamme"), StaffView(), StaffView(started=True)):
            room.commander.show(view)

    assert play(scene).pauses == [True, False]


def test_one_that_comes_again_is_done_once_and_answered_again() -> None:
    async def scene(room: Room) -> None:
        assert await room.answer("resume", {}) == ("done", "")
        room.commander.show(StaffView())
        assert await room.answer("resume", {}) == ("done", "")

    assert play(scene).said == [Resume()]


def test_one_that_a_start_before_had_begun_is_not_done_and_not_said_to_be() -> None:
    async def scene(room: Room) -> None:
        assert room.memory.begin(f"{1:032x}")
        assert await room.answer("resume", {}) == ("failed", "restarted")

    assert play(scene).said == []


def test_one_that_is_too_late_is_not_done() -> None:
    async def scene(room: Room) -> None:
        assert await room.answer("resume", {}, valid_s=-1) == ("failed", "expired")
        room.clock.set_calendar(room.clock.now().wall_utc, synced=False)
        assert await room.answer("resume", {}) == ("failed", "clock_unknown")
        assert room.memory.begun == []

    assert play(scene).said == []


def test_what_is_not_offered_any_more_is_not_done() -> None:
    async def scene(room: Room) -> None:
        room.commander.show(StaffView())
        assert await room.answer("take_back", {"of": NAME}) == ("rejected", "not_offered")

    assert play(scene).said == []


def test_what_this_version_does_not_know_is_rejected() -> None:
    async def scene(room: Room) -> None:
        assert await room.answer("fly", {}, 1) == ("rejected", "unknown")
        assert await room.answer("take_back", {"of": 7}, 2) == ("rejected", "unknown")

    assert play(scene).said == []


def test_a_disk_that_does_not_take_the_id_has_nothing_done() -> None:
    async def scene(room: Room) -> None:
        room.memory.broken = True
        assert await room.answer("resume", {}) == ("failed", "disk")

    assert play(scene).said == []
