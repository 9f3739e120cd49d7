"""The headings and values of tables as distributors write them: in English, Finnish, and the pages' words."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final, TypeVar

from agent.wire.records import CardKind
from agent.wire.told_code import holds_code
from server.domain.days import FIRST_DAY, LAST_DAY, can_be_said, day_of
from server.domain.faults import RowError
from server.domain.headings import BEYOND, NO_VALUE, Column, heading
from server.domain.names import MAX_NAME_CHARS, as_written, is_name
from server.domain.register import CardStatus, Category

_AREA: Final = Column("area", ("alue", "kunta", "kaikukorttialue", "område", "guovlu"), needed=True)

CARD_COLUMNS: Final = (
    Column(
        "code",
        (
            "koodi",
            "kortin koodi",
            "korttikoodi",
            "tunnus",
            "kortin tunnus",
            "kortin numero",
            "korttinumero",
            "kod",
            "koda",
        ),
        needed=True,
    ),
    Column(
        "kind",
        ("laji", "kortin laji", "korttilaji", "tyyppi", "korttityyppi", "kortin tyyppi", "korttyp", "šládja"),
        needed=True,
    ),
    Column(
        "distributor", ("jakaja", "jakajataho", "jakelija", "jakopaikka", "utdelare", "juohkki"), needed=True
    ),
    _AREA,
    Column(
        "issued_on",
        (
            "myönnetty",
            "myöntöpäivä",
            "myöntämispäivä",
            "annettu",
            "antopäivä",
            "luovutettu",
            "jaettu",
            "issued",
            "beviljat",
            "mieđihuvvon",
        ),
        needed=True,
    ),
    Column(
        "valid_until",
        (
            "voimassa",
            "voimassa asti",
            "voimassa saakka",
            "voimassaolo päättyy",
            "viimeinen voimassaolopäivä",
            "viimeinen päivä",
            "päättyy",
            "giltigt till",
            "fámus",
        ),
    ),
    Column(
        "max_children",
        (
            "lapsia",
            "lapset",
            "lasten määrä",
            "lapsia enintään",
            "omat lapset",
            "children",
            "antal barn",
            "mánát",
        ),
    ),
    Column("status", ("tila", "kortin tila", "tilanne", "läge", "dilli")),
)
VENUE_COLUMNS: Final = (
    Column("name", ("nimi", "kohde", "kohteen nimi", "käyttökohde"), needed=True),
    _AREA,
    Column("category", ("kategoria", "luokka", "ala", "toimiala"), needed=True),
    Column("time_zone", ("aikavyöhyke", "time zone")),
)
DISTRIBUTOR_COLUMNS: Final = (
    Column("name", ("nimi", "jakaja", "jakajan nimi", "jakajataho", "jakelija"), needed=True),
    _AREA,
)

KINDS: Final[Mapping[CardKind, tuple[str, ...]]] = {
    "personal": (
        "henkilökohtainen",
        "henkilökohtainen kortti",
        "henkilökortti",
        "henkilö",
        "personligt",
        "persovnnalaš",
    ),
    "community": (
        "yhteisö",
        "yhteisökortti",
        "yhteisön kortti",
        "yhteisön kaikukortti",
        "ryhmä",
        "ryhmäkortti",
        "gemenskap",
        "searvvuš",
    ),
}
STATUSES: Final[Mapping[CardStatus, tuple[str, ...]]] = {
    "active": ("voimassa", "aktiivinen", "käytössä", "valid", "giltigt", "fámus"),
    "blocked": ("suljettu", "estetty", "lukittu", "kadonnut", "spärrat", "giddejuvvon"),
    "withdrawn": ("poistettu", "poistettu käytöstä", "peruttu", "palautettu", "ur bruk", "eret geavaheames"),
}
CATEGORIES: Final[Mapping[Category, tuple[str, ...]]] = {
    "culture": ("kulttuuri", "taide", "kulttuuri ja taide", "kultur", "kultuvra"),
    "education": ("koulutus", "opetus", "opinnot", "kurssit", "utbildning", "oahpahus"),
    "science": ("tiede", "tiedekeskus", "vetenskap", "dieđa"),
    "sport": ("liikunta", "urheilu", "liikunta ja urheilu", "idrott", "lihkadeapmi"),
}

T = TypeVar("T", bound=str)
_ERROR: Final = re.compile(r"#[A-ZÅÄÖ0-9/_]{2,20}[!?]|#N/A|#PUUTTUU|#GETTING_DATA|Err:\d{3}|#{3,}")
"""What spreadsheets write in the place of a value, in English and in Finnish; a cell too narrow as well."""
_DAY_NUMBER: Final = re.compile(r"\d{5}(?:[.,]\d+)?")
"""Days since 1900, as a spreadsheet shows those of a column that is not formatted as dates."""
_ROUNDED: Final = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")


def text_in(cell: Mapping[str, str], column: Column) -> str:
    """Raises :class:`RowError` where a formula came without a value, or what is needed is empty."""
    text = cell[column.name]
    if text == NO_VALUE:
        raise RowError.of("no_value", column.name)
    if _ERROR.fullmatch(text):
        raise RowError.of("spreadsheet_error", column.name)
    if column.needed and not text:
        raise RowError.of("missing", column.name)
    return text


def nothing_beyond(cell: Mapping[str, str]) -> None:
    """Raises :class:`RowError` where a value stands without a heading."""
    if BEYOND in cell:
        raise RowError.of("no_heading", BEYOND)


def one_of(column: str, text: str, choices: Mapping[T, tuple[str, ...]]) -> T:
    said = heading(text)
    for choice, words in choices.items():
        if said == choice or said in words:
            return choice
    raise RowError.of("not_one_of", column, ", ".join(choices))


def name(column: str, text: str, pattern: re.Pattern[str]) -> str:
    """``pattern`` is of codes: a column of theirs that is taken for another one makes names of them."""
    written = as_written(text)
    if not is_name(written):
        raise RowError.of("not_a_name", column, str(MAX_NAME_CHARS))
    if holds_code(written, pattern):
        raise RowError.of("name_is_code", column)
    return written


def is_rounded(text: str) -> bool:
    """``1,23457E+11``: what is left of a long number in a spreadsheet."""
    return _ROUNDED.fullmatch(text) is not None


def day_in(column: str, text: str) -> date:
    found = day_of(text)
    if found is None:
        raise RowError.of("day_number" if _DAY_NUMBER.fullmatch(text) else "not_a_day", column)
    if not can_be_said(found):
        raise RowError.of("far_day", column, f"{FIRST_DAY.year} to {LAST_DAY.year - 1}")
    return found
