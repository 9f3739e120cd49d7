"""What comes of a file that was long under way, also where it ends otherwise than it should."""

import asyncio
import io
import re
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest

from agent.told import ToldError
from server.domain.headings import Given
from server.domain.history import KeyChanged, Wish
from server.domain.undoing import InTheWay, UndoRefused
from server.ports import Register
from tests.server.web.asking import ask
from tests.server.web.register import register_in
from tests.server.web.test_card_forms import FORM, HEAD, ROW
from tests.server.web.test_work import HTML, SlowFiles, client_of

BODY = b"token=0123&file_name=k.csv"


async def taken(
    register: Register, files: SlowFiles, path: str = "/cards/take", body: bytes = BODY
) -> tuple[dict[str, object], httpx.Response]:
    """How far it is while it lasts, and what it ended with."""
    kind = {"content-type": FORM["content-type"]}
    async with client_of(replace(register, files=files)) as client:
        begun = await client.post(path, content=body, headers=kind)
        assert begun.status_code == HTTPStatus.SEE_OTHER
        page = begun.headers["location"]
        assert (await client.get(page)).status_code == HTTPStatus.OK
        await asyncio.to_thread(files.told.wait, 60)
        far = (await client.get(f"{page}/now")).json()
        files.go_on.set()
        for _ in range(1_000):
            if (await client.get(f"{page}/now")).json()["done"]:
                break
            await asyncio.sleep(0.01)
        return far, await client.get(page)


@pytest.mark.parametrize(
    ("fails", "status", "says"),
    [
        (None, 200, "Tiedosto on tuotu"),
        (KeyChanged(), 409, "Korttilistan avain vaihtui"),
        (ToldError("The database cannot be used."), 503, "Lukuja ei saada juuri nyt"),
        (TimeoutError(), 500, "Sivua ei saatu"),
    ],
)
def test_how_far_it_is_is_told_and_what_it_ends_with(
    tmp_path: Path, fails: Exception | None, status: int, says: str
) -> None:
    with register_in(tmp_path) as register:
        far, came = asyncio.run(taken(register, SlowFiles(fails)))
    assert far == {"words": "Tallennetaan: 24\xa0000\xa0/\xa080\xa0000 riviä", "share": 0.3, "done": False}
    assert (came.status_code, says in came.text) == (status, True)


@pytest.mark.parametrize(
    ("fails", "status", "says"),
    [
        (None, 200, "Tuonti on peruttu: 7\xa0korttia on taas"),
        (UndoRefused("already", 7), 409, "Tuonti on jo peruttu."),
        (
            UndoRefused("differ", 7, 1, (InTheWay("A•••••••01", (), was_replaced=True),)),
            409,
            "kortti on korvattu",
        ),
        (
            UndoRefused("differ", 7, 1, (InTheWay("A•••••••01", (), was_replaced=False, repeated_by=8),)),
            409,
            "A•••••••01: tuonti 8 sanoo samoin kuin tämä",
        ),
        (UndoRefused("differ", 7, 1), 409, "Peru ensin myöhemmät tuonnit"),
        (UndoRefused("differ", 7, 2, erased=1), 409, "Mitään ei muutettu. Tuo korjattu tiedosto."),
    ],
)
def test_an_undo_says_how_far_it_is_and_what_came_of_it(
    tmp_path: Path, fails: Exception | None, status: int, says: str
) -> None:
    with register_in(tmp_path) as register:
        far, came = asyncio.run(taken(register, SlowFiles(fails), "/cards/undo", b"id=7"))
    assert far == {"words": "Perutaan: 2\xa0000\xa0/\xa0150\xa0000 korttia", "share": 0.013, "done": False}
    assert (came.status_code, says in came.text) == (status, True)


def test_a_list_key_that_changes_meanwhile_is_told_at_the_form(tmp_path: Path) -> None:
    files = SlowFiles(KeyChanged())
    files.go_on.set()
    with register_in(tmp_path) as register:
        answer = ask(
            "/cards/take",
            method="POST",
            headers={**FORM, **HTML},
            content=BODY,
            register=replace(register, files=files),
        )
    assert (answer.status_code, "Lähetä tiedosto uudelleen" in answer.text) == (409, True)


def test_work_that_nobody_knows_of_is_told_as_such(tmp_path: Path) -> None:
    with register_in(tmp_path) as register:
        answer = ask("/cards/work/x", headers=HTML, register=register)
        assert (answer.status_code, "Tulos ei ole enää tallessa" in answer.text) == (410, True)
        assert ask("/cards/work/x/now", register=register).json()["done"] is True


def test_a_card_that_went_meanwhile_is_told_also_where_nobody_was_sure(tmp_path: Path) -> None:
    """Looked up, erased by another, and then sent without the tick."""
    kind = {"content-type": FORM["content-type"]}

    async def looked_up_and_gone(register: Register) -> httpx.Response:
        async with client_of(register) as client:
            found = await client.post("/cards/card", content=b"code=A000000001", headers=kind)
            handle = re.search(r'name="card" value="([^"]+)"', found.text)
            assert handle
            register.desk.erase("A000000001", "api")
            return await client.post("/cards/erase", content=f"card={handle[1]}".encode(), headers=kind)

    with register_in(tmp_path) as register:
        token = register.files.keep(io.BytesIO(f"{HEAD}{ROW}".encode()))
        register.files.take(token, "k.csv", Given(), Wish(), lambda _: None)
        answer = asyncio.run(looked_up_and_gone(register))
    assert (answer.status_code, "Korttia ei ole rekisterissä" in answer.text) == (409, True)
