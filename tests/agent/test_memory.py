"""A kiosk that lost what it wrote does not pass for a new one, and does not show green."""

import logging
from pathlib import Path

import pytest

from agent.adapters.local_folder import LocalFolder
from agent.adapters.simulated.data_folder import SimulatedFolder
from agent.adapters.simulated.journal import MemoryJournal
from agent.adapters.sqlite_journal import SqliteJournal
from agent.core.memory import Mark
from agent.memory import Memory
from agent.ports.data_folder import DataFolder
from agent.ports.journal import Journal, Start
from agent.wire.messages import Status, decode_record
from agent.wire.records import Opened, Previous
from tests.agent.examples import moment

BOOT = "boot-1"
NEXT_BOOT = "boot-2"


def started(
    folder: DataFolder, journal: Journal, boot: str = BOOT, *, allowed: bool = False
) -> tuple[Memory, Start]:
    memory = Memory(folder=folder, boot_id=boot, allowed=allowed)
    start = journal.start(moment(10), "serial-1", "start", memory.last_start())
    memory.began(start)
    return memory, start


def said(connection: int, boot: str = "another-boot") -> Status:
    return Status(state="lost", boot_id=boot, connection=connection)


def test_start_after_start_remembers_on_a_disk() -> None:
    folder, journal = SimulatedFolder(), MemoryJournal()
    for number in (1, 2, 3):
        memory, start = started(folder, journal, f"boot-{number}")
        assert (memory.why, start.ordinal) == ("", number)
        assert folder.mark() == Mark(start=number, boot_id=f"boot-{number}", epoch=start.epoch)


@pytest.mark.parametrize("kind", ["tmpfs", "ramfs", "overlay"])
def test_a_folder_that_forgets_is_out_of_order_at_every_start(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    folder, journal = SimulatedFolder(kind), MemoryJournal()
    if kind == "overlay":
        folder.kind = "overlay o rw,upperdir=/gone 0"
    for boot in (BOOT, NEXT_BOOT):
        memory, _ = started(folder, journal, boot)
        assert "Switch the overlay off" in memory.why
    assert "OUT OF ORDER" in caplog.text


def test_a_demo_may_work_on_a_folder_that_forgets(caplog: pytest.LogCaptureFixture) -> None:
    memory, _ = started(SimulatedFolder("tmpfs"), MemoryJournal(), allowed=True)
    memory.heard(said(9_000_001))
    assert memory.why == ""
    assert "allow_volatile_data" in caplog.text


def test_a_journal_that_is_gone_is_not_a_new_kiosk(disk_path: Path) -> None:
    path, folder = disk_path / "journal.db", LocalFolder(disk_path)
    for _ in range(3):
        journal = SqliteJournal(path)
        _, before = started(folder, journal)
        journal.close()
    for file in disk_path.glob("journal.db*"):
        file.unlink()
    journal = SqliteJournal(path)
    try:
        memory, start = started(folder, journal)
        assert (start.ordinal, start.lost) == (4, True)  # connections go on above those the fleet knows
        assert "its file was lost" in memory.why
        batch = journal.batch(1, 10_000)
        assert batch is not None
        opened = decode_record(batch.rows[0])
        assert isinstance(opened, Opened)
        assert (opened.previous, opened.why) == ("unknown", "journal lost")
        assert opened.after == Previous(epoch=before.epoch, last_seq=0)  # it had its opening at least
    finally:
        journal.close()


def test_a_restart_of_the_agent_alone_heals_nothing() -> None:
    folder = SimulatedFolder()
    folder.leave(Mark(start=5, boot_id=BOOT))
    journal = MemoryJournal()
    assert started(folder, journal)[0].why
    memory, start = started(folder, journal)
    assert not start.lost
    assert "Switch off and on" in memory.why
    assert started(folder, journal)[0].why


def test_what_outlives_a_power_off_proves_the_disk(caplog: pytest.LogCaptureFixture) -> None:
    folder, journal = SimulatedFolder(), MemoryJournal()
    folder.leave(Mark(start=5, boot_id=BOOT))
    assert started(folder, journal)[0].why
    with caplog.at_level(logging.WARNING):
        assert started(folder, journal, NEXT_BOOT)[0].why == ""
    assert "remembers again" in caplog.text
    assert started(folder, journal, NEXT_BOOT)[0].why == ""


def test_a_fleet_that_heard_of_a_later_start_puts_the_kiosk_out_of_order() -> None:
    folder, journal, told = SimulatedFolder(), MemoryJournal(), list[str]()
    memory, _ = started(folder, journal)
    memory.forgot = lambda: told.append(memory.why)
    memory.heard(said(1_000_001, BOOT))
    memory.heard(said(999_999))
    assert (memory.why, told) == ("", [])
    memory.heard(said(7_000_003))
    memory.heard(said(7_000_004))
    assert len(told) == 1
    assert "connection 7000003" in memory.why
    assert started(folder, journal)[0].why  # it is not forgotten by a restart


def test_a_disk_that_takes_writes_and_drops_them_is_found_out_at_every_boot() -> None:
    # Each boot begins with the same old state; the broker has the status of the boot before.
    for boot in ("boot-2", "boot-3"):
        memory, start = started(SimulatedFolder(), MemoryJournal(), boot)
        assert memory.why == ""
        memory.heard(said(start.ordinal * 1_000_000, f"before-{boot}"))
        assert memory.why


def test_a_mark_that_the_disk_does_not_take_is_told_and_ends_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = SimulatedFolder()
    folder.broken = True
    assert started(folder, MemoryJournal())[0].why == ""
    assert "cannot be left" in caplog.text
