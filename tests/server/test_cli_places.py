"""Areas and venues by the command line."""

import re
from datetime import UTC, datetime, timedelta
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


def test_a_trial_that_ends_later_takes_its_cards_along_once_it_was_looked_at(fleet: Path) -> None:
    issued = datetime.now(UTC).date()  # as the command's clock says it
    ends = issued + timedelta(days=180)
    kaiku(fleet, "areas", "set", "Tornio", "--trial-ends", f"{ends}")
    head = "code;kind;distributor;area;issued_on;valid_until\n"
    row = f"A00000000{{}};personal;S;Tornio;{issued};{{}}\n"
    text = head + row.format(1, "") + row.format(2, "") + row.format(3, f"{issued + timedelta(days=120)}")
    take(fleet, "cards", text)
    asked = ("areas", "set", "TORNIO", "--trial-ends", "none")
    said = kaiku(fleet, *asked, "--dry-run").output
    assert said == (
        "Tornio: no trial. 2 cards would get a later last day. 1 keep the last day that was given for them.\n"
        "Nothing was written.\n"
    )
    assert kaiku(fleet, "areas", "list").output == f"Tornio  trial until {ends}\n"
    assert "Tornio: no trial. 2 cards got a later last day." in kaiku(fleet, *asked).output
    before = f"{issued - timedelta(days=1)}"
    earlier = kaiku(fleet, "areas", "set", "Tornio", "--trial-ends", before).output
    assert "2 were issued or renewed after that end and keep theirs." in earlier


@pytest.mark.parametrize("day", ["tomorrow", "1999-01-01", "31.2.2026"])
def test_a_trial_ends_on_a_day(fleet: Path, day: str) -> None:
    result = kaiku(fleet, "areas", "set", "Tornio", "--trial-ends", day)
    assert (result.exit_code, "is no day such as" in result.output) == (1, True)
    assert "No areas yet" in kaiku(fleet, "areas", "list").output


def test_an_area_has_a_name(fleet: Path) -> None:
    assert kaiku(fleet, "areas", "set", "", "--trial-ends", "none").exit_code == 1


def take(fleet: Path, what: str, text: str, *options: str) -> Result:
    file = fleet / "places.csv"
    file.write_text(text)
    return kaiku(fleet, what, "import", str(file), *options)


def told(done: Result) -> str:
    """Without how to take it back."""
    return re.sub(r" Undo with: kaiku-server \w+ undo \d+", "", done.output)


VENUES = """Kohde;Alue;Kategoria
Uimahalli;Rovaniemi;liikunta
Taidemuseo;Rovaniemi;Kulttuuri
Kansalaisopisto;Tornio;koulutus
日本;Tornio;tiede
中国;Tornio;tiede
"""


def test_venues_are_imported_told_before_and_changed_by_name(fleet: Path) -> None:
    said = take(fleet, "venues", VENUES, "--dry-run")
    assert (said.exit_code, said.output.startswith("5 rows: 5 new, 0 changed, 0 unchanged.")) == (0, True)
    done = "5 new, 0 changed, 0 unchanged.\n  new area 'Rovaniemi': 2 rows\n  new area 'Tornio': 3 rows\n"
    assert told(take(fleet, "venues", VENUES)) == done
    assert told(take(fleet, "venues", VENUES)) == "0 new, 0 changed, 5 unchanged.\n"
    moved = "name,area,category,time_zone\nTaidemuseo,Rovaniemi,science,Europe/Stockholm\n"
    said = take(fleet, "venues", moved, "--dry-run")
    assert "category changes on 1\n  time_zone changes on 1\n" in said.output
    assert "1 venue of these areas is not in the file; it stays as it is." in said.output
    assert take(fleet, "venues", moved).output.startswith("0 new, 1 changed, 0 unchanged.")
    assert (
        kaiku(fleet, "venues", "add", "--name", "日本", "--area", "X", "--category", "sport").exit_code == 1
    )


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("Uimahalli;Rovaniemi;vip", "row 3: category is none of culture, education, science, sport"),
        ("---;Rovaniemi;tiede", "row 3: name must hold a letter or a digit"),
        ("Teatteri;Rovaniemi;kulttuuri", "row 3: has the name of row 2"),
        ("Teatteri!;Rovaniemi;kulttuuri", "row 3: name is too like that of another venue"),
        (";Rovaniemi;tiede", "row 3: name is empty"),
    ],
)
def test_a_venue_that_cannot_be_is_an_error_by_row(fleet: Path, row: str, says: str) -> None:
    for options in ((), ("--dry-run",)):
        said = take(fleet, "venues", f"kohde;alue;kategoria\nTeatteri;Rovaniemi;kulttuuri\n{row}\n", *options)
        assert (said.exit_code, says in said.output) == (1, True), said.output
    assert take(fleet, "venues", VENUES).output.startswith("5 new")


def test_all_that_is_wrong_with_a_venue_is_told(fleet: Path) -> None:
    said = take(fleet, "venues", "name;area;category;time_zone\n---;;spa;Mars\n").output
    for words in (
        "name must hold a letter",
        "area is empty",
        "category is none of",
        "time_zone is no time zone",
    ):
        assert f"row 2: {words}" in said
    assert "1 of 1 rows" in said


def test_places_are_listed(fleet: Path) -> None:
    assert "No venues yet" in kaiku(fleet, "venues", "list").output
    assert "No distributors yet" in kaiku(fleet, "distributors", "list").output
    take(fleet, "venues", VENUES)
    take(fleet, "distributors", "name;area\nSeurakunta;Tornio\nVammaispalvelut;Rovaniemi\n")
    listed = kaiku(fleet, "venues", "list").output
    assert "v-uimahalli  Uimahalli  Rovaniemi  sport  Europe/Helsinki\n" in listed
    assert len(listed.splitlines()) == 5
    assert kaiku(fleet, "distributors", "list").output == "Vammaispalvelut  Rovaniemi\nSeurakunta  Tornio\n"


