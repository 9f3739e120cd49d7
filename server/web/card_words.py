"""What cards, their files and their history are called on the pages, in plain Finnish."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from server.domain.desk import Erased, Refusal
from server.domain.faults import Fault, FileFault, RowFault
from server.domain.history import Entry, Import, Places, What
from server.domain.keeping import YearFault
from server.domain.matching import Matched
from server.domain.outcome import Outcome
from server.domain.spellings import Spelling
from server.domain.undoing import InTheWay, UndoRefused
from server.domain.uploads import Step
from server.domain.words_in_files import CATEGORIES, KINDS, STATUSES
from server.web.finnish import count_of, number
from server.web.words import DASH

COLUMNS: Final[Mapping[str, str]] = {
    "code": "koodi",
    "kind": "laji",
    "distributor": "jakaja",
    "area": "alue",
    "issued_on": "myönnetty",
    "valid_until": "voimassa",
    "max_children": "lapsia",
    "status": "tila",
}
_VALUES: Final[Mapping[str, str]] = {
    word: also[0] for words in (KINDS, STATUSES, CATEGORIES) for word, also in words.items()
} | {"undone": "peruttu tuonti"}
WHAT: Final[Mapping[What, str]] = {
    "imported": "Tuotu tiedostosta",
    "undone": "Tuonti peruttu",
    "blocked": "Suljettu",
    "unblocked": "Avattu",
    "renewed": "Jatkettu",
    "withdrawn": "Poistettu käytöstä",
    "reinstated": "Otettu takaisin käyttöön",
    "trial_moved": "Alueen kokeilun loppu muuttui",
    "replaced": "Korvattu uudella kortilla",
    "replacement": "Otettu kadonneen tilalle",
}
WAYS: Final[Mapping[str, str]] = {"cli": "komennolla", "web": "sivulla", "api": "ohjelmalla", "": DASH}
PLACES: Final[Mapping[Places, str]] = {"venues": "Kohteet", "distributors": "Jakajat"}
REFUSALS: Final[Mapping[Refusal, str]] = {
    "no_code": "Tämä ei ole Kaikukortin koodi. Tarkista koodi kortista.",
    "not_found": "Korttia ei ole rekisterissä. Tarkista koodi kortista.",
    "blocked_already": "Kortti on jo suljettu.",
    "not_blocked": "Kortti ei ole suljettu.",
    "not_withdrawn": "Korttia ei ole poistettu käytöstä.",
    "was_replaced": "Kortin tilalla on jo uusi kortti, joten tätä ei oteta käyttöön.",
    "not_in_use": "Kortti on poistettu käytöstä. Ota se ensin takaisin käyttöön, tai anna uusi kortti.",
    "not_active": "Kortti on suljettu. Avaa se ensin.",
    "not_a_day": "Kirjoita päivä muodossa 31.12.2026.",
    "before_issue": "Päivä on ennen kortin myöntämistä.",
    "not_later": "Kortti on voimassa jo siihen asti. Anna myöhempi päivä.",
    "trial_over": "Alueen kokeilu on päättynyt. Kirjoita viimeinen voimassaolopäivä.",
    "same_code": "Uudella kortilla on sama koodi kuin vanhalla. Lue koodi uudesta kortista.",
    "new_code_taken": "Uuden kortin koodi on jo rekisterissä toisella kortilla.",
    "new_not_active": "Uusi kortti on suljettu tai poistettu käytöstä. Ota se käyttöön, tai ota toinen.",
    "new_has_past": "Uusi kortti on jo jonkun toisen: se on korvannut kortin tai korvattu. Tarkista koodi.",
    "new_other_kind": "Uusi kortti on eri lajia kuin kadonnut: toinen on henkilön, toinen yhteisön.",
    "new_not_later": "Uusi kortti ei ole myönnetty kadonneen jälkeen, joten se on jonkun toisen."
    " Tarkista koodi, tai sulje vain kadonnut kortti.",
    "new_in_use": "Uutta korttia on käytetty jo ennen kuin kadonnutta viimeksi, joten se on jonkun toisen.",
}
YEAR_REFUSALS: Final[Mapping[YearFault, str]] = {
    "not_over": "Vuosi ei ole vielä päättynyt.",
    "locked": "Vuosi on jo lukittu.",
    "with_code": "Vuoden käynneissä on vielä koodeja. Ne poistuvat itsestään, kun niiden aika tulee.",
    "unproved": "Vuoden kirjauksia voi vielä puuttua. Lukitse vuosi komennolla, jos haluat silti.",
}
KEY_CHANGED: Final = (
    "Korttilistan avain vaihtui kesken lukemisen. Mitään ei tuotu. Lähetä tiedosto uudelleen."
)
_FAULTS: Final[Mapping[RowFault | FileFault, str]] = {
    "missing": "{column} puuttuu",
    "code_shape": "koodi ei ole Kaikukortin muotoinen",
    "code_rounded": "taulukko-ohjelma on pyöristänyt koodin; muotoile sarake tekstiksi",
    "twice": "sama {column} on jo rivillä {detail}",
    "code_clash": "koodilla on sama avain kuin toisella kortilla; ilmoita tästä ylläpidolle",
    "not_one_of": "{column} ei ole mikään näistä: {detail}",
    "not_a_name": "{column} ei ole nimi, jossa on 1\N{EN DASH}{detail} merkkiä",
    "name_is_code": "{column} on kuin kortin koodi, tai siinä on sellainen; onko se toisesta sarakkeesta",
    "not_a_day": "{column} ei ole päivä, kuten 24.11.2026",
    "far_day": "{column} on kaukana menneessä tai tulevassa",
    "far_ahead": "{column} on liian kaukana tulevassa; onko vuosi oikein",
    "until_before_issue": "voimassaolo päättyy ennen myöntämistä",
    "after_trial": "kortti on myönnetty alueen kokeilun jälkeen; lisää viimeinen voimassaolopäivä",
    "not_children": "lapsia ei ole luku 0\N{EN DASH}{detail}",
    "no_heading": "rivillä on arvo viimeisen otsikon oikealla puolella; onko siinä erotin liikaa",
    "no_value": "{column} on kaava, jonka arvo puuttuu tiedostosta; avaa se taulukko-ohjelmassa ja tallenna,"
    " tai tallenna se CSV-muotoon",
    "spreadsheet_error": "{column} on taulukko-ohjelman virhe eikä arvo; korjaa kaava",
    "not_a_zone": "aikavyöhykettä ei ole",
    "venue_id_taken": "nimi on liian samanlainen kuin toisella kohteella",
    "no_letter": "nimessä ei ole kirjainta eikä numeroa",
    "unreadable": "Tiedostoa ei voi lukea.",
    "no_file": "Valitse CSV- tai XLSX-tiedosto.",
    "too_large": "Tiedosto on liian suuri. Raja on {detail}. Jaa se osiin tai tuo se komennolla.",
    "empty": "Tiedosto on tyhjä.",
    "no_rows": "Tiedostossa on vain otsikot.",
    "no_header": "Tiedostosta ei löydy otsikkoriviä. Siinä pitää olla: {detail}.",
    "no_header_on": "Taulukosta ei löydy otsikkoriviä (katsottu: {detail}). Siinä pitää olla: {column}.",
    "many_sheets": "Rivejä on usealla välilehdellä: {detail}. Jätä yksi ja piilota tai poista muut,"
    " tai tallenna kukin omaksi tiedostokseen.",
    "lacks": "Otsikoista puuttuu: {column}. Kirjoita tiedoston oma otsikko tai kaikille riveille sama arvo.",
    "column_twice": "Otsikoissa on kahdesti {column}: {detail}. Kirjoita, kumpi otsikko se on.",
    "mapped_nowhere": "Tiedostossa ei ole otsikkoa, jonka annoit: {column}.",
    "not_csv": "Rivi {detail} ei ole CSV:tä. Jäikö lainausmerkki auki?",
    "long_cell": "Rivillä {detail} on solu, jossa on yli 131\N{NO-BREAK SPACE}072 merkkiä. Lyhennä se.",
    "nul": "Tiedosto ei ole tekstiä. Tallenna se muodossa CSV UTF-8.",
    "no_encoding": "Tiedoston merkistöä ei tunneta. Tallenna se muodossa CSV UTF-8.",
    "old_excel": "Tiedosto on vanha Excel tai salasanan takana. Tallenna se XLSX-muotoon ilman salasanaa.",
    "opendocument": "Tallenna tiedosto XLSX- tai CSV-muotoon.",
    "broken_excel": "XLSX-tiedosto on rikki. Tallenna se uudelleen.",
}


def fault(found: Fault) -> str:
    return _FAULTS[found.name].format(column=_listed(found.column), detail=_listed(found.detail))


def _listed(text: str) -> str:
    """``kind, area`` → ``laji, alue``; what is no word of ours stays."""
    return ", ".join(COLUMNS.get(part, _VALUES.get(part, part)) for part in text.split(", "))


def value(column: str, text: str) -> str:
    """A cell of a change, as it is written in Finnish."""
    if column in ("issued_on", "valid_until") and text:
        return day(date.fromisoformat(text))
    return _VALUES.get(text, text) if column in ("kind", "status") else text or DASH


def day(on: date) -> str:
    return f"{on.day}.{on.month}.{on.year}"


def changes(columns: Iterable[tuple[str, str, str]]) -> str:
    """``tila: voimassa → suljettu``."""
    return "; ".join(
        f"{COLUMNS[name]}: {value(name, before)} → {value(name, after)}" for name, before, after in columns
    )


def status(card_status: str, *, is_replaced: bool) -> str:
    words = _VALUES[card_status]
    return f"{words}, tilalla uusi kortti" if is_replaced else words


def source(entry: Entry) -> str:
    words = WAYS.get(entry.way, entry.way)
    return f"{words}, tuonti {entry.import_id}" if entry.import_id else words


def imported(outcome: Outcome) -> str:
    """What came of an import."""
    parts = [
        (outcome.new, count_of(outcome.new, "uusi kortti", "uutta korttia")),
        (outcome.changed, count_of(outcome.changed, "kortti muuttui", "korttia muuttui")),
        (outcome.withdrawn, f"{count_of(outcome.withdrawn, 'kortti', 'korttia')} poistettiin käytöstä"),
    ]
    told = ", ".join(words for count, words in parts if count) or "mikään kortti ei muuttunut"
    return " ".join(
        filter(
            None,
            [
                f"Tiedosto on tuotu: {told}.",
                unread_columns(outcome),
                new_names(outcome),
                kept(days=outcome.shortening.kept, shut=outcome.reopening.kept),
                matched(outcome.matched),
            ],
        )
    )


def unread_columns(outcome: Outcome) -> str:
    """Empty where all were read."""
    names = ", ".join(one.heading for one in outcome.ignored)
    return f"Sarakkeita ei luettu: {names}." if names else ""


def new_names(outcome: Outcome) -> str:
    """How many areas and distributors came into being; empty where none."""
    parts = [
        count_of(len(outcome.new_areas), "uusi alue", "uutta aluetta") if outcome.new_areas else "",
        count_of(len(outcome.new_distributors), "uusi jakaja", "uutta jakajaa")
        if outcome.new_distributors
        else "",
    ]
    said = ", ".join(filter(None, parts))
    return f"Rekisteriin tuli {said}." if said else ""


def kept_from(one: Import) -> str:
    return kept(days=one.shortens - one.shortened, shut=one.reopens - one.reopened)


def kept(*, days: int, shut: int) -> str:
    """How many cards an older file left valid, or an import left shut; empty where none."""
    parts = [
        f"{count_of(days, 'kortin', 'kortin')} voimassaolo jäi myöhemmäksi kuin tiedostossa." if days else "",
        f"{count_of(shut, 'täällä suljettu kortti', 'täällä suljettua korttia')} jäi suljetuksi."
        if shut
        else "",
    ]
    return " ".join(filter(None, parts))


def most_gone(outcome: Outcome) -> str:
    """Why a file is not taken that lacks most of somebody's cards."""
    (_, name), count, of = outcome.most_gone[0]
    more = f" Samoin {number(len(outcome.most_gone) - 1)} muun jakajan." if len(outcome.most_gone) > 1 else ""
    return (
        f"Tiedostosta puuttuu {number(count)} jakajan {name} {number(of)} kortista.{more}"
        " Onko se koko luettelo? Mitään ei tuotu. Lähetä tiedosto uudelleen, ja vahvista poistaminen."
    )


