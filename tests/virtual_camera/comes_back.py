"""``python -m tests.virtual_camera.comes_back``: how long a kiosk is blind when its camera child dies."""

import asyncio
import statistics
import sys
import time

from agent.adapters.camera_child_process import ChildTimes
from agent.ports.eyes import EyesLost, EyesOpened, Looked
from tests.virtual_camera.watching import NamedChild, watching

ROUNDS = 5


async def seconds_blind(child: NamedChild) -> float:
    async with watching(child.eyes()) as watched:
        await anext(glance async for glance in watched if isinstance(glance, Looked))
        child.kill()
        since = time.monotonic()
        await anext(glance async for glance in watched if isinstance(glance, EyesLost))
        assert isinstance(await anext(watched), EyesOpened)
        await anext(glance async for glance in watched if isinstance(glance, Looked))
        return time.monotonic() - since


def main() -> None:
    with NamedChild() as child:
        rounds = [asyncio.run(seconds_blind(child)) for _ in range(ROUNDS)]
    pause = ChildTimes().first_pause_s
    sys.stdout.write(
        f"A child that was killed: {statistics.median(rounds):.2f} s to the next frame"
        f" (at most {max(rounds):.2f}), {pause:g} s of them the pause before its start.\n"
    )


if __name__ == "__main__":
    main()
