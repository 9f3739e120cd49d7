"""The life of a scan as it is heard; a loudspeaker that hangs costs its sound and nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from agent.adapters.aplay import AlsaLoudspeaker
from agent.adapters.simulated.loudspeaker import SimulatedLoudspeaker
from agent.core.actions import Signal
from agent.core.reads import Read
from agent.signs import TUNES
from agent.sound import sound_of
from tests.agent.examples import ANNA, BENGT
from tests.agent.twins import Door, at_work
from tests.players import HeldPlayer


def play(door: Door, scene: Callable[[], Awaitable[None]]) -> None:
    async def play() -> None:
        async with at_work(door):
            await scene()

    asyncio.run(play())


def test_what_is_shown_is_heard_tone_first() -> None:
    door, out = Door(), SimulatedLoudspeaker()
    door.loudspeaker = out
    door.prompts = {("fi", "children"): Path("question.wav"), ("fi", "thanks"): Path("thanks.wav")}

    async def scene() -> None:
        door.eyes.see(Read(ANNA, "qr"))
        await door.shows("accepted")
        await door.until(lambda: out.waiting is not None)
        assert [what for what, _ in out.heard] == [sound_of(TUNES["accepted"])]
        out.end()
        door.buttons.press(1)
        await door.shows("thanks")
        await door.until(lambda: len(out.heard) == 3)
        assert [what for what, _ in out.heard][1:] == [Path("question.wav"), Path("thanks.wav")]

    play(door, scene)


def test_a_loudspeaker_that_hangs_holds_up_neither_light_nor_record(tmp_path: Path) -> None:
    door, player = Door(), HeldPlayer(tmp_path)
    door.loudspeaker = AlsaLoudspeaker("default", program=player.program, slack_s=3600)

    async def scene() -> None:
        door.eyes.see(Read(ANNA, "qr"))
        await door.shows("accepted")
        await door.until(lambda: len(player.heard()) == 1)  # it will never come to its end
        door.eyes.see(Read(BENGT, "qr"))
        await door.shows("ask_staff")
        assert door.light is Signal.ASK_STAFF
        await door.until(lambda: len(door.scans) == 2 and door.scans[1].shown == "staff")

    play(door, scene)
    door.loudspeaker.close()
