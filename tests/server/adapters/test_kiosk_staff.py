"""What a kiosk's staff see of its records, and the commands they make, on both databases."""

import re
from datetime import datetime, timedelta

import msgspec
import pytest

from agent.wire.card_code import DEFAULT_PATTERN, CardCode
from agent.wire.commands import Reply, TypeArgs
from agent.wire.key_box import KeyBox
from agent.wire.messages import Info
from agent.wire.records import Scan
from server.adapters.database import Database
from server.adapters.facts import FactWriter
from server.adapters.kiosk_staff import StoredKioskStaff
from server.adapters.store import Store
from server.domain.arrivals import InfoArrived, ReplyArrived
from server.domain.staff import CodeNotSent, NoSuchKiosk
from tests.server.kiosk import KIOSK, NOW, batch, by_hand, correction, open_code, opened, refused, scan
from tests.server.lease import held
from tests.server.stored_fleet import HELSINKI, OTHER, Fleet

ID = "0" * 32
PATTERN = re.compile(DEFAULT_PATTERN)
INFO = Info(
    software="1",
    model="",
    serial="",
    camera="",
    engines=(),
    screen="",
    zone="",
    config_version="",
    cards_revision=0,
    cards_count=0,
    outbox=(),
)


class Desk:
    """The page's side and the ingest's side of one store, with a clock."""

    def __init__(self, database: Database) -> None:
        self.now = NOW
        self.made = 0
        self.store = Store(database, FactWriter(open_code, HELSINKI), held(database), self._now)
        self.staff = StoredKioskStaff(database, HELSINKI, self._now, self._made, pattern=PATTERN)

    def _now(self) -> datetime:
        return self.now

    def _made(self) -> None:
        self.made += 1

    def info(self, **more: object) -> None:
        info = msgspec.structs.replace(INFO, **more)
        self.store.write([InfoArrived(KIOSK, self.now, info, retained=False)])

    def reply(self, number: int, state: str, kiosk: str = KIOSK) -> None:
        command = self.store.open_commands()[number]
        reply = msgspec.convert({"type": "reply/1", "id": command.id, "state": state}, Reply)
        self.store.write([ReplyArrived(kiosk, NOW, reply)])

    def states(self) -> list[str]:
        return [command.state for command in self.staff.of(KIOSK).commands]


@pytest.fixture
def desk(fleet: Fleet) -> Desk:
    desk = Desk(fleet.database)
    fleet.store = desk.store  # the one whose turn it is
    return desk


def spot_check(seq: int) -> Scan:
    return msgspec.structs.replace(scan(seq, at=NOW - timedelta(seconds=30)), marks=("spot_check",))


def test_the_last_outcomes_are_told_with_what_became_of_them(fleet: Fleet, desk: Desk) -> None:
    at = NOW - timedelta(seconds=50)
    fleet.send(
        batch([opened(), refused(1, at=at), by_hand(2, 1, at=NOW - timedelta(seconds=40)), spot_check(3)])
    )
    fleet.send(batch([correction(4, 3, None)]))
    told = desk.staff.of(KIOSK)
    assert (told.name, told.venue_name, told.as_of) == ("Ovi", "Uimahalli", NOW)
    assert [(row.name.seq, row.visit.verdict, row.adopted, row.void, row.marks) for row in told.rows] == [
        (3, "accepted", False, True, ("spot_check",)),
        (2, "by_hand", False, False, ()),
        (1, "ask_staff", True, False, ()),
    ]
    assert "A999123453" not in repr(told)
    assert (told.adoptable, told.undoable) == (None, None)


def test_another_kiosk_s_and_older_ones_are_not(fleet: Fleet, desk: Desk) -> None:
    fleet.send(batch([opened(), refused(1)]), kiosk=OTHER)
    fleet.send(batch([opened(), refused(1, at=NOW - timedelta(days=2))]))
    assert desk.staff.of(KIOSK).rows == ()
    with pytest.raises(NoSuchKiosk):
        desk.staff.of("k-cccccccccc")


def test_a_command_is_open_until_its_kiosk_replies(desk: Desk) -> None:
    desk.staff.command(KIOSK, "resume", b"{}")
    (command,) = desk.store.open_commands()
    assert (command.kiosk, command.name, command.args, desk.made) == (KIOSK, "resume", b"{}", 1)
    assert command.message().id == command.id
    desk.reply(0, "done", kiosk=OTHER)
    desk.reply(0, "running")
    assert desk.states() == ["open"]
    desk.reply(0, "rejected")
    assert (desk.states(), desk.store.open_commands()) == (["rejected"], ())


def test_a_command_ends_by_itself_and_is_not_sent_any_more(desk: Desk) -> None:
    desk.staff.command(KIOSK, "take_back", b"{}")
    desk.staff.command(KIOSK, "pause", b'{"message": ""}')
    desk.now = NOW + timedelta(minutes=1)
    assert [command.name for command in desk.store.open_commands()] == ["pause"]
    assert sorted(desk.states()) == ["expired", "open"]


def test_nobody_commands_a_kiosk_that_nobody_added(desk: Desk) -> None:
    with pytest.raises(NoSuchKiosk):
        desk.staff.command("k-cccccccccc", "resume", b"{}")
    assert (desk.store.open_commands(), desk.made) == ((), 0)


@pytest.mark.parametrize("words", ["A999123453", "Kortti a999 123 453 jäi"])
def test_a_pause_tells_no_card_s_code(desk: Desk, words: str) -> None:
    with pytest.raises(CodeNotSent, match="without it") as refused:
        desk.staff.command(KIOSK, "pause", msgspec.json.encode({"message": words}))
    assert "123" not in str(refused.value)
    assert (desk.store.open_commands(), desk.made) == ((), 0)


@pytest.mark.parametrize("typed", ["A999123453", " a999 123-453\n"])
def test_a_typed_code_goes_to_this_start_of_this_kiosk_alone(desk: Desk, typed: str) -> None:
    with pytest.raises(CodeNotSent, match="Wait until it is connected"):
        desk.staff.type(KIOSK, typed)
    box = KeyBox()
    desk.info(seal_to=box.public)
    assert desk.staff.of(KIOSK).types
    with pytest.raises(CodeNotSent) as refused:
        desk.staff.type(KIOSK, "X99")
    assert "X99" not in str(refused.value)
    desk.staff.type(KIOSK, typed)
    (command,) = desk.store.open_commands()
    assert (command.name, desk.made) == ("type", 1)
    assert b"999123453" not in command.args
    sealed = msgspec.json.decode(command.args, type=TypeArgs).code_sealed
    assert box.open_code(sealed, PATTERN) == CardCode("A999123453")


def test_a_kiosk_says_that_it_is_paused_and_one_of_an_earlier_version_says_nothing(desk: Desk) -> None:
    told = []
    for more in ({"paused": True, "seal_to": KeyBox().public}, {"paused": False}, {"paused": True}, {}):
        desk.info(**more)
        told.append(desk.staff.of(KIOSK).paused)
    assert told == [True, False, True, False]
    assert not desk.staff.of(KIOSK).types
