"""Outbox, receipts, starts, lights, adoption and clocks against a simple list of who is in.

Hypothesis draws what happens at a door: visitors, staff, power, disk, calendar, network, server. The model
is the list of those who saw a green light. When all faults are over the server must count exactly them.
"""

import asyncio
import shutil
from collections import Counter
from datetime import timedelta
from typing import Final

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as draw_from
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from server.adapters.verify import verify
from tests.virtual.at_the_door import AtTheDoor, End, Ends
from tests.virtual.counted import counted, wrong_persons, wrong_proofs, wrong_records, wrong_times
from tests.virtual.visitors import Visitor
from tests.virtual.waiting import Waiter

MOST_WAITING: Final = 2
STEPS: Final = 25
CUTS_S: Final = (0.005, 0.02, 0.03, 0.05, 0.2, 3.5)
"""Around a commit of 10 ms, its light up to 50 ms later, and the red light of one that takes long."""
FAULTS: Final = ("calendar", "no time", "full disk", "slow commit", "network", "bad line", "server")
THEN: Final = ("answers", "again", "taken back")
CHILDREN: Final = st.integers(0, 5)
ENDS: Final = st.none() | st.none() | st.builds(Ends, st.sampled_from(CUTS_S), st.booleans(), st.booleans())


class Door(AtTheDoor, RuleBasedStateMachine):
    # Few rules with many kinds each: Hypothesis leaves whole rules out of a story, and a door needs visitors.

    @precondition(lambda self: len(self.queue.waiters) < MOST_WAITING)
    @rule(
        blocked=st.sampled_from([False, False, True]),
        end=ENDS,
        children=CHILDREN,
        then=st.sampled_from(["", "", "", *THEN]),
    )
    def comes(self, blocked: bool, end: End, children: int, then: str) -> None:
        self.visitors += 1
        visitor = Visitor(f"A{self.visitors:09}", blocked=blocked)
        if blocked:
            self.venue.block(visitor.code)
        self.queue.waiters.append(Waiter(visitor))
        who = self.queue.waiters[-1]
        self.do(self._holds_up(who, end))
        if who not in self.queue.waiters and self.works:
            self._then(children, then)

    @precondition(lambda self: self.queue.waiters)
    @rule(first=st.booleans(), end=ENDS)
    def holds_up_once_more(self, first: bool, end: End) -> None:
        self.do(self._holds_up(self.queue.waiters[0 if first else -1], end))

    @precondition(lambda self: any(waiter.red for waiter in self.queue.waiters))
    @rule(end=ENDS, sent_away=st.booleans())
    def staff_care(self, end: End, sent_away: bool) -> None:
        who = next(waiter for waiter in self.queue.waiters if waiter.red)
        if sent_away and who.visitor.blocked and who.hand_at is None:
            self.queue.waiters.remove(who)
            self.played["visitors whom the staff sent away"] += 1
            return
        self.do(self._let_in(who, end))
        if who.hand_at is not None and who in self.queue.waiters:
            self.do(self._let_in(who, None))  # whom they pressed for still stands there

    @precondition(lambda self: self.works and self.venue.came)
    @rule(children=CHILDREN, then=st.sampled_from(THEN))
    def is_in(self, children: int, then: str) -> None:
        self._then(children, then)

    def _then(self, children: int, then: str) -> None:
        if then == "answers":
            self.do(self._answers(children))
        elif then == "taken back":
            self.do(self._take_back())
        elif self.loop.time() < self.again_until:
            self.do(self.venue.hold_up(self.venue.came[-1].visitor))
            self.played["cards shown once more by who was in"] += 1

    @rule(seconds=st.sampled_from([1.0, 20.0, 130.0, 700.0]))
    def time_passes(self, seconds: float) -> None:
        self.do(asyncio.sleep(seconds))

    @rule(fault=st.sampled_from(FAULTS), over=st.booleans(), kind=st.integers(0, 2))
    def fault(self, fault: str, over: bool, kind: int) -> None:
        self.at_once(lambda: self._fault(fault, over=over, kind=kind))

    @precondition(lambda self: self.works)
    @rule(end=ENDS)
    def dies(self, end: End) -> None:
        if end is not None:
            self.at_once(self.venue.power_off)
            self.do(self._starts(end))

    @rule(restored=st.booleans(), fussy=st.booleans())
    def backup(self, restored: bool, fussy: bool) -> None:
        if not restored:
            self.venue.fleet.back_up()
        elif (self.folder / "backup.db").exists():
            self.at_once(self.venue.fleet.restore)
            self.restored, self.venue.fleet.mood.fussy = True, fussy
            self.played["restores of the server"] += 1

    # What must be true

    @invariant()
    def no_part_of_the_kiosk_ended(self) -> None:
        assert self.errors == []

    @invariant()
    def nobody_is_counted_who_was_not_here(self) -> None:
        here = {came.visitor.code for came in self.venue.came}
        here |= {waiter.visitor.code for waiter in self.queue.waiters} | self.perhaps_twice
        here |= self.taken_back  # the server may not have heard of it yet
        assert {row.code for row in counted(self.venue)} - {None} <= here

    @precondition(lambda self: self.restored)
    @invariant()
    def no_day_is_called_whole_that_is_not(self) -> None:
        """A restored server gets the records since in an order of their own."""
        assert self.do(self._wrong_proofs()) == []

    async def _wrong_proofs(self) -> list[str]:
        return wrong_proofs(self.venue)

    def teardown(self) -> None:
        try:
            self.do(self._all_is_well())
            assert self.errors == []
            self._compare()
        finally:
            self.at_once(self.venue.power_off)
            self.venue.fleet.database.close()
            self.loop.finish()
            shutil.rmtree(self.folder)

    def _compare(self) -> None:
        rows = counted(self.venue)
        self.played["doors"] += 1
        self.played["visits"] += len(rows)
        self.played["batches that were halved"] += self.venue.fleet.mood.declined
        self.played["starts of a kiosk"] += sum(what.startswith("started") for _, what in self.venue.trace)
        assert self.venue.waiting == 0, "something waits for the server for ever"
        wrong = wrong_records(self.venue) + verify(self.venue.fleet.database).differences + wrong_times(rows)
        wrong += self.do(self._wrong_proofs())
        if not self.perhaps_twice:
            wrong += wrong_persons(self.venue.came, rows)
        else:
            came, most = len(self.venue.came), len(self.venue.came) + len(self.perhaps_twice)
            wrong += [] if came <= len(rows) <= most else [f"{came} came in, {len(rows)} are counted"]
        assert wrong == [], "; ".join(wrong)
        for visitor in (each.visitor for each in self.venue.came):
            theirs = {row.children for row in rows if row.code == visitor.code}
            if theirs and visitor.children is not None:
                assert visitor.children in theirs, visitor.code
                assert len(theirs) == 1 or visitor.code in self.perhaps_twice, visitor.code

    async def _all_is_well(self) -> None:
        """Every fault is over, and whoever waits with a good card is served."""
        device, network, fleet = self.venue.device, self.venue.network, self.venue.fleet
        device.disk_full, device.synced, device.off_by, network.lossy = False, True, timedelta(0), False
        fleet.mood.fussy = False
        if not network.up:
            network.turn(up=True)
        if not fleet.up:
            fleet.start()
        await asyncio.sleep(15)
        for waiter in [waiter for waiter in self.queue.waiters if not waiter.visitor.blocked]:
            for _ in range(5):
                if waiter in self.queue.waiters:
                    await self._holds_up(waiter, None)
            assert waiter not in self.queue.waiters, "a good card is let in once all is well"
        for _ in range(100):
            await asyncio.sleep(10)
            state = self.venue.life.kiosk.state if self.venue.life else None
            if self.venue.waiting == 0 and state is not None and state.open is None:
                return


def play_doors(doors: int, seed: int, *, shrink: bool = False, blind: bool = False) -> Counter[str]:
    """What was played, by name. Raises an error that lists the steps where a promise is broken.

    A ``blind`` kiosk does not ask its journal who may still stand there: somebody is counted twice.
    """
    Door.played, Door.blind = Counter(), blind
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    run_state_machine_as_test(
        draw_from(seed)(Door),
        settings=settings(
            max_examples=doors,
            stateful_step_count=STEPS,
            phases=phases,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return Door.played
