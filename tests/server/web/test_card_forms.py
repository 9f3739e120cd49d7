"""The forms of cards: from this site's pages only, bounded, and answered whatever they hold."""

import io
import re
from pathlib import Path
from typing import Any

import pytest

from server.domain.headings import Given
from server.domain.history import Wish
from server.ports import Register
from tests.server.web.asking import HTML, ask

HEAD = "Koodi;Laji;Jakaja;Alue;Myönnetty\n"
ROW = "A000000001;henkilökohtainen;Seurakunta;Rovaniemi;1.1.2026\n"
FORM = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}


@pytest.mark.parametrize(
    "path", ["/cards/card", "/cards/change", "/cards/take", "/cards/forget", "/cards/undo"]
)
@pytest.mark.parametrize(
    "site", [{}, {"sec-fetch-site": "cross-site", "origin": "http://evil.example"}, {"origin": "null"}]
)
def test_a_form_of_another_site_is_forbidden(register: Register, path: str, site: dict[str, str]) -> None:
    headers = {"content-type": FORM["content-type"], **site}
    assert ask(path, method="POST", headers=headers, content=b"id=1", register=register).status_code == 403


def test_a_file_from_another_site_is_forbidden_and_other_paths_take_none(register: Register) -> None:
    kind = {"content-type": "multipart/form-data; boundary=x"}
    assert (
        ask("/cards/check", method="POST", headers=kind, content=b"--x--", register=register).status_code
        == 403
    )
    own = {**kind, "sec-fetch-site": "same-origin"}
    for path in ("/cards/card", "/letters/retry", "/api/v1/cards/block"):
        assert ask(path, method="POST", headers=own, content=b"--x--", register=register).status_code == 415


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/cards/card", b"code=x", 404),
        ("/cards/card", b"code=" + b"A" * 300, 400),
        ("/cards/card", b"code=" + b"A" * 20_000, 400),
        ("/cards/change", b"card=nothing&act=block", 410),
        ("/cards/take", b"token=../../fleet.db", 410),
        ("/cards/forget", b"token=../../fleet.db", 200),
        ("/cards/undo", b"id=99999999999999999999", 409),
        ("/cards/undo", b"id=-1", 409),
        ("/cards/years/lock", b"sure=yes&year=0", 409),
        ("/cards/years/lock", b"sure=yes&year=0000", 409),
        ("/cards/years/lock", b"sure=yes&year=1", 409),
        ("/cards/years/lock", b"sure=yes&year=1999", 409),
        ("/cards/erase", b"card=nothing&sure=yes", 410),
    ],
)
def test_forms_that_make_no_sense_are_answered(
    register: Register, tmp_path: Path, path: str, body: bytes, status: int
) -> None:
    headers = {**FORM, **HTML}
    answer = ask(path, method="POST", headers=headers, content=body, register=register)
    assert answer.status_code == status
    assert (tmp_path / "fleet.db").exists()


def upload(register: Register, content: bytes, *, name: str = "kortit.csv", **said: str) -> Any:  # noqa: ANN401  (httpx's)
    fields = [
        f'--x\r\ncontent-disposition: form-data; name="{of}"\r\n\r\n{text}\r\n' for of, text in said.items()
    ]
    file = f'--x\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    head = "".join([*fields, file]).encode()
    kind = {"content-type": "multipart/form-data; boundary=x", "sec-fetch-site": "same-origin", **HTML}
    body = head + content + b"\r\n--x--\r\n"
    return ask("/cards/check", method="POST", headers=kind, content=body, register=register)


def test_a_file_may_be_so_large_and_no_larger(register: Register, tmp_path: Path) -> None:
    answer = upload(register, b"x" * (65 << 20))
    assert answer.status_code == 422
    assert "Tiedosto on liian suuri. Raja on 64 MB." in answer.text
    assert list((tmp_path / "uploads").iterdir()) == []


def test_what_is_sent_is_escaped_and_its_path_is_nobodys_business(register: Register) -> None:
    answer = upload(register, (HEAD + ROW).encode(), name="C:\\\\Kortit\\\\<b>.csv")
    assert (answer.status_code, "&lt;b&gt;.csv" in answer.text) == (200, True)
    assert "Kortit\\" not in answer.text
    assert upload(register, b"", name="").status_code == 422


def test_a_code_in_a_field_for_all_rows_is_not_said_back(register: Register) -> None:
    answer = upload(register, (HEAD + ROW).encode(), value_area="A000000002", value_kind="henkilö")
    assert answer.status_code == 200, "each row has an area"
    assert ("A000000002" in answer.text, "henkilö" in answer.text) == (False, True)


def test_a_field_for_all_rows_goes_on_to_the_import_however_its_blanks_are_written(
    register: Register,
) -> None:
    area = "Itä\u00a0\u2009Suomi"
    answer = upload(register, (HEAD + ROW).encode(), value_area=area)
    assert re.findall(r'name="value_area" value="([^"]*)"', answer.text) == [area]


@pytest.mark.parametrize("path", ["/cards", "/cards/years"])
def test_the_way_marks_the_page_that_one_is_on(register: Register, path: str) -> None:
    page = ask(path, headers=HTML, register=register).text
    assert page.count('aria-current="page"') == 1
    assert f'<a href="{path}" aria-current="page">' in page


def test_a_year_is_chosen_from_those_with_visits_or_issued_cards(register: Register) -> None:
    token = register.files.keep(io.BytesIO((HEAD + ROW.replace("1.1.2026", "1.1.2024")).encode()))
    register.files.take(token, "k.csv", Given(), Wish(), lambda _: None)
    page = ask("/cards/years", headers=HTML, register=register).text
    assert re.findall(r"/cards/years\?year=([0-9]+)", page) == ["2026", "2024"]
    chosen = ask("/cards/years?year=2024", headers=HTML, register=register)
    assert "Vuonna 2024 myönnetty 1\xa0kortti" in chosen.text
    for year in ("abcd", "0", "99999", "2024'"):
        answer = ask(f"/cards/years?year={year}", headers=HTML, register=register)
        assert (answer.status_code, "Valitse vuosi luettelosta" in answer.text) == (404, True)
    assert 'href="/cards/years"' in ask("/", headers=HTML, register=register).text
