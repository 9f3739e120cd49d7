"""The short form: a journal whose process loses power at random points keeps every scan that showed green."""

import json
import random
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from agent.adapters.sqlite_journal import SqliteJournal
from agent.wire.messages import Receipt
from tests.agent.examples import GENERATION, moment
from tests.torture.power_cut import KILLED, build, environment, needs_cc

CUTS = 25
CALLS = 400
"""A cut falls into the first so many changes and syncs of a run."""

pytestmark = needs_cc


@dataclass
class Device:
    """A journal on a disk, and what its lights promised."""

    library: Path
    folder: Path
    green: set[tuple[str, int]] = field(default_factory=set)
    careless: bool = False

    @property
    def path(self) -> Path:
        return self.folder / "journal.db"

    def run_until_cut(self, seed: int) -> int:
        chance = random.Random(seed)  # noqa: S311  (no secret)
        keep = chance.choice([0, 50, 90])
        env = environment(
            self.library, self.folder, seed=seed, at=chance.randrange(1, CALLS), keep_percent=keep
        )
        arguments = [str(self.path), str(seed), *(["careless"] if self.careless else [])]
        done = subprocess.run(
            [sys.executable, "-m", "tests.torture.journal_child", *arguments],
            env={"PATH": "/usr/bin:/bin", **env},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode in (0, KILLED), done.stderr
        for line in done.stdout.splitlines():
            epoch, seq = line.split()
            self.green.add((epoch, int(seq)))
        return done.returncode

    def kept(self) -> dict[tuple[str, int], dict[str, object]]:
        """All records, as the outbox sends them; their names are in order and without a gap."""
        journal = SqliteJournal(self.path)
        last = journal.start(moment(1), "serial-1", "end")
        if last.open:
            journal.settle(last.open.ref)
        rows: dict[tuple[str, int], dict[str, object]] = {}
        while batch := journal.batch(100, 96 * 1024):
            for at, row in enumerate(batch.rows):
                rows[batch.epoch, batch.first + at] = json.loads(row)
            journal.receipt(Receipt(generation=GENERATION, epoch=batch.epoch, upto=batch.last))
        journal.close()
        return rows


@pytest.fixture
def device(tmp_path: Path) -> Device:
    folder = tmp_path / "data"
    folder.mkdir()
    return Device(build(tmp_path), folder)


def test_every_scan_that_showed_green_survives_the_power_cuts_and_the_chain_is_whole(device: Device) -> None:
    codes = [device.run_until_cut(seed) for seed in range(CUTS)]
    assert codes.count(KILLED) > CUTS // 2
    kept = device.kept()
    assert device.green <= kept.keys()
    assert not list(device.folder.glob("*.damaged-*"))
    unknown = 0
    for (epoch, seq), row in kept.items():
        assert seq == 0 or (epoch, seq - 1) in kept
        if row["type"] != "opened/1":
            continue
        previous = row["previous"]
        if previous == "unknown":
            unknown += 1
            continue
        assert isinstance(previous, dict)
        assert (previous["epoch"], previous["last_seq"]) in kept
        assert (previous["epoch"], previous["last_seq"] + 1) not in kept
    assert unknown == 1  # the first start of all
    assert len(device.green) > CUTS


def test_the_cut_bites_a_journal_that_does_not_sync_loses_what_showed_green(device: Device) -> None:
    device.careless = True
    for seed in range(CUTS):
        device.run_until_cut(seed)
        if device.path.exists() and not _all_there(device):
            return
    pytest.fail("nothing was lost without synchronous=FULL: the cut does not bite")


def _all_there(device: Device) -> bool:
    try:
        return device.green <= device.kept().keys() and not list(device.folder.glob("*.damaged-*"))
    except Exception:  # noqa: BLE001  (a file so torn that nothing can be read lost them, too)
        return False