def test_a_file_without_zones_leaves_a_venue_its_own(fleet: Path) -> None:
    stockholm = "name,area,category,time_zone\nHaaparanta,Tornio,sport,Europe/Stockholm\n"
    assert told(take(fleet, "venues", stockholm)).startswith("1 new, 0 changed, 0 unchanged.\n")
    for text in ("kohde;alue;kategoria\nHaaparanta;Tornio;liikunta\n", stockholm):
        assert told(take(fleet, "venues", text)) == "0 new, 0 changed, 1 unchanged.\n"


def test_a_code_is_the_name_of_no_place_and_in_no_name_of_a_file(fleet: Path) -> None:
    code = "A999123453"
    for what, text in (
        ("venues", f"name;area;category\n{code};R;sport\n"),
        ("distributors", f"name;area\nS;{code}\n"),
    ):
        said = take(fleet, what, text)
        assert (said.exit_code, "has the form of a card's code" in said.output) == (1, True)
        assert code not in said.output
        file = fleet / f"{code}.csv"
        file.write_text("name;area;category\nUimahalli;R;sport\n")
        kaiku(fleet, what, "import", str(file))
        assert "A•••••••53.csv" in kaiku(fleet, what, "imports").output


def test_a_zone_that_is_none_is_an_error_by_row(fleet: Path) -> None:
    said = take(fleet, "venues", "name;area;category;time_zone\nTeatteri;R;sport;Mars/Base\n")
    assert (said.exit_code, "row 2: time_zone is no time zone" in said.output) == (1, True)


def test_distributors_are_imported_and_told_before(fleet: Path) -> None:
    text = "Jakaja;Alue\nSeurakunta;Rovaniemi\nSeurakunta;Tornio\n"
    assert take(fleet, "distributors", text, "--dry-run").output.startswith("2 rows: 2 new")
    done = "2 new, 0 changed, 0 unchanged.\n  new area 'Rovaniemi': 1 row\n  new area 'Tornio': 1 row\n"
    assert told(take(fleet, "distributors", text)) == done
    said = take(fleet, "distributors", text + "Mielitiimi;Rovaniemi\n")
    assert told(said) == "1 new, 0 changed, 2 unchanged.\n"
    assert "row 4: has the name" in take(fleet, "distributors", text + "Seurakunta;Tornio\n").output
    bare = take(fleet, "distributors", "Jakaja\nUusi\n", "--area", "Kemi")
    assert told(bare).startswith("1 new, 0 changed, 0 unchanged.\n")


def test_imports_of_venues_and_distributors_are_remembered(fleet: Path) -> None:
    file = fleet / "places.csv"
    for what, text in (
        ("venues", "name;area;category\nUimahalli;Rovaniemi;sport\n"),
        ("distributors", "name;area\nSeurakunta;Rovaniemi\n"),
    ):
        file.write_text(text)
        assert kaiku(fleet, what, "imports").output == "No imports yet.\n"
        kaiku(fleet, what, "import", str(file), "--dry-run")
        assert kaiku(fleet, what, "imports").output == "No imports yet.\n"
        kaiku(fleet, what, "import", str(file))
        listed = kaiku(fleet, what, "imports").output
        assert re.fullmatch(
            r"\d  \S+Z  cli  places.csv  [0-9a-f]{12}  1 new, 0 changed, 0 unchanged\n", listed
        )


def test_a_name_given_by_hand_holds_no_code(fleet: Path) -> None:
    given = {"--name": "Teatteri", "--area": "Tornio", "--category": "culture"}
    for option, name in (("--name", "A000000002 Teatteri"), ("--area", "a000-000-002")):
        words = [word for pair in (given | {option: name}).items() for word in pair]
        said = kaiku(fleet, "venues", "add", *words)
        assert (said.exit_code, "must not hold a card's code" in said.output) == (1, True)
        assert name not in said.output
    assert kaiku(fleet, "areas", "set", "A 000 000 002", "--trial-ends", "none").exit_code == 1
    assert "No venues yet" in kaiku(fleet, "venues", "list").output


def test_a_folder_of_zones_is_no_zone(fleet: Path) -> None:
    rows = "".join(f"Teatteri {zone};R;sport;{zone}\n" for zone in ("Europe", "localtime", "Factory"))
    said = take(fleet, "venues", f"name;area;category;time_zone\n{rows}")
    assert (said.exit_code, said.output.count("time_zone is no time zone")) == (1, 3)
    given = ("--name", "Teatteri", "--area", "Tornio", "--category", "culture", "--zone", "Europe")
    said = kaiku(fleet, "venues", "add", *given)
    assert said.output == "Error: --zone is no time zone such as Europe/Helsinki.\n"


def test_an_import_of_places_is_taken_back_by_its_number(fleet: Path) -> None:
    said = take(fleet, "venues", VENUES).output
    assert "Undo with: kaiku-server venues undo 1" in said
    assert "distributors undo 2" in take(fleet, "distributors", "jakaja;alue\nSeurakunta;Tornio\n").output
    assert kaiku(fleet, "venues", "undo", "1").output == "5 venues are what they were before import 1.\n"
    assert "  undone 20" in kaiku(fleet, "venues", "imports").output
    again = kaiku(fleet, "venues", "undo", "1")
    assert (again.exit_code, "was undone already" in again.output) == (1, True)
    assert "1 distributor is what it was before" in kaiku(fleet, "distributors", "undo", "2").output
    assert "No venues yet" in kaiku(fleet, "venues", "list").output
    assert "No areas yet" in kaiku(fleet, "areas", "list").output
