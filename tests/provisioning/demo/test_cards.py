"""The demo's register holds every sort of card, around today, and takes the server's own reading."""

import csv
import io
import random
import re
from datetime import date

from agent.wire.card_code import DEFAULT_PATTERN
from provisioning.demo.cards import FOREIGN_TEXT, Deck, card_list, made_up_cards
from server.domain.card_file import card_of
from server.domain.headings import Given, Headings
from server.domain.register import RegisterCard
from server.domain.words_in_files import CARD_COLUMNS

TODAY = date(2026, 11, 24)
CARDS = made_up_cards(1, TODAY, 800)
PATTERN = re.compile(DEFAULT_PATTERN)


def listed_cards() -> list[RegisterCard]:
    header, *rows = csv.reader(io.StringIO(card_list(CARDS)))
    layout = Headings(CARD_COLUMNS, Given()).layout(header)
    return [card_of(layout.cells(row), PATTERN, TODAY) for row in rows]


def test_the_server_takes_every_row_of_the_list() -> None:
    cards = listed_cards()
    assert len(cards) == sum(card.sort != "unknown" for card in CARDS)
    assert {card.kind for card in cards} == {"personal", "community"}


def test_sorts_are_what_they_are_called_today() -> None:
    listed = {card.code.reveal(): card for card in listed_cards()}
    for card in CARDS:
        match card.sort:
            case "unknown":
                assert card.code not in listed
            case "blocked":
                assert listed[card.code].status == "blocked"
            case "expired":
                assert (listed[card.code].valid_until or TODAY) < TODAY
            case _:
                assert listed[card.code].issued_on <= TODAY <= (listed[card.code].valid_until or date.min)


def test_a_year_later_the_same_codes_are_valid_again() -> None:
    later = made_up_cards(1, date(2028, 2, 29), 800)
    assert [card.code for card in later] == [card.code for card in CARDS]
    assert [card.sort for card in later] == [card.sort for card in CARDS]


def test_the_deck_draws_what_is_asked_for() -> None:
    deck = Deck(CARDS, random.Random(1))  # noqa: S311  (made-up cards need no secrets)
    sorts = {card.code: card.sort for card in CARDS}
    for sort in ("valid", "expired", "blocked", "unknown"):
        assert sorts[deck.draw(sort)] == sort
    assert deck.draw("foreign") == FOREIGN_TEXT


def test_a_made_up_card_masks_itself_too() -> None:
    assert CARDS[0].code not in repr(CARDS[0])
