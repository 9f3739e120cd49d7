"""The words of every state in every language."""

from typing import get_args

import pytest
from msgspec.structs import replace

from agent.config import PlaceConfig, ReaderSide, ScreenConfig
from agent.ports.screen import View
from agent.wire.screen import About, Language, ScreenState
from kiosk_ui.messages import page_setup, screen_message
from tests.kiosk_ui.running import QUESTION

LANGUAGES = get_args(Language)
QUESTIONS = [replace(QUESTION, about=about) for about in get_args(About)]
EVERY_VIEW = [
    *(View(state) for state in get_args(ScreenState)),
    *(View("accepted", question) for question in QUESTIONS),
    View("accepted", to_staff=True),
    View("thanks", QUESTION, to_staff=True),
]
FORBIDDEN = ("€", "ilmai", "gratis", "free", "kaikukort", "hylät", "virhe", "valitett", "!", "{", "~")


def all_words(config: ScreenConfig) -> list[str]:
    return [
        words
        for view in EVERY_VIEW
        for texts in screen_message(view, config).texts.values()
        for words in (texts.headline, texts.text, texts.label, *texts.counts)
    ]


def test_no_text_is_empty_in_any_language() -> None:
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


@pytest.mark.parametrize("side", get_args(ReaderSide))
def test_the_sentence_at_rest_says_where_the_reader_is(side: ReaderSide) -> None:
    texts = [
        {
            one.text
            for one in screen_message(
                View("idle"), ScreenConfig(languages=LANGUAGES, reader_side=at)
            ).texts.values()
        }
        for at in get_args(ReaderSide)
    ]
    assert len(set().union(*texts)) == len(LANGUAGES) * len(texts), (
        "each says something else in each language"
    )
    said = screen_message(View("idle"), ScreenConfig(languages=("en",), reader_side=side)).texts["en"].text
    assert side in said


def test_who_may_be_called_is_said_when_it_is_out_of_order_and_only_then() -> None:
    config = ScreenConfig(languages=LANGUAGES, name="07", phone="016 000 000")
    texts = screen_message(View("out_of_order"), config).texts
    blank = "\N{NO-BREAK SPACE}"
    assert texts["fi"].text == f"Pääset sisään kassalta.\nLaite{blank}07. Apu: 016{blank}000{blank}000"
    assert all("016" in one.text for one in texts.values())
    assert "07" not in screen_message(View("paused"), config).texts["fi"].text
    alone = screen_message(View("out_of_order"), ScreenConfig(phone="016 000 000")).texts["fi"]
    assert alone.text.split("\n")[1:] == [f"Apu: 016{blank}000{blank}000"]


def test_words_are_kept_on_one_line_only_where_it_is_long_enough() -> None:
    config = ScreenConfig(languages=LANGUAGES, place={"sv": PlaceConfig(to="kundtjänsten~nu", at="x")})
    assert screen_message(View("ask_staff"), config).texts["sv"].headline == "Kom kundtjänsten nu"
    assert (
        screen_message(View("ask_staff"), config).texts["en"].headline
        == "Come\N{NO-BREAK SPACE}to the\N{NO-BREAK SPACE}desk"
    )


def test_the_venue_says_its_own_farewell() -> None:
    config = ScreenConfig(farewell={"fi": "Mukavaa uintia."})
    assert screen_message(View("thanks"), config).texts["fi"].text == "Mukavaa uintia."


def test_accepted_asks_only_where_there_is_a_question() -> None:
    config = ScreenConfig()
    assert "lapsia" not in screen_message(View("accepted"), config).texts["fi"].text
    assert "lapsia" in screen_message(View("accepted", QUESTION), config).texts["fi"].text


@pytest.mark.parametrize("most", [1, 99])
def test_the_question_travels_as_it_is_and_each_of_its_numbers_has_a_name(most: int) -> None:
    question = replace(QUESTION, most=most)
    message = screen_message(View("accepted", question), ScreenConfig(languages=LANGUAGES))
    assert message.question == question
    assert {len(texts.counts) for texts in message.texts.values()} == {most + 1}


def test_a_number_of_children_has_the_forms_of_its_language() -> None:
    config = ScreenConfig(languages=LANGUAGES)
    texts = screen_message(View("accepted", QUESTION), config).texts
    assert {language: texts[language].counts[:4] for language in LANGUAGES} == {
        "fi": ("0 lasta", "1 lapsi", "2 lasta", "3 lasta"),
        "sv": ("0 barn", "1 barn", "2 barn", "3 barn"),
        "en": ("0 children", "1 child", "2 children", "3 children"),
        "se": ("0 máná", "1 mánná", "2 máná", "3 máná"),
    }


def test_each_kind_of_card_and_question_has_its_own_words() -> None:
    config = ScreenConfig()
    asked = [screen_message(View("accepted", question), config).texts["fi"].text for question in QUESTIONS]
    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in asked] == [
        "Onko lapsia mukana?",
        "Montako on alle 16?",
        "Avustaja mukana?",
    ]


def test_a_spot_check_is_a_welcome_that_leads_by_the_staff() -> None:
    config = ScreenConfig(place={"fi": PlaceConfig(to="neuvontaan", at="neuvonnasta")})
    plain = screen_message(View("accepted", to_staff=True), config).texts["fi"]
    assert (plain.headline, plain.text) == ("Tervetuloa", "Tule\N{NO-BREAK SPACE}vielä neuvontaan.")
    thanks = screen_message(View("thanks", QUESTION, to_staff=True), config).texts["fi"]
    assert (thanks.headline, thanks.text) == ("Kiitos", "Tule\N{NO-BREAK SPACE}vielä neuvontaan.")


def test_the_staff_s_own_words_are_shown_in_a_pause_as_they_are() -> None:
    said = "Avaamme klo 12 {to} ~"
    texts = screen_message(View("paused", message=said), ScreenConfig(languages=LANGUAGES)).texts
    assert {text.text for text in texts.values()} == {said}
    assert screen_message(View("paused"), ScreenConfig()).texts["fi"].text == "Palaamme pian."
