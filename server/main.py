"""Where the server is put together: store, intake, broker and web in one process. It ends as one."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import date
from queue import Full, Queue
from types import FrameType
from typing import Final, Self

from agent.folder_lock import user_among_others_of
from agent.told import ToldError
from agent.web_rules import LOOPBACK_HOSTS
from agent.wire.sealing import opener
from server.adapters.card_desk import StoredDesk
from server.adapters.changes import StoreChanges
from server.adapters.clock import new_process, stopwatch, utc_now
from server.adapters.database import Database
from server.adapters.facts import FactWriter
from server.adapters.figures import StoredFigures
from server.adapters.fleet_state import tell_first_key
from server.adapters.keeping import Keeper
from server.adapters.kiosk_staff import StoredKioskStaff
from server.adapters.lease import StoredLease, forget_holder, hold
from server.adapters.letters import StoredLetters
from server.adapters.memory_cards import StoredMemoryCards
from server.adapters.migrate import open_database
from server.adapters.mqtt import PahoBroker, tls_of
from server.adapters.revoked import RevokedKiosks
from server.adapters.statistics import StoredStatistics
from server.adapters.store import Store
from server.adapters.uploads import StoredFiles
from server.config import ConfigError, Fleet, broker_refusal
from server.domain.lease import Lease
from server.ingest import CommandMade, Ingest, Item, ListChanged, Stop
from server.intake import Intake
from server.keeping import KeepingThread
from server.ports import AtKiosks, Register
from server.web.app import create_app
from server.web.serving import WebServer, web_config

INBOX_MESSAGES: Final = 1_024
"""500 kiosks have one batch each under way; what does not fit is sent again."""
STOP_S: Final = 0.2
CHECK_RIGHTS: Final = "Check whose it is."


class PortTaken(ToldError):  # noqa: N818  (a state of the world)
    """Somebody else listens there; the text says what to do."""


def serve(
    fleet: Fleet,
    database_url: str | None,
    port: int | None,
    say: Callable[[str], None],
    *,
    insecure_demo: bool,
) -> None:
    """Run until SIGINT or SIGTERM. Raises what its parts raise, each with what to do."""
    if refusal := broker_refusal(fleet.config.broker, insecure_demo=insecure_demo):
        raise ConfigError(refusal)
    host = fleet.config.web.host
    with (
        user_among_others_of(fleet.folder, CHECK_RIGHTS) as alone,
        _listening(host, fleet.config.web.port if port is None else port) as listener,
        open_database(fleet.database_url(database_url)) as database,
    ):
        if alone and not database_url:  # the folder's own file: no other server lives on it
            forget_holder(database)
        tell_first_key(database, fleet.list_key())
        process = new_process()
        changes = StoreChanges()
        figures = StoredFigures(
            database, fleet.zone, utc_now, count_assistants=fleet.config.count_assistants, process=process
        )
        facts = FactWriter(opener(fleet.sealing_key()), fleet.zone)
        letters = StoredLetters(database, facts, changes.notify)
        inbox: Queue[Item] = Queue(INBOX_MESSAGES)
        register = _register(fleet, database, inbox)

        def command_made() -> None:
            changes.notify()
            with suppress(Full):  # likewise
                inbox.put_nowait(CommandMade())

        staff = StoredKioskStaff(database, fleet.zone, utc_now, command_made, pattern=fleet.pattern)
        memory = StoredMemoryCards(database, utc_now, changes.notify)
        bound = listener.getsockname()[1]
        web = WebServer(
            web_config(
                create_app(
                    figures,
                    letters,
                    changes,
                    LOOPBACK_HOSTS,
                    register=register,
                    kiosks=AtKiosks(memory, staff),
                ),
                host=host,
                port=bound,
            ),
            end_streams=changes.close,
        )
        with _stopping(web), _taking_turns(fleet, database, process, facts, changes, inbox, web):
            say(f"The fleet's page: http://{host}:{bound}/")
            web.run(sockets=[listener])


def _register(fleet: Fleet, database: Database, inbox: Queue[Item]) -> Register:
    def list_changed() -> None:
        with suppress(Full):  # then it has much to do, and looks by itself within a second
            inbox.put_nowait(ListChanged())

    list_key, pattern = fleet.list_key(), fleet.pattern
    return Register(
        StoredDesk(
            database,
            list_key,
            pattern,
            fleet.zone,
            utc_now,
            list_changed,
            unseal=opener(fleet.sealing_key()),
        ),
        StoredFiles(database, fleet.folder / "uploads", list_key, pattern, utc_now, zone=fleet.zone),
        StoredStatistics(database, fleet.zone, utc_now, count_assistants=fleet.config.count_assistants),
    )


class _IntakeThread:
    """The intake beside the web. Its fault stops the whole: a page without it would look alive."""

    def __init__(self, intake: Intake, inbox: Queue[Item], stop_all: Callable[[], None]) -> None:
        self._intake = intake
        self._inbox = inbox
        self._stop_all = stop_all
        self._thread = threading.Thread(target=self._run, name="intake")
        self._failure: Exception | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        while self._thread.is_alive():  # a full inbox of an ingest that failed takes nothing any more
            with suppress(Full):
                self._inbox.put(Stop(), timeout=STOP_S)
            self._thread.join(STOP_S)
        if self._failure:
            raise self._failure

    def _run(self) -> None:
        try:
            self._intake.run()
        except Exception as error:  # noqa: BLE001  (raised again in the main thread)
            self._failure = error
            self._stop_all()


@contextmanager
def _taking_turns(
    fleet: Fleet,
    database: Database,
    process: str,
    facts: FactWriter,
    changes: StoreChanges,
    inbox: Queue[Item],
    web: WebServer,
) -> Iterator[None]:
    tls = tls_of(fleet.config.broker)
    revoked = RevokedKiosks(fleet.folder)

    def today() -> date:
        return utc_now().astimezone(fleet.zone).date()

    def take_in(mine: Lease) -> None:
        broker = PahoBroker(fleet.config.broker, tls, inbox, utc_now)
        store = Store(database, facts, mine)
        ingest = Ingest(inbox, store, broker, changes.notify, stopwatch, utc_now(), revoked)
        keeper = Keeper(database, today, fleet.config.keeping.years, lambda using: hold(using, mine))
        with closing(broker), KeepingThread(keeper.run, changes.notify):
            broker.start()
            ingest.run()

    def stop_all() -> None:
        web.should_exit = True

    intake = Intake(process, StoredLease(database, process), inbox, take_in, changes.notify)
    with _IntakeThread(intake, inbox, stop_all):
        yield


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """Bound before anything else is done, so that a taken port costs nothing."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen()  # who comes before the web is up waits rather than fails
        except OSError as error:
            raise PortTaken(
                f"Port {port} on {host} cannot be used ({error.strerror}). Choose another one with --port."
            ) from None
        yield listener


@contextmanager
def _stopping(web: WebServer) -> Iterator[None]:
    """Uvicorn raises the signal it was stopped by once more; what it then meets must not end us half-way."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        web.should_exit = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