def matched(found: Matched) -> str:
    """What had come in without its card; empty where nothing had."""
    if not found.visits:
        return ""
    visits = count_of(found.visits, "tarkistamaton käynti", "tarkistamatonta käyntiä")
    refused = (
        f" Niistä {count_of(found.refused, 'käynnin', 'käynnin')} kortti ei olisi kelvannut sinä päivänä."
        if found.refused
        else ""
    )
    return f"{visits} liitettiin {count_of(found.cards, 'korttiin', 'korttiin')}.{refused}"


def erased(found: Erased) -> str:
    """What became of a person's cards; the figures are as before."""
    cards = count_of(found.cards, "kortti", "korttia")
    visits = count_of(found.visits, "käynti", "käyntiä")
    return f"Poistettu pyynnöstä: {cards}. {visits} jäi lukuihin ilman koodia, ja luvut ovat kuten ennen."


_DOING: Final = {
    "reading": "Luetaan tiedostoa",
    "comparing": "Verrataan rekisteriin",
    "writing": "Tallennetaan",
    "undoing": "Perutaan",
}


def far(step: Step | None) -> str:
    """``Verrataan rekisteriin: 12 000 / 80 000 riviä``."""
    if step is None:
        return "Aloitetaan"
    of = "" if step.of is None else f"\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}{number(step.of)}"
    what = "korttia" if step.what == "undoing" else "riviä"
    return f"{_DOING[step.what]}: {number(step.rows)}{of} {what}"


