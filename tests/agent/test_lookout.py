"""The ring is lit while the camera sees; what is seen, lost and counted is known."""

import asyncio

from agent.adapters.simulated.lights import SimulatedRing
from agent.core.looking import Counts, Picture
from agent.core.reads import Read
from agent.lookout import Lookout
from agent.ports.eyes import Checked, EyesLost, EyesOpened, Looked
from tests.agent.examples import ANNA, BENGT
from tests.agent.twins import Door, at_work

PICTURE = Picture(sharpness=0.8, dark=0.0, blown=0.01, mean=120.0)


def test_the_ring_is_lit_from_the_first_frame_until_the_camera_is_lost() -> None:
    ring = SimulatedRing()
    lookout = Lookout(ring)
    seen = []
    for glance in (EyesOpened("imx708", ("a",)), Looked((), 5.0), EyesLost("gone"), EyesOpened("imx708", ())):
        lookout.saw(glance)
        seen.append(ring.lit)
    assert seen == [True, True, False, True]


def test_what_the_child_measures_and_counts_is_known() -> None:
    lookout = Lookout(SimulatedRing())
    lookout.saw(EyesOpened("imx708", ("zxing", "zbar")))
    lookout.saw(Looked((), 5.0))
    lookout.saw(Checked(PICTURE, Counts(40, (0, 2), 1, 3)))
    looking = lookout.looking
    assert (looking.camera, looking.engines, looking.picture) == ("imx708", ("zxing", "zbar"), PICTURE)
    assert (looking.counts, looking.decode_ms) == (Counts(40, (0, 2), 1, 3), 5.0)


def test_a_kiosk_at_work_counts_foreign_codes_and_two_cards_at_once() -> None:
    door = Door()

    async def scene() -> None:
        async with at_work(door):
            await two_cards()

    async def two_cards() -> None:
        await door.until(lambda: door.ring.lit)
        door.eyes.see(Read(None, "qr"))
        for _ in range(5):
            door.clock.advance(0.1)
            door.eyes.see(Read(ANNA, "qr"), Read(BENGT, "qr"))
        assert door.at_work is not None
        lookout = door.at_work.lookout
        await door.until(lambda: lookout.looking.several == 1)
        assert lookout.looking.foreign == 1

    asyncio.run(scene())
    assert door.scans == []
