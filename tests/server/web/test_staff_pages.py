"""A kiosk's staff at the fleet's page: what they see, what they may say, and who may not."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Final

import msgspec
import pytest

from agent.wire.card_code import DEFAULT_PATTERN, CardCode
from agent.wire.commands import TypeArgs
from agent.wire.records import RecordName
from server.adapters.simulated_staff import SimulatedKioskStaff
from server.domain.staff import CommandRow, KioskStaff, StaffRow
from server.ports import AtKiosks
from tests.server.web.asking import HTML, ask
from tests.server.web.fleet import NOW, visit

KIOSK: Final = "k-aaaaaaaaaa"
EPOCH: Final = "0" * 32
PAGE: Final = f"/kiosks/{KIOSK}/staff"
FORM: Final = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}


def row(seq: int, seconds: int, **changes: object) -> StaffRow:
    seen = visit(seen_at=NOW - timedelta(seconds=seconds), masked_code="", **changes)
    return StaffRow(name=RecordName(epoch=EPOCH, seq=seq), visit=seen)


REFUSED: Final = row(5, 30, verdict="ask_staff", reason="expired", shown="staff")
LET_IN: Final = replace(row(4, 60), marks=("spot_check",))
STAFF: Final = KioskStaff(
    kiosk=KIOSK,
    name="Pääovi",
    venue_name="Uimahalli",
    state="working",
    as_of=NOW,
    rows=(REFUSED, LET_IN),
    commands=(CommandRow(name="pause", made_at=NOW, state="rejected", detail="not_offered"),),
)


def say(desk: SimulatedKioskStaff, body: str, **headers: str) -> tuple[int, str]:
    sent = {**FORM, **headers}
    answer = ask(
        "/staff/say", method="POST", headers=sent, content=body.encode(), kiosks=AtKiosks(staff=desk)
    )
    return answer.status_code, answer.text


def test_the_page_has_the_last_outcome_its_reason_and_those_before() -> None:
    answer = ask(PAGE, kiosks=AtKiosks(staff=SimulatedKioskStaff(STAFF)))
    assert answer.status_code == 200
    assert "Ohjattu henkilökunnalle: kortin voimassaolo on päättynyt" in answer.text
    assert "pistokoe" in answer.text
    assert "Tauolle: <b>ei tehty</b>, tilanne kioskilla oli jo toinen" in answer.text


def test_a_spot_check_is_asked_for_in_the_place_of_the_last() -> None:
    checked = replace(STAFF, rows=(LET_IN,))
    assert "Pistokoe: katso kortti." in ask(PAGE, kiosks=AtKiosks(staff=SimulatedKioskStaff(checked))).text


@pytest.mark.parametrize(
    ("rows", "adopts", "undoes"),
    [
        ((REFUSED, LET_IN), 5, 4),
        ((LET_IN, REFUSED), 5, 4),
        ((replace(REFUSED, adopted=True), LET_IN), None, 4),
        ((REFUSED, replace(LET_IN, void=True)), 5, None),
        ((row(5, 130, verdict="ask_staff", reason="expired", shown="staff"), row(4, 130)), None, None),
        ((row(5, 10, reason="test"), LET_IN), None, 4),
        ((row(5, 10, shown="staff"), LET_IN), 5, 4),
        ((), None, None),
    ],
)
def test_what_is_offered_is_the_last_of_two_minutes(
    rows: tuple[StaffRow, ...], adopts: int | None, undoes: int | None
) -> None:
    staff = replace(STAFF, rows=rows)
    assert (staff.adoptable.name.seq if staff.adoptable else None) == adopts
    assert (staff.undoable.name.seq if staff.undoable else None) == undoes


@pytest.mark.parametrize(
    ("body", "name", "args"),
    [
        (
            f"what=let_in&epoch={EPOCH}&seq=5&children=2&assistants=&reason=worn_card",
            "let_in",
            {
                "adopts": {"epoch": EPOCH, "seq": 5},
                "party": {"adults": 1, "children": 2, "assistants": 0},
                "reason": "worn_card",
            },
        ),
        (
            "what=let_in&children=&assistants=1&reason=other",
            "let_in",
            {"adopts": None, "party": {"adults": 1, "children": None, "assistants": 1}, "reason": "other"},
        ),
        (f"what=take_back&epoch={EPOCH}&seq=4", "take_back", {"of": {"epoch": EPOCH, "seq": 4}}),
        ("what=pause&message=Palaamme++klo+13.", "pause", {"message": "Palaamme klo 13."}),
        ("what=resume", "resume", {}),
    ],
)
def test_what_is_said_becomes_a_command(body: str, name: str, args: object) -> None:
    desk = SimulatedKioskStaff(STAFF)
    status, text = say(desk, f"kiosk={KIOSK}&{body}")
    assert (status, "Lähetetty kioskille" in text) == (200, True)
    ((kiosk, made, sent),) = desk.made
    assert (kiosk, made, json.loads(sent)) == (KIOSK, name, args)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("kiosk=k-bbbbbbbbbb&what=resume", 404),
        (f"kiosk={KIOSK}&what=fly", 400),
        (f"kiosk={KIOSK}&what=take_back", 400),
        (f"kiosk={KIOSK}&what=take_back&epoch=x&seq=1", 400),
        (f"kiosk={KIOSK}&what=let_in&reason=because", 400),
        (f"kiosk={KIOSK}&what=let_in&reason=other&children=100", 400),
        (f"kiosk={KIOSK}&what=let_in&reason=other&children=-1", 400),
        (f"kiosk={KIOSK}&what=pause&message={'x' * 41}", 400),
        (f"kiosk={KIOSK}&what=pause&message=%07", 400),
    ],
)
def test_anything_else_is_refused(body: str, status: int) -> None:
    desk = SimulatedKioskStaff(STAFF)
    assert say(desk, body)[0] == status
    assert desk.made == []


@pytest.mark.parametrize(
    "site", [{"sec-fetch-site": "cross-site", "origin": "http://evil.example"}, {"sec-fetch-site": "none"}]
)
def test_a_form_of_another_site_is_forbidden(site: dict[str, str]) -> None:
    desk = SimulatedKioskStaff(STAFF)
    assert say(desk, f"kiosk={KIOSK}&what=resume", **site)[0] == 403
    assert desk.made == []


@pytest.mark.parametrize("path", ["/kiosks/k-bbbbbbbbbb/staff", "/kiosks/k-bbbbbbbbbb/staff/events"])
def test_a_kiosk_that_nobody_added_has_no_page(path: str) -> None:
    answer = ask(path, headers=HTML, kiosks=AtKiosks(staff=SimulatedKioskStaff(STAFF)))
    assert (answer.status_code, "Sivua ei ole" in answer.text) == (404, True)


def test_a_worn_card_s_code_goes_to_the_kiosk_sealed_and_is_in_no_page() -> None:
    desk = SimulatedKioskStaff(replace(STAFF, types=True))
    assert 'name="code"' in ask(PAGE, kiosks=AtKiosks(staff=desk)).text
    status, page = say(desk, f"kiosk={KIOSK}&what=type&code=a999+123453")
    ((_, name, args),) = desk.made
    assert (status, name, "Lähetetty kioskille" in page) == (200, "type", True)
    sealed = msgspec.json.decode(args, type=TypeArgs).code_sealed
    assert desk.box.open_code(sealed, re.compile(DEFAULT_PATTERN)) == CardCode("A999123453")
    for code in ("X99", "A999123453A", ""):
        status, refused = say(desk, f"kiosk={KIOSK}&what=type&code={code}")
        assert (status, "Tämä ei ole Kaikukortin koodi." in refused) == (422, True)
        page += refused
    assert "123453" not in page.upper()
    assert "X99" not in page
    assert len(desk.made) == 1


def test_no_code_is_asked_for_that_the_kiosk_could_not_read() -> None:
    desk = SimulatedKioskStaff(STAFF)
    page = ask(PAGE, kiosks=AtKiosks(staff=desk)).text
    assert ('name="code"' in page, "Koodin voi lähettää, kun kioski on yhteydessä." in page) == (False, True)
    assert say(desk, f"kiosk={KIOSK}&what=type&code=A999123453")[0] == 422
    assert desk.made == []


def test_a_paused_kiosk_can_be_opened_and_one_that_works_can_be_paused() -> None:
    for paused in (False, True):
        page = ask(PAGE, kiosks=AtKiosks(staff=SimulatedKioskStaff(replace(STAFF, paused=paused)))).text
        assert ("Kioski on tauolla." in page, 'value="resume"' in page) == (paused, paused)
        assert 'value="pause"' in page


def test_a_pause_whose_words_the_screen_would_cut_is_refused_and_can_be_shortened() -> None:
    desk = SimulatedKioskStaff(STAFF)
    status, page = say(desk, f"kiosk={KIOSK}&what=pause&message={'W' * 20}%22")
    assert (status, "Viesti ei mahdu kioskin näytölle." in page) == (422, True)
    assert f'value="{"W" * 20}&#34;" aria-describedby="unsaid" autofocus' in page
    assert desk.made == []


def test_a_pause_that_holds_a_card_s_code_is_refused_with_a_sentence() -> None:
    desk = SimulatedKioskStaff(STAFF)
    status, page = say(desk, f"kiosk={KIOSK}&what=pause&message=Kortti+a999123453")
    assert (status, "Viestissä on Kaikukortin koodi." in page) == (422, True)
    assert "999123453" not in page
    assert desk.made == []