def share(step: Step | None) -> float | None:
    """From 0 to 1; ``None`` while nobody knows."""
    return round(step.rows / step.of, 3) if step and step.of else None


def spelling(one: Spelling) -> str:
    """``Alue: rovaniemi → Rovaniemi``."""
    return f"{COLUMNS.get(one.column, one.column).capitalize()}: {one.written} → {one.stands}"


def rate(share: float | None) -> str:
    """``50,5 %``."""
    return DASH if share is None else f"{share * 100:.1f}".replace(".", ",") + "\N{NO-BREAK SPACE}%"


def undone(cards: int) -> str:
    return f"Tuonti on peruttu: {count_of(cards, 'kortti', 'korttia')} on taas kuten ennen sitä."


def in_the_way(one: InTheWay) -> str:
    """``A•••••••01: tila: voimassa → suljettu``."""
    why = [changes(one.columns)] * bool(one.columns) + ["kortti on korvattu"] * one.was_replaced
    why += ["samasta on päätetty uudelleen"] * one.was_decided
    return f"{one.masked_code or DASH}: {', '.join(why)}"


def undo_refused(error: UndoRefused) -> str:
    if error.name == "differ":
        cards = count_of(error.cards, "kortti", "korttia")
        erased = f" Niistä {number(error.erased)} on poistettu pyynnöstä." if error.erased else ""
        here = f"{cards} on nyt toisin kuin tuonti jätti, tai niistä on päätetty sen jälkeen."
        return f"Tuontia ei voi perua: {here}{erased} Mitään ei muutettu."
    if error.name == "forgotten":
        cards = count_of(error.cards, "kortilla", "kortilla")
        return (
            f"Tuontia ei voi perua: {cards} on käyntejä, joista koodit on jo poistettu. Mitään ei muutettu."
            " Poista kortit käytöstä yksitellen."
        )
    if error.name == "trial":
        cards = count_of(error.cards, "kortti", "korttia")
        return (
            f"Tuontia ei voi perua: {cards} palaisi alueelle, jonka kokeilun loppu on muuttunut sen jälkeen."
            " Mitään ei muutettu. Tuo korjattu tiedosto."
        )
    return "Tuonti on jo peruttu." if error.name == "already" else "Tuontia ei ole."
