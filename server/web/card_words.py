"""What cards and their history are called on the pages."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from server.domain.desk import Erased, Refusal
from server.domain.history import Entry, Places, What
from server.domain.keeping import YearFault
from server.domain.spellings import Spelling
from server.web import formats
from server.web.formats import count_of
from server.web.language import Spoken, mark, mark_as
from server.web.language import gettext as _
from server.web.words import DASH

COLUMNS: Final[Mapping[str, str]] = Spoken(
    {
        "code": mark_as("column", "koodi"),
        "kind": mark_as("column", "laji"),
        "distributor": mark_as("column", "jakaja"),
        "area": mark_as("column", "alue"),
        "issued_on": mark_as("column", "myönnetty"),
        "valid_until": mark_as("column", "voimassa"),
        "max_children": mark_as("column", "lapsia"),
        "status": mark_as("column", "tila"),
    },
    "column",
)
_VALUES: Final[Mapping[str, str]] = Spoken(
    {
        "personal": mark_as("value", "henkilökohtainen"),
        "community": mark_as("value", "yhteisö"),
        "active": mark_as("value", "voimassa"),
        "blocked": mark_as("value", "suljettu"),
        "withdrawn": mark_as("value", "poistettu"),
        "culture": mark_as("value", "kulttuuri"),
        "education": mark_as("value", "koulutus"),
        "science": mark_as("value", "tiede"),
        "sport": mark_as("value", "liikunta"),
        "undone": mark_as("value", "peruttu tuonti"),
    },
    "value",
)
"""What a file may say for them: ``server.domain.words_in_files`` knows these words in every language."""
WHAT: Final[Mapping[What, str]] = Spoken(
    {
        "imported": mark("Tuotu tiedostosta"),
        "undone": mark("Tuonti peruttu"),
        "blocked": mark("Suljettu"),
        "unblocked": mark("Avattu"),
        "renewed": mark("Jatkettu"),
        "withdrawn": mark("Poistettu käytöstä"),
        "reinstated": mark("Otettu takaisin käyttöön"),
        "trial_moved": mark("Alueen kokeilun loppu muuttui"),
        "replaced": mark("Korvattu uudella kortilla"),
        "replacement": mark("Otettu kadonneen tilalle"),
    }
)
WAYS: Final[Mapping[str, str]] = Spoken(
    {"cli": mark("komennolla"), "web": mark("sivulla"), "api": mark("ohjelmalla"), "": DASH}
)
PLACES: Final[Mapping[Places, str]] = Spoken({"venues": mark("Kohteet"), "distributors": mark("Jakajat")})
REFUSALS: Final[Mapping[Refusal, str]] = Spoken(
    {
        "no_code": mark("Tämä ei ole Kaikukortin koodi. Tarkista koodi kortista."),
        "not_found": mark("Korttia ei ole rekisterissä. Tarkista koodi kortista."),
        "blocked_already": mark("Kortti on jo suljettu."),
        "not_blocked": mark("Kortti ei ole suljettu."),
        "not_withdrawn": mark("Korttia ei ole poistettu käytöstä."),
        "was_replaced": mark("Kortin tilalla on jo uusi kortti, joten tätä ei oteta käyttöön."),
        "not_in_use": mark(
            "Kortti on poistettu käytöstä. Ota se ensin takaisin käyttöön, tai anna uusi kortti."
        ),
        "not_active": mark("Kortti on suljettu. Avaa se ensin."),
        "not_a_day": mark("Kirjoita päivä muodossa 31.12.2026."),
        "before_issue": mark("Päivä on ennen kortin myöntämistä."),
        "not_later": mark("Kortti on voimassa jo siihen asti. Anna myöhempi päivä."),
        "trial_over": mark("Alueen kokeilu on päättynyt. Kirjoita viimeinen voimassaolopäivä."),
        "same_code": mark("Uudella kortilla on sama koodi kuin vanhalla. Lue koodi uudesta kortista."),
        "new_code_taken": mark("Uuden kortin koodi on jo rekisterissä toisella kortilla."),
        "new_not_active": mark(
            "Uusi kortti on suljettu tai poistettu käytöstä. Ota se käyttöön, tai ota toinen."
        ),
        "new_has_past": mark(
            "Uusi kortti on jo jonkun toisen: se on korvannut kortin tai korvattu. Tarkista koodi."
        ),
        "new_other_kind": mark(
            "Uusi kortti on eri lajia kuin kadonnut: toinen on henkilön, toinen yhteisön."
        ),
        "new_not_later": mark(
            "Uusi kortti ei ole myönnetty kadonneen jälkeen, joten se on jonkun toisen."
            " Tarkista koodi, tai sulje vain kadonnut kortti."
        ),
        "new_in_use": mark(
            "Uutta korttia on käytetty jo ennen kuin kadonnutta viimeksi, joten se on jonkun toisen."
        ),
    }
)
YEAR_REFUSALS: Final[Mapping[YearFault, str]] = Spoken(
    {
        "not_over": mark("Vuosi ei ole vielä päättynyt."),
        "locked": mark("Vuosi on jo lukittu."),
        "with_code": mark(
            "Vuoden käynneissä on vielä koodeja. Ne poistuvat itsestään, kun niiden aika tulee."
        ),
        "unproved": mark("Vuoden kirjauksia voi vielä puuttua. Lukitse vuosi komennolla, jos haluat silti."),
    }
)


def listed(text: str) -> str:
    """``kind, area`` → ``laji, alue``; what is no word of ours stays."""
    return ", ".join(COLUMNS.get(part, _VALUES.get(part, part)) for part in text.split(", "))


def value(column: str, text: str) -> str:
    """A cell of a change, as it is written on the page."""
    if column in ("issued_on", "valid_until") and text:
        return formats.day(date.fromisoformat(text))
    return _VALUES.get(text, text) if column in ("kind", "status") else text or DASH


def changes(columns: Iterable[tuple[str, str, str]]) -> str:
    """``tila: voimassa → suljettu``."""
    return "; ".join(
        f"{COLUMNS[name]}: {value(name, before)} → {value(name, after)}" for name, before, after in columns
    )


def status(card_status: str, *, is_replaced: bool) -> str:
    words = _VALUES[card_status]
    return _("{status}, tilalla uusi kortti").format(status=words) if is_replaced else words


def source(entry: Entry) -> str:
    words = WAYS.get(entry.way, entry.way)
    return _("{way}, tuonti {number}").format(way=words, number=entry.import_id) if entry.import_id else words


def erased(found: Erased) -> str:
    """What became of a person's cards; the figures are as before."""
    cards = count_of(found.cards, "kortti", "korttia")
    visits = count_of(found.visits, "käynti", "käyntiä")
    return _(
        "Poistettu pyynnöstä: {cards}. {visits} jäi lukuihin ilman koodia, ja luvut ovat kuten ennen."
    ).format(cards=cards, visits=visits)


def spelling(one: Spelling) -> str:
    """``Alue: rovaniemi → Rovaniemi``."""
    return f"{COLUMNS.get(one.column, one.column).capitalize()}: {one.written} → {one.stands}"


def rate(share: float | None) -> str:
    """``50,5 %``."""
    return DASH if share is None else formats.rate(share)
