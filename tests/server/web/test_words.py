"""What happened at the door, in words."""

from dataclasses import replace
from datetime import date, datetime
from typing import get_args

import pytest

from agent.wire.canonical import canonical_record
from agent.wire.commands import Fault
from server.domain.completeness import Doubt, Proof
from server.domain.facts import Named, Refusal, read
from server.domain.figures import Reread, Unproved
from server.ingest import UNTAKEN
from server.web.words import (
    COMMAND_DETAILS,
    DASH,
    camera,
    coverage,
    decision,
    doubts,
    footnotes,
    party,
    reread,
    seen,
    unproved_day,
    unread_because,
)
from tests.server.kiosk import open_code, scan, sealed
from tests.server.web.fleet import NOW, busy_fleet, visit


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Sisään"),
        ({"verdict": "unchecked", "reason": "unlisted"}, "Sisään tarkistamatta: korttia ei ole listalla"),
        (
            {"verdict": "unchecked", "reason": "unlisted", "matched": True},
            "Sisään tarkistamatta: korttia ei ole listalla, nyt on rekisterissä",
        ),
        (
            {"verdict": "unchecked", "reason": "clock_unknown"},
            "Sisään tarkistamatta: kioskin kello ei ole ajassa",
        ),
        ({"shown": None}, "Sisään; valo ei ehtinyt syttyä"),
        ({"shown": "staff"}, "Ohjattu henkilökunnalle, vaikka kortti kelpasi"),
        ({"verdict": "ask_staff", "reason": "blocked"}, "Ohjattu henkilökunnalle: kortti on suljettu"),
        (
            {"verdict": "ask_staff", "reason": "of-a-later-version"},
            "Ohjattu henkilökunnalle: of-a-later-version",
        ),
        ({"verdict": "ask_staff", "reason": ""}, "Ohjattu henkilökunnalle"),
        (
            {"verdict": "by_hand", "reason": "button", "shown": None},
            "Päästetty sisään käsin: henkilökunnan painike",
        ),
        ({"counted": False}, "Sisään; ei luvuissa"),
    ],
)
def test_the_decision_says_what_happened_at_the_door(changes: dict[str, object], words: str) -> None:
    assert decision(visit(**changes)) == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "1\xa0aikuinen"),
        ({"children": 1}, "1\xa0aikuinen, 1\xa0lapsi"),
        ({"children": 2, "assistants": 1}, "1\xa0aikuinen, 2\xa0lasta, 1\xa0avustaja"),
        ({"children": None}, "1\xa0aikuinen, lapsista ei vastattu"),
        ({"adults": 0}, DASH),
        ({"verdict": "ask_staff", "children": None}, DASH),
        ({"shown": "staff", "children": None}, DASH),
        ({"counted": False}, DASH),
    ],
)
def test_a_question_without_an_answer_is_not_told_as_no_children(
    changes: dict[str, object], words: str
) -> None:
    assert party(visit(**changes)) == words


def test_every_doubt_has_its_words() -> None:
    for doubt in get_args(Doubt):
        assert doubts(Proof(doubts=(doubt,), silent_since=NOW), NOW).islower()


def test_silence_is_told_with_its_moment_and_a_digest_that_is_owed_is_another_word() -> None:
    since = datetime(2026, 11, 12, 14, 5, tzinfo=NOW.tzinfo)
    silent = doubts(Proof(doubts=("silent",), silent_since=since), NOW)
    assert silent == "kioski ei ole ollut yhteydessä 12.11. klo\xa014.05 jälkeen"
    assert doubts(Proof(doubts=("no_digest",)), NOW) == "kioski ei ole vielä kertonut päivän päättyneen"


def test_a_card_that_is_said_to_be_gone_is_told_with_the_figures_that_rest_on_it() -> None:
    proof = Proof(here=212, expected=212, as_of=NOW.replace(hour=6, minute=10), ended=1)
    assert coverage(proof, NOW) == (
        "Kirjauksia perillä 212/212, kaikki klo\xa06.10 asti, 1\xa0muistikortti merkitty poistetuksi."
    )
    assert coverage(Proof(doubts=("never_heard",)), NOW).endswith("0/0: kioskista ei ole vielä kuultu.")
    assert not coverage(Proof(), NOW)


def test_equal_remarks_of_a_table_are_one_footnote() -> None:
    gap, fine, ended = Proof(doubts=("gap",)), Proof(), Proof(ended=2)
    assert footnotes([gap, fine, ended, gap], NOW) == {
        "kirjauksia puuttuu välistä": 1,
        "2\xa0muistikorttia merkitty poistetuksi": 2,
    }


def test_a_visit_that_has_only_bounds_shows_no_exact_time() -> None:
    assert seen(visit(quality="bounded"), NOW) == "viimeistään klo\xa014.02"
    assert seen(visit(quality="repaired"), NOW) == "klo\xa014.02"


def test_an_unproved_day_names_kiosk_day_and_reason() -> None:
    proof = Proof(here=18, expected=20, doubts=("gap",))
    day = Unproved(kiosk="k", name="Ovi", venue_name="Halli", day=date(2026, 11, 23), records=proof)
    assert (
        unproved_day(day, NOW) == f"Halli, Ovi: maanantai 23.11. (18/20) {DASH} kirjauksia puuttuu välistä."
    )


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("Camera Module 3", "Camera Module 3"),
        ("", DASH),
        ("simulated", "simuloitu"),
        ("simulated (1 pictures)", "simuloitu (1\xa0kuva)"),
        ("simulated (12 pictures)", "simuloitu (12\xa0kuvaa)"),
        ("simulated by others", "simulated by others"),
    ],
)
def test_a_camera_keeps_its_name_and_one_that_is_none_is_called_so_in_finnish(told: str, words: str) -> None:
    assert camera(replace(busy_fleet().kiosks[0], camera=told)) == words


# As the code that reads a row says them; each must have its Finnish words.
REASONS = [
    b'{"seq":1,"type":"later/1"}',
    b'{"seq":1,"type":"scan/1"}',
    b"17",
    b'{"x":1e999',
    canonical_record(scan(1, venue="v-\x01")),
    canonical_record(scan(2)),
    canonical_record(scan(1, code_sealed="")),
    canonical_record(scan(1, code_sealed=sealed("A\x00"))),
]


@pytest.mark.parametrize("row", REASONS)
def test_every_reason_that_a_row_is_refused_for_has_finnish_words(row: bytes) -> None:
    refusal = read(Named(1, b"", row), open_code)
    assert isinstance(refusal, Refusal)
    assert unread_because(refusal.why) != refusal.why


def test_the_stores_own_refusal_has_finnish_words_and_a_later_one_stands_as_it_is() -> None:
    assert unread_because(UNTAKEN).startswith("Tietokanta")
    assert unread_because("something of tomorrow") == "something of tomorrow"


@pytest.mark.parametrize(
    ("read_now", "unread", "says"),
    [
        (0, 0, "Yhtään kirjausta ei ollut lukematta."),
        (1, 0, "1\xa0kirjaus luettiin ja on nyt mukana."),
        (0, 2, "2\xa0kirjausta ei vieläkään osata lukea, mutta mitään ei ole kadonnut."),
    ],
)
def test_what_came_of_a_retry_is_a_sentence(read_now: int, unread: int, says: str) -> None:
    assert reread(Reread(read=read_now, unread=unread)) == says


def test_why_a_command_was_not_done_is_said_of_each_reason_that_a_kiosk_has() -> None:
    assert set(COMMAND_DETAILS) == set(get_args(Fault))
