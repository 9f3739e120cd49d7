"""The alerts' shell: what has come up is said, what is over is cleared, and all again at a new connection."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from agent.adapters.simulated.clock import START, SimulatedClock
from agent.adapters.sqlite_journal import SqliteJournal
from agent.alerts import Alerts
from agent.core.alerts import ALERTS, Limits, Waiting
from agent.core.state import Trouble
from agent.ports.journal import JournalError
from agent.wire.messages import Alert, decode
from tests.agent.background import running, until
from tests.agent.examples import scan

WAIT_S: Final = 60.0


@dataclass
class Kiosk:
    """The parts that the alerts ask, as a test sets them, and what the broker retains."""

    clock: SimulatedClock = field(default_factory=SimulatedClock)
    troubles: set[Trouble] = field(default_factory=set)
    forgetful: str = ""
    waits: Waiting | None = field(default_factory=Waiting)
    limits: Limits = field(default_factory=Limits)
    list_age_s: float | None = 60.0
    said: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def retained(self) -> dict[str, Alert]:
        latest = dict(self.said)
        return {leaf: decode(payload, Alert) for leaf, payload in latest.items() if payload}

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[Alerts]:
        alerts = Alerts(
            publish=lambda leaf, payload: self.said.append((leaf, payload)),
            clock=self.clock,
            troubles=lambda: frozenset(self.troubles),
            forgetful=lambda: self.forgetful,
            waiting=self.count,
            list_age_s=lambda _at: self.list_age_s,
            limits=self.limits,
        )
        async with running(alerts.run(), WAIT_S):
            yield alerts

    async def count(self) -> Waiting:
        if self.waits is None:
            raise JournalError("the simulated disk is full")
        return self.waits


def test_at_each_connection_all_is_said_and_what_is_not_up_is_cleared() -> None:
    async def scene() -> None:
        kiosk = Kiosk(troubles={"storage"})
        async with kiosk.at_work() as alerts:
            for _ in range(2):
                kiosk.said.clear()
                alerts.connected()
                await until(lambda: len(kiosk.said) == len(ALERTS))
                alerts.disconnected(taken_over=False)
                assert [leaf for leaf, _ in kiosk.said] == [f"alert/{name}" for name in ALERTS]
                assert list(kiosk.retained) == ["alert/storage"]

    asyncio.run(scene())


def test_what_comes_up_and_what_is_over_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        kiosk = Kiosk()
        async with kiosk.at_work() as alerts:
            alerts.connected()
            await until(lambda: len(kiosk.said) == len(ALERTS))
            kiosk.said.clear()
            kiosk.forgetful = "it lies on tmpfs"
            await until(lambda: bool(kiosk.said))
            (alert,) = kiosk.retained.values()
            assert (alert.since, alert.detail) == (START.wall_utc, "it lies on tmpfs")
            kiosk.forgetful = ""
            await until(lambda: len(kiosk.said) == 2)
            assert kiosk.said[1] == ("alert/storage-forgetful", b"")

    asyncio.run(scene())
    assert caplog.text.count("alert storage-forgetful: it lies on tmpfs") == 1


def test_an_alert_keeps_its_beginning_while_it_lasts() -> None:
    async def scene() -> None:
        kiosk = Kiosk(troubles={"eyes"})
        async with kiosk.at_work() as alerts:
            alerts.connected()
            await until(lambda: len(kiosk.said) == len(ALERTS))
            assert kiosk.retained == {}
            kiosk.clock.advance(61)
            await until(lambda: "alert/camera" in kiosk.retained)
            began = kiosk.retained["alert/camera"].since
            assert began == START.wall_utc + timedelta(seconds=61)
            kiosk.clock.advance(100)
            alerts.server_came()
            await until(lambda: len(kiosk.said) == 2 * len(ALERTS) + 1)
            assert kiosk.retained["alert/camera"].since == began
            kiosk.troubles = set()
            await until(lambda: kiosk.retained == {})

    asyncio.run(scene())


def test_a_kiosk_without_a_calendar_says_no_time() -> None:
    async def scene() -> None:
        kiosk = Kiosk(troubles={"storage"})
        kiosk.clock.set_calendar(START.wall_utc, synced=False)
        async with kiosk.at_work() as alerts:
            alerts.connected()
            await until(lambda: bool(kiosk.retained))
            assert kiosk.retained["alert/storage"].since is None

    asyncio.run(scene())


def test_two_kiosks_of_one_identity_are_an_alert_until_a_connection_has_lasted() -> None:
    async def scene() -> None:
        kiosk = Kiosk()
        async with kiosk.at_work() as alerts:
            for _ in range(2):
                alerts.connected()
                alerts.disconnected(taken_over=True)
                kiosk.clock.advance(100)
            alerts.connected()
            await until(lambda: list(kiosk.retained) == ["alert/identity-twice"])
            kiosk.clock.advance(200)
            alerts.disconnected(taken_over=False)  # the network alone
            kiosk.clock.advance(200)
            alerts.connected()
            kiosk.said.clear()
            await until(lambda: list(kiosk.retained) == ["alert/identity-twice"])
            kiosk.clock.advance(301)
            await until(lambda: kiosk.retained == {})

    asyncio.run(scene())


def test_an_outbox_that_grows_old_is_an_alert() -> None:
    async def scene() -> None:
        kiosk = Kiosk(waits=Waiting(6, START.stamp()), limits=Limits(rows=5))
        async with kiosk.at_work() as alerts:
            alerts.connected()
            await until(lambda: "alert/outbox-old" in kiosk.retained)
            assert "more than 5 records" in kiosk.retained["alert/outbox-old"].detail

    asyncio.run(scene())


def test_a_journal_that_cannot_be_asked_keeps_no_other_alert_back() -> None:
    async def scene() -> None:
        kiosk = Kiosk(troubles={"storage"}, waits=None)
        async with kiosk.at_work() as alerts:
            alerts.connected()
            await until(lambda: list(kiosk.retained) == ["alert/storage"])

    asyncio.run(scene())


def test_a_detail_fits_the_contract_however_long_it_is() -> None:
    async def scene() -> None:
        kiosk = Kiosk(forgetful="x" * 1000)
        async with kiosk.at_work() as alerts:
            alerts.connected()
            await until(lambda: bool(kiosk.retained))
            (_, payload) = next(said for said in kiosk.said if said[1])
            assert len(json.loads(payload)["detail"]) == 256

    asyncio.run(scene())


def test_a_kiosk_that_was_offline_for_ninety_days_has_kept_everything_and_says_that_it_is_much(
    tmp_path: Path,
) -> None:
    async def scene(journal: SqliteJournal) -> None:
        journal.start(START, "serial-1", "start")
        for _ in range(300):
            journal.settle(journal.append(scan(), 7))
        kiosk = Kiosk(limits=Limits(rows=250, age=timedelta(days=7)))
        kiosk.clock.advance(90 * 86_400)
        assert journal.forget(-1, 10_000) == 0, "what has no receipt is kept, however old"
        ((_, rows),) = journal.waiting()
        for waits, detail in (
            (Waiting(rows, None), "more than 250 records"),
            (Waiting(1, journal.oldest_waiting()), "since 90 days"),
        ):
            kiosk.waits = waits
            async with kiosk.at_work() as alerts:
                alerts.connected()
                await until(lambda: "alert/outbox-old" in kiosk.retained)
                assert detail in kiosk.retained["alert/outbox-old"].detail
            kiosk.said.clear()
        assert rows == 301

    with closing(SqliteJournal(tmp_path / "journal.db")) as journal:
        asyncio.run(scene(journal))
