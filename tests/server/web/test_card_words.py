"""Every fault, refusal and change has its Finnish words."""

from typing import get_args

import pytest

from server.domain.desk import CardRefused, Refusal
from server.domain.faults import Fault, FileFault, RowFault
from server.domain.history import What
from server.domain.matching import Matched
from server.domain.outcome import Outcome
from server.web import card_words, file_words
from server.web.open_cards import MOST, OpenCards


@pytest.mark.parametrize("name", [*get_args(RowFault), *get_args(FileFault)])
def test_every_fault_is_told_in_both_languages(name: RowFault | FileFault) -> None:
    found = Fault(name, "issued_on", "5")
    assert "{" not in file_words.fault(found) + str(found)
    assert file_words.fault(found) != str(found)


def test_every_refusal_and_every_change_has_words() -> None:
    assert set(card_words.REFUSALS) == set(get_args(Refusal))
    assert set(card_words.WHAT) == set(get_args(What))
    assert all(str(CardRefused(name)) for name in get_args(Refusal))


def test_columns_and_choices_are_finnish() -> None:
    assert file_words.fault(Fault("not_one_of", "kind", "personal, community")) == (
        "laji ei ole mikään näistä: henkilökohtainen, yhteisö"
    )
    assert card_words.changes([("valid_until", "2026-01-01", "2026-12-31"), ("max_children", "", "2")]) == (
        "voimassa: 1.1.2026 → 31.12.2026; lapsia: \N{EN DASH} → 2"
    )


def test_the_oldest_open_card_is_forgotten() -> None:
    cards = OpenCards()
    first, *_, last = [cards.open(f"A{number:09}") for number in range(MOST + 1)]
    assert (cards.code(first), cards.code(last)) == (None, f"A{MOST:09}")
    assert cards.code("") is None


def test_an_import_tells_the_visits_that_had_come_in_without_its_cards() -> None:
    assert file_words.imported(Outcome(new=2)) == "Tiedosto on tuotu: 2\xa0uutta korttia."
    found = Outcome(new=2, matched=Matched(visits=3, cards=2, refused=1))
    assert file_words.imported(found).replace("\xa0", " ") == (
        "Tiedosto on tuotu: 2 uutta korttia. 3 tarkistamatonta käyntiä liitettiin 2 korttiin. "
        "Niistä 1 käynnin kortti ei olisi kelvannut sinä päivänä."
    )
