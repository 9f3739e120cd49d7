"""Ingest over a real broker: receipts after the commit, pages, states, and a broker that dies."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from queue import Queue
from zoneinfo import ZoneInfo

import msgspec
import pytest

from agent.wire.card_page import unpack
from agent.wire.messages import Alert, CardsGet, CardsPage, Health, Info, Receipt, ServerState, Status
from agent.wire.records import Record
from server.adapters.clock import stopwatch, utc_now
from server.adapters.database import Database
from server.adapters.facts import FactWriter
from server.adapters.figures import StoredFigures
from server.adapters.migrate import open_database
from server.adapters.mqtt import PahoBroker
from server.adapters.places import Places
from server.adapters.store import Store
from server.config import BrokerConfig
from server.ingest import Connected, Delivered, Ingest, Item, Stop
from tests.agent.examples import BIRTH
from tests.server.broker import KioskClient, free_port, running_broker, until
from tests.server.cards import card, import_cards
from tests.server.kiosk import BOOT, KIOSK, LIST_KEY, NOW, batch, epoch, open_code, opened, pair, scan
from tests.server.lease import held

HELSINKI = ZoneInfo("Europe/Helsinki")


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    with open_database(f"sqlite:///{tmp_path / 'fleet.db'}") as database:
        places = Places(database, lambda: NOW)
        places.add_venue("Uimahalli", "Rovaniemi", "sport", "Europe/Helsinki")
        places.add_kiosk(KIOSK, "Ovi", "v-uimahalli")
        yield database


@contextmanager
def running_server(database: Database, port: int) -> Iterator[None]:
    inbox: Queue[Item] = Queue(64)
    config = BrokerConfig(host="127.0.0.1", port=port, account="s-aaaaaaaaaa")
    broker = PahoBroker(config, None, inbox, utc_now)
    store = Store(database, FactWriter(open_code, HELSINKI), held(database))
    ingest = Ingest(inbox, store, broker, lambda: None, stopwatch, NOW)
    thread = threading.Thread(target=ingest.run)
    with closing(broker):
        thread.start()
        broker.start()
        try:
            yield
        finally:
            inbox.put(Stop())
            thread.join()


def visits(database: Database) -> int:
    figures = StoredFigures(database, HELSINKI, lambda: NOW, count_assistants=False)
    summary = figures.summary(NOW.date(), date(2100, 1, 1), "venue")  # the server's clock is the real one
    return sum(row.visits for row in summary.rows)


def told(cards_revision: int) -> Info:
    return msgspec.structs.replace(BIRTH, cards_revision=cards_revision, cards_count=cards_revision)


def test_records_status_and_cards_over_a_real_broker(sqlite: Database, tmp_path: Path) -> None:
    import_cards(sqlite, LIST_KEY, map(card, range(30)))
    port = free_port()
    with running_broker(tmp_path, port), closing(KioskClient(KIOSK, port)) as kiosk:
        with running_server(sqlite, port):
            state = kiosk.hear(ServerState)
            assert state.cards.revision == 30
            rows: list[Record | bytes] = [opened(), scan(1), b"{}", scan(3)]
            kiosk.say("records", batch(rows, clock=pair(utc_now())))
            receipt = kiosk.hear(Receipt, "receipt")
            assert (receipt.epoch, receipt.upto, receipt.generation) == (epoch(1), 3, state.generation)
            assert [entry.seq for entry in receipt.refused] == [2]
            assert visits(sqlite) == 2
            kiosk.say("cards/get", CardsGet(generation=None, since=0, limit=100))
            page = kiosk.hear(CardsPage, "cards/page")
            assert (len(unpack(page.rows)), page.end is not None) == (30, True)
            kiosk.say("status", Status(state="online", boot_id=BOOT, connection=1), retain=True)
            figures = StoredFigures(sqlite, HELSINKI, utc_now, count_assistants=False)
            until(lambda: figures.overview().kiosks[0].state == "attention")  # it has not said that it has it
            kiosk.say("info", told(cards_revision=30), retain=True)
            until(lambda: figures.overview().kiosks[0].state == "working")
            assert figures.overview().kiosks[0].list_behind == 0
            import_cards(sqlite, LIST_KEY, [card(1, status="blocked")])
            assert kiosk.hear(ServerState).cards.revision == 31
        assert kiosk.is_quiet()


def test_an_alert_over_a_real_broker_is_on_the_page_while_it_lasts(sqlite: Database, tmp_path: Path) -> None:
    port = free_port()
    figures = StoredFigures(sqlite, HELSINKI, utc_now, count_assistants=False)

    def troubles() -> list[str]:
        return [trouble.name for trouble in figures.overview().kiosks[0].troubles]

    with running_broker(tmp_path, port), closing(KioskClient(KIOSK, port)) as kiosk:
        kiosk.say("status", Status(state="online", boot_id=BOOT, connection=1), retain=True)
        kiosk.say("alert/fan-stuck", Alert(since=None, detail=""), retain=True)  # before the server comes
        with running_server(sqlite, port):
            until(lambda: troubles() == ["fan-stuck"])
            kiosk.say("alert/camera", Alert(since=NOW, detail="no picture"), retain=True)
            until(lambda: troubles() == ["camera", "fan-stuck"])
            kiosk.say("alert/fan-stuck", b"", retain=True)
            kiosk.say("alert/camera", b"", retain=True)
            until(lambda: not troubles())


def test_a_clock_that_is_off_is_on_the_page_of_a_kiosk_that_has_nothing_to_send(
    sqlite: Database, tmp_path: Path
) -> None:
    port = free_port()
    figures = StoredFigures(sqlite, HELSINKI, utc_now, count_assistants=False)

    def is_off(by: list[int]) -> bool:
        troubles = figures.overview().kiosks[0].troubles
        return [round(trouble.ahead_s / 60) for trouble in troubles] == by

    with (
        running_broker(tmp_path, port),
        closing(KioskClient(KIOSK, port)) as kiosk,
        running_server(sqlite, port),
    ):
        kiosk.hear(ServerState)
        kiosk.say("status", Status(state="online", boot_id=BOOT, connection=1), retain=True)
        for off_s, minutes in ((-3600, [-60]), (0, [])):
            clock = pair(utc_now() + timedelta(seconds=off_s))
            kiosk.say("health", Health(clock=clock, waiting=0, oldest_s=None, list_age_s=None))
            until(partial(is_off, minutes))


def test_a_broker_that_died_is_found_again_and_told_the_state(sqlite: Database, tmp_path: Path) -> None:
    port = free_port()
    with running_server(sqlite, port):
        with running_broker(tmp_path, port) as process, closing(KioskClient(KIOSK, port)) as kiosk:
            kiosk.hear(ServerState)
            kiosk.say("records", batch([opened(), scan(1)]))
            kiosk.hear(Receipt, "receipt")
            process.kill()
            process.wait()
        with running_broker(tmp_path, port), closing(KioskClient(KIOSK, port)) as kiosk:
            kiosk.hear(ServerState)
            kiosk.say("records", batch([scan(1), scan(2)]))
            assert kiosk.hear(Receipt, "receipt").upto == 2
    assert visits(sqlite) == 2


def test_a_status_that_found_no_room_is_delivered_when_asked_for_again(tmp_path: Path) -> None:
    port = free_port()
    inbox: Queue[Item] = Queue(1)
    config = BrokerConfig(host="127.0.0.1", port=port, account="s-aaaaaaaaaa")
    with (
        running_broker(tmp_path, port),
        closing(KioskClient(KIOSK, port)) as kiosk,
        closing(PahoBroker(config, None, inbox, utc_now)) as broker,
    ):
        broker.start()
        until(inbox.full)
        assert not broker.dropped()
        kiosk.say("status", Status(state="online", boot_id=BOOT, connection=1), retain=True)
        until(broker.dropped)
        assert isinstance(inbox.get(), Connected)
        broker.ask_again()
        until(inbox.full)
        told = inbox.get()
        assert isinstance(told, Delivered)
        assert told.retained
