"""The units are what systemd understands, word for word, and give away as little as they can."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import provisioning
from agent.config import ScreenConfig

UNITS = Path(provisioning.__file__).parent / "systemd"
NAMES = ["kaiku-agent.service", "kaiku-server.service"]
SCREEN = "kaiku-screen.service"

needs_systemd_analyze = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


def entries(name: str) -> list[tuple[str, str]]:
    lines = (UNITS / name).read_text().splitlines()
    return [
        (key, value) for key, sep, value in (line.partition("=") for line in lines) if sep and key[0] != "#"
    ]


def installed(name: str, folder: Path) -> Path:
    """The unit with a program that is there: systemd looks for the one in ExecStart."""
    text = (UNITS / name).read_text()
    programs = {value.split()[0] for key, value in entries(name) if key == "ExecStart"}
    for program in programs:
        text = text.replace(f"{program} ", f"{sys.executable} ")
    unit = folder / name
    unit.write_text(text)
    return unit


@needs_systemd_analyze
@pytest.mark.parametrize("name", [*NAMES, SCREEN])
def test_systemd_has_nothing_to_say_about_the_unit(name: str, tmp_path: Path) -> None:
    """It ends with 0 on a key that it does not know, so any word about our file counts."""
    unit = installed(name, tmp_path)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    ours = [line for line in (done.stdout + done.stderr).splitlines() if name in line]
    assert (ours, done.returncode) == ([], 0)


@needs_systemd_analyze
def test_a_misspelt_key_would_be_noticed(tmp_path: Path) -> None:
    unit = installed(NAMES[0], tmp_path)
    unit.write_text(unit.read_text().replace("WatchdogSec=", "WatchDogSec="))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    assert "WatchDogSec" in done.stderr


@needs_systemd_analyze
@pytest.mark.parametrize("name", NAMES)
def test_systemd_judges_the_unit_as_well_shielded(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=30", str(installed(name, tmp_path))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-400:]


def test_the_kiosk_is_watched_and_always_started_again() -> None:
    unit = dict(entries("kaiku-agent.service"))
    wanted = {
        "Type": "notify",
        "WatchdogSec": "30",
        "Restart": "always",
        "RestartSec": "1",
        "StartLimitIntervalSec": "0",
        "ProtectSystem": "strict",
        "StateDirectory": "kaiku",
    }
    assert {key: unit[key] for key in wanted} == wanted
    assert "PrivateDevices" not in unit


def test_each_unit_starts_a_command_of_ours() -> None:
    starts = [value for name in NAMES for key, value in entries(name) if key == "ExecStart"]
    assert [start.split()[0].rsplit("/", 1)[1] for start in starts] == ["kaiku-agent", "kaiku-server"]


def test_the_kiosk_may_ask_whether_its_clock_is_synchronised() -> None:
    """Refused adjtimex reads as "not synchronised", and then no card's last day would ever be looked at."""
    unit = dict(entries("kaiku-agent.service"))
    assert "ProtectClock" not in unit
    assert {"adjtimex", "clock_adjtime"} <= set(unit["SystemCallFilter"].split())
    assert unit["CapabilityBoundingSet"] == ""


def test_lgpio_has_a_folder_that_it_may_write_to() -> None:
    unit = dict(entries("kaiku-agent.service"))
    assert unit["Environment"] == f"LG_WD=/run/{unit['RuntimeDirectory']}"
    assert unit["WorkingDirectory"] == f"/var/lib/{unit['StateDirectory']}"


def test_the_screen_waits_for_the_page_and_is_started_again_before_and_without_harm_to_the_agent() -> None:
    unit, agent = dict(entries(SCREEN)), dict(entries("kaiku-agent.service"))
    page = f"http://127.0.0.1:{ScreenConfig().port}/"
    assert unit["ExecStart"].endswith(page)
    assert f"/dev/tcp/127.0.0.1/{ScreenConfig().port}" in unit["ExecStartPre"]
    assert (unit["Restart"], unit["StartLimitIntervalSec"]) == ("always", "0")
    assert unit["User"] != agent["User"]
    assert int(unit["OOMScoreAdjust"]) > int(agent["OOMScoreAdjust"])
