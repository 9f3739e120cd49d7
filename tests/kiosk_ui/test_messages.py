"""The words of every state in every language."""

from typing import get_args

import pytest

from agent.config import PlaceConfig, ScreenConfig
from agent.ports.screen import View
from agent.wire.screen import Language, Question, ScreenState
from kiosk_ui.messages import page_setup, screen_message
from kiosk_ui.texts import WORDINGS
from tests.kiosk_ui.running import QUESTION

LANGUAGES = get_args(Language)
EVERY_VIEW = [*(View(state) for state in get_args(ScreenState)), View("accepted", QUESTION)]
FORBIDDEN = ("€", "ilmai", "gratis", "free", "kaikukort", "hylät", "virhe", "valitett", "!", "{", "~")


def all_words(config: ScreenConfig) -> list[str]:
    return [
        words
        for view in EVERY_VIEW
        for texts in screen_message(view, config).texts.values()
        for words in (texts.headline, texts.text, texts.label)
    ]


def test_no_language_lacks_a_text() -> None:
    assert set(WORDINGS) == set(LANGUAGES)
    assert all(words.strip() for words in all_words(ScreenConfig(languages=LANGUAGES)))


def test_no_word_tells_a_price_a_scheme_or_a_refusal() -> None:
    words = " ".join(all_words(ScreenConfig(languages=LANGUAGES))).lower()
    assert [word for word in FORBIDDEN if word in words] == []


def test_the_venue_chooses_languages_and_their_order() -> None:
    config = ScreenConfig(languages=("sv", "fi"))
    assert list(screen_message(View("idle"), config).texts) == ["sv", "fi"]
    assert page_setup(config)["languages"] == ("sv", "fi")


def test_the_venue_says_where_its_staff_is() -> None:
    config = ScreenConfig(place={"fi": PlaceConfig(to="neuvontaan", at="neuvonnasta")})
    assert screen_message(View("ask_staff"), config).texts["fi"].headline == "Tule neuvontaan"
    assert screen_message(View("out_of_order"), config).texts["fi"].text == "Pääset sisään neuvonnasta."
    assert screen_message(View("ask_staff"), config).texts["sv"].headline.split() == ["Kom", "till", "kassan"]


def test_the_venue_says_its_own_farewell() -> None:
    config = ScreenConfig(farewell={"fi": "Mukavaa uintia."})
    assert screen_message(View("thanks"), config).texts["fi"].text == "Mukavaa uintia."


def test_accepted_asks_only_where_there_is_a_question() -> None:
    config = ScreenConfig()
    assert "lapsia" not in screen_message(View("accepted"), config).texts["fi"].text
    assert "lapsia" in screen_message(View("accepted", QUESTION), config).texts["fi"].text


@pytest.mark.parametrize("most", [1, 99])
def test_the_question_travels_as_it_is(most: int) -> None:
    question = Question(epoch=QUESTION.epoch, seq=0, most=most)
    assert screen_message(View("accepted", question), ScreenConfig()).question == question
