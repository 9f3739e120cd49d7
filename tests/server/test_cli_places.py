"""Areas and venues by the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import main
from tests.server.fleet_folder import write_fleet


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    return write_fleet(tmp_path / "fleet")


def kaiku(fleet: Path, *arguments: str) -> Result:
    environment = {"KAIKU_FLEET": str(fleet), "DATABASE_URL": ""}
    return CliRunner().invoke(main, arguments, env=environment, catch_exceptions=False)


def test_an_area_s_trial_is_set_listed_and_ended(fleet: Path) -> None:
    assert "No areas yet" in kaiku(fleet, "areas", "list").output
    said = kaiku(fleet, "areas", "set", "Tornio", "--trial-ends", "31.12.2026").output
    assert said.startswith("New area Tornio: a trial until 2026-12-31.")
    assert kaiku(fleet, "areas", "list").output == "Tornio  trial until 2026-12-31\n"
    assert kaiku(fleet, "areas", "set", "Tornio", "--trial-ends", "none").output.startswith(
        "Tornio: no trial"
    )
    assert kaiku(fleet, "areas", "list").output == "Tornio\n"


@pytest.mark.parametrize("day", ["tomorrow", "1999-01-01", "31.2.2026"])
def test_a_trial_ends_on_a_day(fleet: Path, day: str) -> None:
    result = kaiku(fleet, "areas", "set", "Tornio", "--trial-ends", day)
    assert (result.exit_code, "is no day such as" in result.output) == (1, True)
    assert "No areas yet" in kaiku(fleet, "areas", "list").output


def test_an_area_has_a_name(fleet: Path) -> None:
    assert kaiku(fleet, "areas", "set", "", "--trial-ends", "none").exit_code == 1
