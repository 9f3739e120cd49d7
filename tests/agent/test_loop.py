"""The life of a scan with every part simulated but the loop itself: written, shown, settled, kept."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from agent.adapters.simulated.journal import MemoryJournal
from agent.adapters.simulated.lights import SimulatedLights
from agent.core.actions import Ref, Signal
from agent.core.moment import Moment
from agent.core.reads import Read
from agent.wire.records import ByHand, Scan, Shown
from agent.wire.screen import Answer
from agent.worker import Worker
from tests.agent.examples import ANNA, BENGT
from tests.agent.twins import WAIT_S, Door, at_work


def play(door: Door, scene: Callable[[], Awaitable[None]]) -> None:
    async def play() -> None:
        async with at_work(door):
            await scene()

    asyncio.run(play())


def test_a_card_held_up_is_written_then_shown_green_then_settled_by_its_answer() -> None:
    door = Door()
    on_disk_when_lit: list[int] = []
    door.lights = SimulatedLights(
        lambda signal: on_disk_when_lit.append(len(door.scans)) if signal is Signal.ACCEPTED else None
    )

    async def scene() -> None:
        door.eyes.see(Read(ANNA, "qr"))
        await door.shows("accepted")
        assert on_disk_when_lit == [1]
        await door.until(lambda: door.scans[0].shown == "green")
        batch = door.journal.batch(100, 96 * 1024)
        assert batch is not None
        assert len(batch.rows) == 1  # the open scan waits for its answer
        question = door.screen.shown[-1].question
        assert question is not None
        assert door.screen.say(Answer(epoch=question.epoch, seq=question.seq, about="children", count=2))
        await door.shows("thanks")
        await door.until(lambda: door.scans[0].party.children == 2)
        await door.later(5, "idle")

    play(door, scene)
    assert door.released > 0


def test_the_test_card_is_written_down_settled_at_once_and_lit_in_its_own_way() -> None:
    door = Door()

    async def scene() -> None:
        door.eyes.see(Read(None, "qr", test=True))
        await door.until(lambda: door.light is Signal.TEST)
        (record,) = door.scans
        assert (record.test, record.reason, record.card_kind, record.shown) == (True, "test", None, None)
        await door.until(lambda: len(door.journal.batch(100, 96 * 1024).rows) == 2)  # type: ignore[union-attr]
        assert door.screen.shown[-1].digit == 0
        door.clock.advance(6)
        await door.until(lambda: door.light is Signal.READY)
        assert door.screen.shown[-1].digit is None

    play(door, scene)
    assert Signal.ACCEPTED not in door.lights.shown


def test_a_list_that_grows_old_is_a_digit_at_rest() -> None:
    door = Door()

    async def scene() -> None:
        door.list_age_s = 90_000
        await door.until(lambda: door.screen.shown[-1].digit == 9)
        door.list_age_s = 10
        await door.until(lambda: door.screen.shown[-1].digit is None)

    play(door, scene)
    assert Signal.OUT_OF_ORDER not in door.lights.shown


def test_a_card_held_up_for_a_while_is_one_record() -> None:
    door = Door()

    async def scene() -> None:
        for _ in range(30):
            door.eyes.see(Read(ANNA, "qr"))
            door.clock.advance(0.1)
        await door.shows("accepted")

    play(door, scene)
    assert len(door.scans) == 1


def test_a_blocked_card_is_sent_to_the_staff_and_never_green() -> None:
    door = Door()

    async def scene() -> None:
        door.eyes.see(Read(BENGT, "qr"))
        await door.shows("ask_staff")
        await door.until(lambda: door.scans[0].shown == "staff")
        await door.later(16, "idle")

    play(door, scene)
    assert Signal.ACCEPTED not in door.lights.shown


def test_a_broken_disk_asks_the_staff_is_out_of_order_and_heals() -> None:
    door = Door()

    async def scene() -> None:
        door.journal.broken = True
        door.eyes.see(Read(ANNA, "qr"))
        await door.shows("ask_staff")
        await door.later(6, "out_of_order")
        assert Signal.ACCEPTED not in door.lights.shown
        assert door.scans == []
        door.journal.broken = False
        await door.later(11, "idle")
        door.eyes.see(Read(ANNA, "qr"))
        await door.shows("accepted")

    play(door, scene)
    assert len(door.scans) == 1


def test_a_list_that_fails_asks_the_staff_and_is_told_to_its_keeper() -> None:
    door = Door()

    async def scene() -> None:
        door.cards.broken = True
        door.eyes.see(Read(ANNA, "qr"))
        await door.shows("ask_staff")

    play(door, scene)
    assert door.list_broken == 1
    assert Signal.ACCEPTED not in door.lights.shown


def test_a_foreign_code_is_counted_and_leaves_no_record() -> None:
    door = Door()

    async def scene() -> None:
        door.eyes.see(Read(None, "qr"))
        door.clock.advance(5)
        door.eyes.see(Read(ANNA, "qr"))
        await door.shows("accepted")

    play(door, scene)
    assert len(door.scans) == 1
    assert door.at_work is not None
    assert door.at_work.lookout.looking.foreign == 1
    assert door.kept_still == 1, "the card list keeps still for the card, and for no poster"


def test_a_question_nobody_answers_stays_null() -> None:
    door = Door()

    async def scene() -> None:
        door.eyes.see(Read(ANNA, "qr"))
        await door.shows("accepted")
        await door.unanswered()
        await door.until(lambda: door.journal.batch(100, 96 * 1024) is not None)

    play(door, scene)
    assert door.scans[0].party.children is None


def test_a_button_answers_from_a_thread_of_its_own() -> None:
    door = Door()

    async def scene() -> None:
        door.eyes.see(Read(ANNA, "qr"))
        await door.shows("accepted")
        await asyncio.to_thread(door.buttons.press, 3)
        await door.until(lambda: door.scans[0].party.children == 3)

    play(door, scene)


def test_a_lost_camera_is_out_of_order_and_back_again() -> None:
    door = Door()

    async def scene() -> None:
        seen = len(door.screen.shown)
        door.eyes.lose("the ribbon cable came off")
        await door.until(
            lambda: [view.state for view in door.screen.shown][seen:] == ["out_of_order", "idle"]
        )
        assert list(door.lights.shown)[-2:] == [Signal.OUT_OF_ORDER, Signal.READY]

    play(door, scene)


def test_the_watchdog_is_fed_by_every_look_but_not_more_than_once_a_second() -> None:
    door = Door()

    async def scene() -> None:
        fed = door.watchdog.feeds
        for _ in range(10):
            door.eyes.see()
        door.clock.advance(1.5)
        for _ in range(10):
            door.eyes.see()
        await door.until(lambda: door.watchdog.feeds > fed)

    play(door, scene)
    assert door.watchdog.feeds <= 2


def test_an_error_of_our_own_ends_the_kiosk_instead_of_leaving_it_half_alive() -> None:
    door = Door()

    class Wrong(MemoryJournal):
        def mark_shown(self, ref: Ref, shown: Shown, at: Moment) -> None:
            raise ZeroDivisionError(ref, shown, at)

    door.journal = Wrong()

    async def scene() -> None:
        writer = Worker("journal")
        running = asyncio.create_task(door.kiosk(writer).run())
        door.eyes.see(Read(ANNA, "qr"))
        async with asyncio.timeout(WAIT_S):
            await asyncio.wait({running})
        writer.close()
        running.result()

    with pytest.raises(ExceptionGroup) as ended:
        asyncio.run(scene())
    assert ended.group_contains(ZeroDivisionError)


def test_the_staff_s_button_lets_in_whom_the_card_did_not_and_adopts_its_scan() -> None:
    door = Door()

    async def scene() -> None:
        door.eyes.see(Read(BENGT, "qr"))
        await door.shows("ask_staff")
        await asyncio.to_thread(door.buttons.let_in)
        await door.shows("accepted")
        assert door.light is Signal.ACCEPTED

    play(door, scene)
    scan, by_hand = door.journal.records()[-2:]
    assert isinstance(scan, Scan)
    assert isinstance(by_hand, ByHand)
    assert by_hand.adopts is not None
    assert (by_hand.adopts.seq, by_hand.venue, by_hand.reason) == (scan.seq, "v-102", "button")
    assert (scan.shown, by_hand.clock.synced) == ("staff", True)


def test_reads_that_waited_for_the_loop_are_dated_when_their_frames_were() -> None:
    door = Door()

    async def scene() -> None:
        now_s = door.clock.now().seconds
        for ago_s in (9, 6, 3):
            # More than two seconds apart: three misreads that nobody held up for long.
            door.eyes.see(Read(BENGT, "code39"), at_s=now_s - ago_s)
        door.eyes.see(Read(ANNA, "code39"), at_s=now_s - 0.2)
        door.eyes.see(Read(ANNA, "code39"), at_s=now_s - 0.1)
        await door.shows("accepted")

    play(door, scene)
    assert len(door.scans) == 1


def test_a_frame_of_the_future_is_of_now() -> None:
    door = Door()

    async def scene() -> None:
        door.eyes.see(Read(ANNA, "qr"), at_s=door.clock.now().seconds + 1000)
        await door.shows("accepted")
        door.clock.advance(3)
        # A barcode waits for two seconds after a QR code, and not for a thousand.
        door.eyes.see(Read(BENGT, "code39"))
        door.eyes.see(Read(BENGT, "code39"))
        await door.until(lambda: len(door.scans) == 2)

    play(door, scene)
