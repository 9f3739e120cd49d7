"""Keeping, erasing, years and statistics by the command line."""

from pathlib import Path

import pytest

from server.adapters.migrate import open_database
from tests.server.adapters.year_of_visits import a_year
from tests.server.fleet_folder import write_fleet
from tests.server.stored_fleet import Fleet
from tests.server.test_cli_cards import kaiku


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    folder = write_fleet(tmp_path / "fleet")
    with open_database(f"sqlite:///{folder / 'fleet.db'}") as database:
        a_year(Fleet(database))
    return folder


def test_a_dry_run_says_how_many_visits_of_which_year(fleet: Path) -> None:
    """By the clock of this machine; the visits are of 2026."""
    config = fleet / "fleet.toml"
    config.write_text(config.read_text() + "[keeping]\nyears = 10\n")
    assert kaiku(fleet, "keep", "--dry-run").output == "No visit has had its time.\n"
    assert kaiku(fleet, "keep").output == "No visit has had its time.\n"
    listed = kaiku(fleet, "years", "list").output
    assert listed == "2026  17 shown with code  0 with pseudonym  open\n"


def test_a_year_with_codes_is_not_locked_and_the_person_is_asked(fleet: Path) -> None:
    asked = kaiku(fleet, "years", "lock", "2020", said="n\n")
    assert (asked.exit_code, asked.output.startswith("2020 has no visits here. Destroy the key")) == (1, True)
    asked = kaiku(fleet, "years", "lock", "2026", said="n\n")
    assert (asked.exit_code, asked.output.startswith("Destroy the key of 2026")) == (1, True)
    refused = kaiku(fleet, "years", "lock", "2149", "--yes")
    assert (refused.exit_code, "is not over" in refused.output) == (1, True)
    assert "is locked" in kaiku(fleet, "years", "lock", "2020", "--yes", "--force").output
    assert "2020  0 shown with code  0 with pseudonym  locked" in kaiku(fleet, "years", "list").output


def test_the_statistics_are_a_table(fleet: Path) -> None:
    said = kaiku(fleet, "statistics", "--year", "2026").output
    assert "2026, all cards, as of " in said
    assert "issued in the year 5; of these used at least once 5: 100.0%" in said
    assert "used in the year, whenever issued 6: once 1, twice 3, 3-5 times 1, over 5 1" in said
    assert "Seurakunta" in said
    assert "(not in the register)" in said
    there = kaiku(fleet, "statistics", "--year", "2026", "--area", "Rovaniemi").output
    assert "cards of distributors in Rovaniemi, used anywhere" in there
    none = kaiku(fleet, "statistics", "--area", "Oulu")
    assert (none.exit_code, "no such area" in none.output) == (1, True)


def test_a_card_is_erased_when_the_person_says_so_twice(fleet: Path) -> None:
    before = kaiku(fleet, "statistics", "--year", "2026").output.splitlines()[1:]
    no = kaiku(fleet, "cards", "erase", said="A000000009\nn\n")
    assert no.exit_code == 1
    done = kaiku(fleet, "cards", "erase", "--yes", said="A000000009\n")
    assert "0 cards of the person, the code of 2 visits" in done.output
    assert "A000000009" not in done.output
    assert kaiku(fleet, "cards", "erase", "--yes", said="A000000009\n").exit_code == 1
    assert kaiku(fleet, "statistics", "--year", "2026").output.splitlines()[1:] == before
    assert "all totals agree" in kaiku(fleet, "verify").output
