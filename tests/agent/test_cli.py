"""``kaiku-agent`` as a person types it: what it prints, its exit codes, and what it says of bad input."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from agent.adapters.simulated.card_picture import card_picture
from agent.cli import main
from agent.pin import is_pin
from tests.end_to_end.processes import Program


def said(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_a_laptop_without_anything_is_a_kiosk(tmp_path: Path) -> None:
    agent = Program.of_module(
        "agent.cli", "run", "--simulate", "--data", tmp_path / "kiosk", log=tmp_path / "log"
    )
    agent.start()
    try:
        agent.wait_for_line("light accepted", 2)
        assert (tmp_path / "kiosk" / "journal.db").exists()
        assert (
            "kaiku-agent staff-pin"
            in httpx.get(f"{agent.wait_for_line('screen ').removeprefix('screen ')}staff").text
        )
    finally:
        assert agent.stop() == 0
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_a_damaged_journal_is_set_aside_and_the_kiosk_goes_on(tmp_path: Path) -> None:
    (tmp_path / "kiosk").mkdir()
    (tmp_path / "kiosk" / "journal.db").write_text("damaged " * 1000)
    agent = Program.of_module(
        "agent.cli", "run", "--simulate", "--data", tmp_path / "kiosk", log=tmp_path / "log"
    )
    agent.start()
    try:
        agent.wait_for_line("light accepted")
    finally:
        assert agent.stop() == 0
    assert "journal.db is damaged" in (tmp_path / "log").read_text()
    assert (tmp_path / "kiosk" / "journal.db.damaged-1").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run",), "--config FILE"),
        (("run", "--config", "absent.toml"), "absent.toml does not exist"),
        (("run", "--config", "absent.toml", "picture.png"), "Pictures are for --simulate only"),
        (("run", "--simulate", "--config", "absent.toml"), "absent.toml does not exist"),
        (("run", "--simulate", "--data", "/proc/kiosk"), "cannot be written to"),
        (("run", "--simulate", "absent.png"), "absent.png does not exist"),
        (("selftest",), "--config FILE"),
        (("decode",), "IMAGES"),
        (("cards", "sample"), "--out"),
    ],
)
def test_bad_input_is_a_sentence_and_an_exit_code(arguments: tuple[str, ...], says: str) -> None:
    done = said(*arguments)
    assert done.exit_code != 0
    assert says in done.output
    assert "Traceback" not in done.output


def test_decode_ends_well_where_nothing_is_read_and_badly_where_a_file_is_none(tmp_path: Path) -> None:
    card_picture("A999123453").save(picture := tmp_path / "card.png")
    assert said("decode", picture).output.count('"text"') == 2
    assert said("decode", picture, tmp_path / "none.png").exit_code == 1


def test_a_missing_part_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "PIL.py").write_text("raise ModuleNotFoundError('no', name='PIL')")
    done = subprocess.run(
        [sys.executable, "-m", "agent.cli", "decode", "x.png"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "PIL is missing" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("found", [None, "/dev/null"])
def test_without_a_libzbar_that_loads_it_decodes_and_says_so(tmp_path: Path, found: str | None) -> None:
    """A loader that finds no library, or one that is broken, plays it."""
    (tmp_path / "sitecustomize.py").write_text(
        f"import ctypes.util\nctypes.util.find_library = lambda name: {found!r}\n"
    )
    card_picture("A999123453").save(picture := tmp_path / "card.png")
    done = subprocess.run(
        [sys.executable, "-m", "agent.cli", "decode", str(picture)],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.count('"text"')) == (0, 2)
    assert "libzbar" in done.stderr


def test_a_pin_is_asked_for_twice_and_said_as_a_line_of_the_file() -> None:
    done = CliRunner().invoke(main, ["staff-pin"], input="4711\n4711\n")
    assert done.exit_code == 0
    pin = tomllib.loads("[staff]" + done.output.split("[staff]")[1])["staff"]["pin"]
    assert is_pin("4711", pin)
    assert "4711" not in done.output


def test_what_is_no_pin_is_one_sentence() -> None:
    done = CliRunner().invoke(main, ["staff-pin"], input="12\n12\n")
    assert done.exit_code == 1
    assert "4 to 12 digits" in done.output
    assert "Traceback" not in done.output
