"""What a file of cards brings of names and columns that the register does not know, by the command line."""

from pathlib import Path

import pytest

from tests.server.fleet_folder import write_fleet
from tests.server.test_cli_cards import CODE, HEAD, ROW, counts, kaiku, rows, take


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    return write_fleet(tmp_path / "fleet")


def test_columns_that_were_not_read_and_new_names_are_told(fleet: Path) -> None:
    text = f"{HEAD.replace('status', 'Tilaa')};Huomautus;A999123453\n{ROW};x\n"
    for options in (("--dry-run",), ()):
        said = take(fleet, text, *options)
        assert said.exit_code == 0
        assert "'Tilaa' was not read. If it is status, say so with: --column status=Tilaa" in said.output
        assert "Columns that were not read: 'Huomautus', 'A•••••••53'.\n" in said.output
        assert "  new area 'Rovaniemi': 1 row\n" in said.output
        assert "  new distributor 'Seurakunta' (Rovaniemi): 1 row\n" in said.output
    again = take(fleet, text, "--column", "status=Tilaa").output
    assert "Tilaa" not in again
    assert "new" not in again.replace("0 new", "")


def test_codes_become_no_names_and_are_in_no_file_name(fleet: Path) -> None:
    text = f"{HEAD};x\n{ROW};{CODE}\n".replace("Seurakunta;Rovaniemi", ";")
    file = fleet / f"kortti {CODE.lower()}.csv"
    file.write_text(text)
    given = ("--column", "distributor=x", "--area", "Tornio", "--kind", "personal")
    said = kaiku(fleet, "cards", "import", str(file), *given)
    assert (said.exit_code, "row 2: distributor has the form of a card's code" in said.output) == (1, True)
    file.write_text(rows(1))
    outputs = [said.output, kaiku(fleet, "cards", "import", str(file)).output]
    file.write_text("")
    outputs += [kaiku(fleet, "cards", "import", str(file)).output, kaiku(fleet, "cards", "imports").output]
    assert "kortti a•••••••53.csv" in outputs[-1]
    assert not [output for output in outputs if CODE in output.upper()]


@pytest.mark.parametrize("written", ["Pa\u0308iva\u0308keskus Ilo", "Päiväkeskus  Ilo", "Päiväkeskus\xa0Ilo"])
def test_a_distributor_that_looks_the_same_is_the_same(fleet: Path, written: str) -> None:
    file = f"{HEAD}\n{ROW}\n"
    assert (
        counts(take(fleet, file.replace("Seurakunta", "Päiväkeskus Ilo"))) == "1 new, 0 changed, 0 unchanged"
    )
    assert counts(take(fleet, file.replace("Seurakunta", written))) == "0 new, 0 changed, 1 unchanged"


def test_of_two_headings_for_a_column_one_is_chosen(fleet: Path) -> None:
    text = f"code;kind;distributor;Alue;Kunta;issued_on\n{CODE};personal;S;Lappi;Kemi;1.1.2026"
    assert counts(take(fleet, text, "--column", "area=Kunta")) == "1 new, 0 changed, 0 unchanged"
    assert "Kemi" in kaiku(fleet, "cards", "show", said=f"{CODE}\n").output
