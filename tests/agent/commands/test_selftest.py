"""``kaiku-agent selftest``: a line a part, and the parts that do not work are named."""

import asyncio
import getpass
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest

from agent.adapters.local_folder import LocalFolder
from agent.commands.selftest import PartBrokenError, said_of_clock, selftest
from agent.config import BrokerConfig, ConfigError, KioskConfig, SoundConfig, load
from agent.core.memory import Mark
from agent.core.moment import Moment
from agent.folder_lock import only_user_of
from agent.parts import Options
from agent.simulate import sample_pictures, simulated, stand_alone
from agent.wire.messages import Status, encode
from agent.wire.topics import new_kiosk_id, of_kiosk
from tests.end_to_end.processes import run_module
from tests.players import program
from tests.provisioning.client import connected
from tests.provisioning.mosquitto import free_port, needs_mosquitto, running, tls
from tests.server.kiosk import NOW


def outcome_of(config: KioskConfig, pictures: tuple[Path, ...]) -> tuple[int, dict[str, str]]:
    """How many parts are broken, and the line of each part."""
    lines: list[str] = []
    options = Options(insecure_demo=True, pictures=pictures, say=lines.append)
    broken = asyncio.run(selftest(config, options))
    return broken, {line.split()[1]: line for line in lines if re.match("works|BROKEN", line)}


def test_a_laptop_s_kiosk_works(tmp_path: Path) -> None:
    config = stand_alone(tmp_path)
    broken, lines = outcome_of(config, sample_pictures(tmp_path, NOW.date()))
    assert broken == 0
    assert list(lines) == ["keys", "clock", "disk", "memory", "reading", "camera", "lights"]


def test_a_clock_that_is_not_set_says_what_to_do_without_ntp() -> None:
    now = Moment("a", 1, datetime(2026, 11, 29, tzinfo=UTC), synced=True)
    assert said_of_clock(now, trusted=False) == "2026-11-29 00:00 UTC, synchronised"
    with pytest.raises(PartBrokenError, match=r"without NTP.*: trust_clock = true at the top of kiosk\.toml"):
        said_of_clock(replace(now, synced=False), trusted=False)


def test_each_broken_part_is_named_and_the_others_are_tested(tmp_path: Path) -> None:
    config = stand_alone(tmp_path)
    config.cards.list_key.write_text("no key")
    broken, lines = outcome_of(config, (tmp_path / "absent.png",))
    assert broken == 2
    assert {part for part, line in lines.items() if line.startswith("BROKEN")} == {"keys", "camera"}
    assert "absent.png" in lines["camera"]


def test_a_data_folder_in_memory_is_broken_unless_it_is_allowed_by_name(tmp_path: Path) -> None:
    pictures = sample_pictures(tmp_path, NOW.date())
    with TemporaryDirectory(dir="/dev/shm") as memory:  # tmpfs on every Linux
        config = msgspec.structs.replace(stand_alone(tmp_path), data=Path(memory))
        for allowed, outcome in ((False, "BROKEN"), (True, "works")):
            told = msgspec.structs.replace(config, allow_volatile_data=allowed)
            broken, lines = outcome_of(told, pictures)
            assert (broken, lines["memory"].startswith(outcome)) == (int(not allowed), True)
            assert "tmpfs" in lines["memory"]
            assert allowed or "raspi-config" in lines["memory"]


@pytest.mark.parametrize(("player", "outcome"), [("cat > /dev/null", "works"), ("exit 1", "BROKEN")])
def test_a_loudspeaker_is_tried_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, player: str, outcome: str
) -> None:
    (tmp_path / "bin").mkdir()
    program(tmp_path / "bin" / "aplay", player)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    config = msgspec.structs.replace(stand_alone(tmp_path), sound=SoundConfig(output="alsa", device="hall"))
    _, lines = outcome_of(config, sample_pictures(tmp_path, NOW.date()))
    assert lines["sound"].startswith(outcome)
    told = "hall: two rising notes" if outcome == "works" else "Names of devices: aplay -L"
    assert told in lines["sound"]
    assert "amber fade" not in lines["lights"]
    assert "green steady with amber steady (spot_check)" in lines["lights"]


@needs_mosquitto
def test_what_the_broker_knows_of_later_starts_is_told_and_stays_there(tmp_path: Path) -> None:
    config = kiosk_of_a_fleet(tmp_path)
    assert config.broker is not None
    later = encode(Status(state="lost", boot_id="of-the-old-card", connection=7_000_001))
    pictures = sample_pictures(tmp_path / "kiosk", NOW.date())
    topic = of_kiosk(config.kiosk, "status")
    own = tls(*(tmp_path / "kiosk" / "identity" / name for name in ("ca.crt", "kiosk.crt", "kiosk.key")))
    with running(tmp_path / "broker" / "mosquitto.conf", config.broker.port, tmp_path / "log"):
        with connected(config.broker.port, own) as kiosk:
            kiosk.publish(topic, later, retain=True)
        for _ in range(2):
            _, lines = outcome_of(config, pictures)
            assert "later starts" in lines["broker"]
        LocalFolder(config.data).leave(Mark(start=7, boot_id="boot-1"))
        for _ in range(2):
            _, lines = outcome_of(config, pictures)
            assert lines["broker"].startswith("works"), lines["broker"]


def test_a_kiosk_that_runs_is_left_alone(tmp_path: Path) -> None:
    config = stand_alone(tmp_path)
    with only_user_of(config.data, "agent", ""), pytest.raises(ConfigError, match="runs cannot be tested"):
        outcome_of(config, ())


@needs_mosquitto
@pytest.mark.parametrize("mine", [True, False])
def test_the_broker_part_proves_that_the_certificate_is_this_kiosk_s(tmp_path: Path, mine: bool) -> None:
    config = kiosk_of_a_fleet(tmp_path)
    assert config.broker is not None
    port = config.broker.port
    if not mine:
        config = msgspec.structs.replace(config, kiosk=new_kiosk_id())
    with running(tmp_path / "broker" / "mosquitto.conf", port, tmp_path / "log"):
        _, lines = outcome_of(config, sample_pictures(tmp_path / "kiosk", NOW.date()))
    assert lines["broker"].startswith("works" if mine else "BROKEN"), lines["broker"]
    assert mine or "kiosk.toml and certificate of one" in lines["broker"]


def kiosk_of_a_fleet(folder: Path) -> KioskConfig:
    fleet, port = ("--fleet", folder / "fleet"), str(free_port())
    run_module(
        "provisioning.cli",
        "broker",
        *fleet,
        "--port",
        port,
        "--user",
        getpass.getuser(),
        "--out",
        folder / "broker",
    )
    place = ("--name", "Halli", "--area", "Rovaniemi", "--category", "sport")
    run_module("server.cli", "venues", "add", *fleet, *place)
    run_module("provisioning.cli", "add", *fleet, "--venue", "Halli", "--out", folder / "kiosk")
    return simulated(load(folder / "kiosk" / "kiosk.toml"))


def test_a_broker_without_tls_is_refused_as_by_run(tmp_path: Path) -> None:
    config = msgspec.structs.replace(stand_alone(tmp_path), broker=BrokerConfig(host="127.0.0.1", port=1))
    options = Options(insecure_demo=False, say=(lines := list[str]()).append)
    asyncio.run(selftest(config, options))
    assert any("BROKEN  broker" in line and "mutual TLS" in line for line in lines)
