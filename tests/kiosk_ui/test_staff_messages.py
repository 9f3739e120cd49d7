"""What the staff read: the reason, the time of day where it is known, and never a code."""

from dataclasses import replace
from typing import get_args
from zoneinfo import ZoneInfo

import msgspec
import pytest

from agent.core.recent import BEFORE, NOT_WRITTEN, TOO_SLOW
from agent.core.staff_view import StaffView
from agent.core.state import Outcome, Trouble, What
from agent.wire.screen import Language
from kiosk_ui.staff_messages import StaffTexts, StaffWords
from kiosk_ui.staff_said import Reason
from kiosk_ui.staff_texts import BY_HAND, NOTES, OUTCOMES, REASONS
from tests.kiosk_ui.staff_room import LANGUAGES, QUIET, VIEWS, at, outcome

WORDS = StaffWords(LANGUAGES, ZoneInfo("Europe/Helsinki"))


def texts(view: StaffView, language: Language = "fi") -> StaffTexts:
    return WORDS.message(view).texts[language]


def last(one: Outcome, language: Language = "fi") -> tuple[str, str, str]:
    line = texts(replace(QUIET, recent=(one,)), language).last
    return line.words, line.time, line.more


def test_the_last_outcome_has_its_words_and_its_time() -> None:
    assert last(outcome(5, "let_in", "listed")) == ("Päästetty sisään", "14.05", "")
    assert last(outcome(5, "to_staff", "expired")) == ("Vanhentunut", "14.05", "")
    assert last(outcome(5, "unchecked", "unlisted", "spot_check")) == (
        "Sisään varauksin",
        "14.05",
        "ei listalla, pistokoe",
    )
    assert last(outcome(5, "by_hand", "worn_card")) == ("Päästetty käsin", "14.05", "kulunut kortti")
    assert last(replace(outcome(5, "let_in", "listed"), void=True)) == (
        "Peruttu",
        "14.05",
        "päästetty sisään",
    )
    assert last(outcome(5, "to_staff", "blocked"), "en") == ("Card blocked", "14:05", "")


def test_a_time_that_nobody_knows_is_not_made_up() -> None:
    unsynced = replace(outcome(5, "let_in", "listed"), at=replace(at(5), synced=False))
    assert last(unsynced)[1] == ""
    known = replace(unsynced, at=replace(unsynced.at, known_utc=at(1).wall_utc))
    assert last(known)[1] == "14.01"
    assert last(outcome(5, "let_in", BEFORE))[1] == "", "it was written by the start before"


def test_a_reason_of_a_button_or_of_a_later_version_has_no_words_of_its_own() -> None:
    assert last(outcome(5, "by_hand", "button")) == ("Päästetty käsin", "14.05", "")
    assert last(outcome(5, "to_staff", "tomorrow")) == ("Ohjattu teille", "14.05", "")


def test_a_letting_in_says_whom_it_is_of() -> None:
    assert texts(VIEWS["refused"]).about == "Vanhentunut 14.05"
    assert texts(VIEWS["let in"]).about == ""


def test_what_asks_for_a_person_stands_apart_from_a_list_that_is_well() -> None:
    faults = texts(VIEWS["paused with faults"])
    assert faults.notes == ("Tauolla: Palaamme klo 13.", "Kameravika", "Lista: 25 h")
    assert faults.age == ""
    assert texts(QUIET).notes == ()
    assert texts(QUIET).age == "Lista: 2 min"
    assert texts(replace(QUIET, list_age_s=3 * 3600)).age == "Lista: 3 h"
    assert texts(replace(QUIET, list_age_s=None)).notes == ("Lista: ikä ei tiedossa",)
    assert texts(replace(QUIET, started=False, paused="")).notes == ("Tauolla", "Käynnistyy")


def test_nobody_yet_is_said() -> None:
    assert texts(QUIET).last.words == "Ei vielä kävijöitä"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_lines(language: Language) -> None:
    for view in VIEWS.values():
        assert len(texts(view, language).before) == len(texts(view).before)
        assert all(line.words for line in texts(view, language).before)


def test_every_outcome_reason_and_trouble_has_its_words() -> None:
    assert set(get_args(What)) <= set(OUTCOMES)
    assert set(get_args(Trouble)) <= set(NOTES)
    assert set(get_args(Reason)) == set(BY_HAND)
    judged = {"blocked", "withdrawn", "expired", "not_yet_valid", "unlisted", "clock_unknown", "repeat"}
    assert judged | {"list_stale", "list_unreadable", "forgetful", NOT_WRITTEN, TOO_SLOW} == set(REASONS)


def test_the_message_names_records_and_nothing_else_of_them() -> None:
    told = msgspec.to_builtins(WORDS.message(VIEWS["refused"]))
    assert set(told) == {"type", "paused", "types", "let_in", "take_back", "texts"}
    assert told["let_in"]["adopts"]["seq"] == 5
