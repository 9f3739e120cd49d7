"""Cards by the command line: files as they come, what they would do, what they did, and back."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import main
from server.commands.import_words import done_line, matched_words
from server.domain.matching import Matched
from server.domain.outcome import Outcome
from tests.server.fleet_folder import write_fleet

HEAD = "code;kind;distributor;area;issued_on;valid_until;max_children;status"
CODE = "A999123453"
ROW = f"{CODE};personal;Seurakunta;Rovaniemi;2026-11-24;;2;active"


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    return write_fleet(tmp_path / "fleet")


def kaiku(fleet: Path, *arguments: str, said: str | None = None) -> Result:
    environment = {"KAIKU_FLEET": str(fleet), "DATABASE_URL": ""}
    return CliRunner().invoke(main, arguments, env=environment, input=said, catch_exceptions=False)


def take(fleet: Path, text: str | bytes, *options: str) -> Result:
    file = fleet / "cards.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return kaiku(fleet, "cards", "import", str(file), *options)


def counts(result: Result) -> str:
    assert result.exit_code == 0, result.output
    found = re.search(r"\d+ new, .* unchanged", result.output)
    assert found, result.output
    return found[0]


def rows(*numbers: int, status: str = "") -> str:
    lines = [f"A{number:09};personal;Seurakunta;Rovaniemi;2026-01-01;;;{status}" for number in numbers]
    return "\n".join([HEAD, *lines])


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}\n{ROW}\n".encode(),
        f"{HEAD}\r\n{ROW}\r\n".encode("utf-8-sig"),
        f"{HEAD}\n{ROW}\n".replace(";", ",").encode(),
        f"{HEAD}\n{ROW}\n".replace("Seurakunta", "Työväenyhdistys").encode("cp1252"),
        f'{HEAD}\n"{CODE}";personal;"A; B";Rovaniemi;24.11.2026;;;\n\n'.encode(),
    ],
)
def test_files_as_they_come_are_imported(fleet: Path, text: bytes) -> None:
    assert counts(take(fleet, text)) == "1 new, 0 changed, 0 unchanged"
    assert counts(take(fleet, text)) == "0 new, 0 changed, 1 unchanged"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("\n \n;;\n", "is empty"),
        (HEAD, "holds no rows"),
        ("a;b;c\n1;2;3", "no row of headings"),
        ("Numero|Kuka\n1|2", "; or , or tabs between them"),
        ("Numero;Kuka\n1;2", "if they have other headings, say so, each as with --column code=HEADING"),
        ("code;kind\n1;2", "lack distributor, area, issued_on"),
        (
            f"code;kind;distributor;Alue;Kunta;issued_on\n{CODE};personal;S;R;R;1.1.2026",
            "name area twice, as Alue, Kunta; say which one it is with --column area=HEADING",
        ),
        (f"{HEAD}\n{ROW}\n{ROW.replace('personal', 'vip')}", "row 3: kind is none of"),
        (f"{HEAD}\n{ROW}\n\n{ROW}", "row 4: has the code of row 2"),
        (f"{HEAD}\n{CODE};personal", "row 2: distributor is empty"),
        (f"{HEAD}\n" + f"{ROW.replace('A9', 'X')}\n" * 30, "and 10 more"),
        (b"\xfe\x81\x8d", "neither UTF-8 nor Windows-1252"),
        (f"{HEAD}\n{ROW}".encode("utf-16-le"), "NUL"),
        (f'{HEAD}\n{ROW}\n"{"x" * 200_000}', "row 3 is no CSV"),
        (f'{HEAD}\n{ROW}\n"open', "row 3 is no CSV"),
        (f'{HEAD}\n{ROW}\n"open' + f"\n{ROW}" * 4_000, "row 3 is no CSV (an open quotation mark?)"),
        (f"{HEAD}\n{ROW}\n{'x' * 200_000}", "row 3 has a cell of more than 131,072 characters. Shorten it"),
        (f'{HEAD}\n"{"x y " * 50_000}"\n{ROW}', "row 2 has a cell of more than 131,072 characters"),
        (f'{HEAD}\n"' + "line\n" * 40_000 + f'"\n{ROW}', "row 2 has a cell of more than 131,072 characters"),
        (
            f"{HEAD}\n{CODE};vip;S;R;soon",
            "\n  row 2: kind is none of",
        ),
        (f"{HEAD}\n{CODE};vip;S;R;soon", "\n  row 2: issued_on is no date"),
        (b"PK\x03\x04 and nothing more", "no whole XLSX file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "of the old kind"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why_without_a_code_and_changes_nothing(
    fleet: Path, text: str | bytes, says: str
) -> None:
    for options in ((), ("--dry-run",)):
        result = take(fleet, text, *options)
        assert result.exit_code == 1
        assert says in result.output
        assert CODE not in result.output
    assert counts(take(fleet, f"{HEAD}\n{ROW}")) == "1 new, 0 changed, 0 unchanged"


def test_a_dry_run_says_what_would_change_and_writes_nothing(fleet: Path) -> None:
    take(fleet, rows(1, 2, 3, 4))
    changed = rows(1, 2, status="blocked") + "\nA000000009;personal;Seurakunta;Rovaniemi;2026-01-01;;;\n;;;"
    for _ in range(2):
        said = take(fleet, f"{changed}x;", "--dry-run")
        assert said.exit_code == 1
        assert "4 rows: 1 new, 2 changed, 0 unchanged." in said.output
        assert "status changes on 2" in said.output
        assert "2 cards of these distributors are not in the file; they stay as they are." in said.output
        assert "  Seurakunta (Rovaniemi): 2\n    A•••••••0" in said.output
        assert "row 5: code is empty" in said.output
        assert said.output.endswith("Nothing was written.\n")
    assert take(fleet, rows(1), "--dry-run", "--gone", "withdraw").output.startswith(
        "1 row: 0 new, 0 changed, 1 unchanged, 3 withdrawn.\n"
        "3 cards of these distributors are not in the file; they would be withdrawn.\n"
    )


def test_who_is_in_the_file_no_more_is_withdrawn_where_that_is_asked_for(fleet: Path) -> None:
    take(fleet, rows(1, 2, 3))
    assert "2 cards of these distributors are not in the file" in take(fleet, rows(1)).output
    refused = take(fleet, rows(1), "--gone", "withdraw")
    assert (refused.exit_code, "lacks 2 of the 3 cards of Seurakunta" in refused.output) == (1, True)
    said = take(fleet, rows(1), "--gone", "withdraw", "--dry-run").output
    assert "Warning: Seurakunta (Rovaniemi) has 3 cards in use and the file lacks 2." in said
    assert "2 withdrawn" in take(fleet, rows(1), "--gone", "withdraw", "--withdraw-most").output
    assert "not in the file" not in take(fleet, rows(1)).output


def test_what_was_shut_at_the_desk_stays_so_unless_the_list_is_to_open_it(fleet: Path) -> None:
    take(fleet, rows(1, 2))
    kaiku(fleet, "cards", "block", said="A000000001\n")
    stays = "1 row calls a card valid that was blocked or withdrawn here; it stays shut. To open it: --reopen"
    for options in (("--dry-run",), ()):
        said = take(fleet, rows(1, 2, status="active"), *options).output
        assert (stays in said, "0 changed" in said) == (True, True)
    assert "0 withdrawn, 1 kept shut" in kaiku(fleet, "cards", "imports").output
    said = take(fleet, rows(1, 2, status="active"), "--reopen").output
    assert ("1 changed" in said, "that is done, as was asked for." in said) == (True, True)


def test_a_card_given_for_a_lost_one_is_left_alone_and_a_withdrawn_one_comes_back(fleet: Path) -> None:
    take(fleet, rows(1, 2))
    kaiku(fleet, "cards", "replace", said="A000000001\nA000000009\n")
    for options in (("--dry-run",), ()):
        said = take(fleet, rows(1), "--gone", "withdraw", *options).output
        assert "1 withdrawn" in said
        assert "1 more are not in the file and were issued, renewed, replaced or reinstated since" in said
    refused = kaiku(fleet, "cards", "renew", said="A000000002\n")
    assert (refused.exit_code, "withdrawn. Reinstate it first" in refused.output) == (1, True)
    assert "A•••••••02: active," in kaiku(fleet, "cards", "reinstate", said="A000000002\n").output
    again = kaiku(fleet, "cards", "reinstate", said="A000000002\n")
    assert (again.exit_code, "was not withdrawn" in again.output) == (1, True)


def test_imports_are_listed_and_undone_once(fleet: Path) -> None:
    assert kaiku(fleet, "cards", "imports").output == "No imports yet.\n"
    said = take(fleet, rows(1, 2))
    assert "Undo with: kaiku-server cards undo 1\n" in said.output
    listed = kaiku(fleet, "cards", "imports").output
    assert re.match(r"1  \S+Z  cli  cards.csv  [0-9a-f]{12}  2 new, 0 changed, 0 withdrawn\n", listed)
    assert kaiku(fleet, "cards", "undo", "1").output == "2 cards are what they were before import 1.\n"
    assert "undone 20" in kaiku(fleet, "cards", "imports").output
    again = kaiku(fleet, "cards", "undo", "1")
    assert (again.exit_code, "undone already" in again.output) == (1, True)
    assert "no import 7" in kaiku(fleet, "cards", "undo", "7").output
    assert counts(take(fleet, rows(1, 2))) == "2 new, 0 changed, 0 unchanged"


def test_an_import_that_others_built_on_is_not_undone(fleet: Path) -> None:
    take(fleet, rows(1, 2, 3))
    take(fleet, rows(2, status="blocked"))
    said = kaiku(fleet, "cards", "undo", "1")
    assert (
        said.exit_code,
        "1 of its cards are no longer as it left them" in said.output,
        "(A•••••••02: status active → blocked, import 2 says the same)" in said.output,
    ) == (1, True, True)
    assert kaiku(fleet, "cards", "undo", "2").exit_code == 0
    assert kaiku(fleet, "cards", "undo", "1").output == "3 cards are what they were before import 1.\n"


def test_headings_and_values_may_be_given_beside_the_file(fleet: Path) -> None:
    text = f"Numero;Annettu\n{CODE};24.11.2026"
    given = (
        "--column",
        "code=numero",
        "--distributor",
        "Seurakunta",
        "--area",
        "Tornio",
        "--kind",
        "yhteisö",
    )
    assert counts(take(fleet, text, *given)) == "1 new, 0 changed, 0 unchanged"
    for wrong in ("numero", "x=numero", "code="):
        said = take(fleet, text, "--column", wrong)
        assert (said.exit_code, "--column takes COLUMN=HEADING" in said.output) == (1, True)


def test_a_card_is_blocked_renewed_and_replaced_by_a_code_that_is_no_argument(fleet: Path) -> None:
    take(fleet, rows(1, 2))
    code, new = "A000000001", "A000000009"
    assert kaiku(fleet, "cards", "block", said=code).output.startswith("A•••••••01: blocked, personal,")
    assert "blocked already" in kaiku(fleet, "cards", "block", said=f"{code}\n").output
    assert ": active," in kaiku(fleet, "cards", "unblock", said=code).output
    assert "to 2149-12-31" in kaiku(fleet, "cards", "renew", "--until", "31.12.2149", said=code).output
    assert "valid that long already" in kaiku(fleet, "cards", "renew", said=code).output
    said = kaiku(fleet, "cards", "replace", said=f"{code}\n{new}\n").output
    assert said.startswith("A•••••••09: active, personal, 2026-01-01 to 2149-12-31")
    assert said.endswith("; card 2 of this person\n")
    shown = kaiku(fleet, "cards", "show", said=code).output
    assert shown.startswith("A•••••••01: blocked")
    assert re.search(r"cli  A•••••••01  renewed  valid_until 2026-12-31 → 2149-12-31\n", shown)
    assert re.search(r"cli  A•••••••01  imported 1\n$", shown)
    assert ": withdrawn," in kaiku(fleet, "cards", "withdraw", said=new).output
    for text in (said, shown):
        assert code not in text
        assert new not in text


def test_a_new_key_says_which_refusals_it_costs(fleet: Path) -> None:
    take(fleet, rows(1, 2, 3))
    for number in (1, 2):
        kaiku(fleet, "cards", "block", said=f"A00000000{number}\n")
        kaiku(fleet, "cards", "erase", "--yes", said=f"A00000000{number}\n")
    kaiku(fleet, "cards", "erase", "--yes", said="A000000003\n")
    said = kaiku(fleet, "cards", "rotate-key").output
    assert "3 cards that were erased or undone left the list" in said
    assert "2 of them had been stopped before they were erased" in said


def test_a_code_as_an_argument_is_refused_without_a_word_of_it(fleet: Path) -> None:
    for command in ("show", "block", "unblock", "withdraw", "renew", "replace"):
        assert kaiku(fleet, "cards", command, said="A000000001").exit_code == 1
        assert kaiku(fleet, "cards", command, "--help").exit_code == 0


def test_the_list_s_key_is_changed_and_the_commands_go_on(fleet: Path) -> None:
    take(fleet, rows(1, 2))
    take(fleet, rows(3))
    kaiku(fleet, "cards", "undo", "2")
    for _ in range(2):
        said = kaiku(fleet, "cards", "rotate-key")
        assert said.exit_code == 0
        assert re.search(r"2 cards are listed under the new key [0-9a-f]{16}; ", said.output)
        assert "1 card that was erased or undone left the list. Figures keep it." in said.output
    assert counts(take(fleet, rows(1, 2, 4))) == "1 new, 0 changed, 2 unchanged"
    assert "blocked" in kaiku(fleet, "cards", "block", said="A000000001\n").output
    assert "rotate-key" in kaiku(fleet, "cards", "--help").output


def test_an_import_and_the_list_of_imports_tell_the_matched_visits() -> None:
    found = Matched(visits=3, cards=2, refused=1)
    told = (
        " 3 unchecked visits of 2 cards were matched;"
        " 1 of these the register would not have let in on their day."
    )
    assert matched_words(found) == told
    assert done_line(Outcome(new=2, import_id=4, matched=found), "cards", "cards") == (
        f"2 new, 0 changed, 0 unchanged.{told} Undo with: kaiku-server cards undo 4"
    )
    assert matched_words(Matched()) == ""
    assert matched_words(Matched(visits=1, cards=1)) == " 1 unchecked visit of 1 card was matched."


def test_one_card_is_said_in_the_singular(fleet: Path) -> None:
    take(fleet, rows(1, 2))
    dry = take(fleet, rows(1), "--dry-run").output
    assert dry.startswith("1 row: 0 new, ")
    assert "1 card of these distributors is not in the file; it stays as it is." in dry
    done = take(fleet, rows(1)).output
    assert "1 card of these distributors is not in the file; it stays as it is." in done
    gone = take(fleet, rows(1), "--dry-run", "--gone", "withdraw", "--withdraw-most").output
    assert "1 card of these distributors is not in the file; it would be withdrawn." in gone
    take(fleet, rows(3))
    assert kaiku(fleet, "cards", "undo", "3").output == "1 card is what it was before import 3.\n"
    erased = kaiku(fleet, "cards", "erase", "--yes", said="A000000002\n").output
    assert "Erased: 1 card of the person, the code of 0 visits" in erased
    assert "1 card is listed under the new key" in kaiku(fleet, "cards", "rotate-key").output


def test_an_import_that_no_number_names_is_not_undone(fleet: Path) -> None:
    said = kaiku(fleet, "cards", "undo", str(2**63))
    assert (said.exit_code, "There is no import" in said.output) == (1, True)
