"""What is said of files of cards: their faults, what came of them, how far they are, how they are undone."""

from collections.abc import Mapping
from typing import Final

from server.domain.faults import Fault, FileFault, RowFault
from server.domain.history import Import
from server.domain.matching import Matched
from server.domain.outcome import Outcome
from server.domain.undoing import InTheWay, UndoRefused
from server.domain.uploads import Step
from server.web.card_words import changes, listed
from server.web.formats import count_of, number
from server.web.language import Spoken, mark, ngettext
from server.web.language import gettext as _
from server.web.words import DASH

KEY_CHANGED: Final = mark(
    "Korttilistan avain vaihtui kesken lukemisen. Mitään ei tuotu. Lähetä tiedosto uudelleen."
)
_FAULTS: Final[Mapping[RowFault | FileFault, str]] = Spoken(
    {
        "missing": mark("{column} puuttuu"),
        "code_shape": mark("koodi ei ole Kaikukortin muotoinen"),
        "code_rounded": mark("taulukko-ohjelma on pyöristänyt koodin; muotoile sarake tekstiksi"),
        "twice": mark("sama {column} on jo rivillä {detail}"),
        "code_clash": mark("koodilla on sama avain kuin toisella kortilla; ilmoita tästä ylläpidolle"),
        "not_one_of": mark("{column} ei ole mikään näistä: {detail}"),
        "not_a_name": mark("{column} ei ole nimi, jossa on 1\N{EN DASH}{detail} merkkiä"),
        "name_is_code": mark(
            "{column} on kuin kortin koodi, tai siinä on sellainen; onko se toisesta sarakkeesta"
        ),
        "not_a_day": mark("{column} ei ole päivä, kuten 24.11.2026"),
        "day_number": mark("{column} on luku eikä päivä; muotoile sarake päivämääräksi"),
        "far_day": mark("{column} on kaukana menneessä tai tulevassa"),
        "far_ahead": mark("{column} on liian kaukana tulevassa; onko vuosi oikein"),
        "until_before_issue": mark("voimassaolo päättyy ennen myöntämistä"),
        "after_trial": mark("kortti on myönnetty alueen kokeilun jälkeen; lisää viimeinen voimassaolopäivä"),
        "not_children": mark("lapsia ei ole luku 0\N{EN DASH}{detail}"),
        "no_heading": mark("rivillä on arvo viimeisen otsikon oikealla puolella; onko siinä erotin liikaa"),
        "no_value": mark(
            "{column} on kaava, jonka arvo puuttuu tiedostosta; avaa se taulukko-ohjelmassa ja tallenna,"
            " tai tallenna se CSV-muotoon"
        ),
        "spreadsheet_error": mark("{column} on taulukko-ohjelman virhe eikä arvo; korjaa kaava"),
        "not_a_zone": mark("aikavyöhykettä ei ole"),
        "venue_id_taken": mark("nimi on liian samanlainen kuin toisella kohteella"),
        "no_letter": mark("nimessä ei ole kirjainta eikä numeroa"),
        "unreadable": mark("Tiedostoa ei voi lukea."),
        "no_file": mark("Valitse CSV- tai XLSX-tiedosto."),
        "too_large": mark("Tiedosto on liian suuri. Raja on {detail}. Jaa se osiin tai tuo se komennolla."),
        "empty": mark("Tiedosto on tyhjä."),
        "no_rows": mark("Tiedostossa on vain otsikot."),
        "no_header": mark(
            "Tiedostosta ei löydy otsikkoriviä, jossa sarakkeita erottaa ; tai , tai sarkain."
            " Siinä pitää olla: {column}. Jos otsikot ovat toiset, kirjoita ne alle."
        ),
        "no_header_on": mark(
            "Taulukosta ei löydy otsikkoriviä (katsottu: {detail}). Siinä pitää olla: {column}."
            " Jos otsikot ovat toiset, kirjoita ne alle."
        ),
        "many_sheets": mark(
            "Rivejä on usealla välilehdellä: {detail}. Jätä yksi ja piilota tai poista muut,"
            " tai tallenna kukin omaksi tiedostokseen."
        ),
        "lacks": mark(
            "Otsikoista puuttuu: {column}. Kirjoita tiedoston oma otsikko tai kaikille riveille sama arvo."
        ),
        "column_twice": mark("Otsikoissa on kahdesti {column}: {detail}. Kirjoita, kumpi otsikko se on."),
        "column_same": mark(
            "Otsikoissa on kahdesti {column}, kummallakin on nimi {detail}."
            " Anna toiselle toinen nimi tai poista se."
        ),
        "mapped_nowhere": mark("Tiedostossa ei ole otsikkoa, jonka annoit: {column}."),
        "not_csv": mark("Rivi {detail} ei ole CSV:tä. Jäikö lainausmerkki auki?"),
        "long_cell": mark(
            "Rivillä {detail} on solu, jossa on yli 131\N{NO-BREAK SPACE}072 merkkiä. Lyhennä se."
        ),
        "nul": mark("Tiedosto ei ole tekstiä. Tallenna se muodossa CSV UTF-8."),
        "no_encoding": mark("Tiedoston merkistöä ei tunneta. Tallenna se muodossa CSV UTF-8."),
        "old_excel": mark(
            "Tiedosto on vanha Excel tai salasanan takana. Tallenna se XLSX-muotoon ilman salasanaa."
        ),
        "opendocument": mark("Tallenna tiedosto XLSX- tai CSV-muotoon."),
        "broken_excel": mark("XLSX-tiedosto on rikki. Tallenna se uudelleen."),
    }
)


def fault(found: Fault) -> str:
    return _FAULTS[found.name].format(column=listed(found.column), detail=listed(found.detail))


def imported(outcome: Outcome) -> str:
    """What came of an import."""
    parts = [
        (outcome.new, count_of(outcome.new, "uusi kortti", "uutta korttia")),
        (outcome.changed, count_of(outcome.changed, "kortti muuttui", "korttia muuttui")),
        (
            outcome.withdrawn,
            count_of(outcome.withdrawn, "kortti poistettiin käytöstä", "korttia poistettiin käytöstä"),
        ),
    ]
    told = ", ".join(words for count, words in parts if count) or _("mikään kortti ei muuttunut")
    return " ".join(
        filter(
            None,
            [
                _("Tiedosto on tuotu: {told}.").format(told=told),
                unread_columns(outcome),
                new_names(outcome),
                kept(older=outcome.older.kept, shut=outcome.reopening.kept),
                matched(outcome.matched),
            ],
        )
    )


def unread_columns(outcome: Outcome) -> str:
    """Empty where all were read."""
    names = ", ".join(one.heading for one in outcome.ignored)
    return _("Sarakkeita ei luettu: {names}.").format(names=names) if names else ""


def new_names(outcome: Outcome) -> str:
    """How many areas and distributors came into being; empty where none."""
    parts = [
        count_of(len(outcome.new_areas), "uusi alue", "uutta aluetta") if outcome.new_areas else "",
        count_of(len(outcome.new_distributors), "uusi jakaja", "uutta jakajaa")
        if outcome.new_distributors
        else "",
    ]
    said = ", ".join(filter(None, parts))
    return _("Rekisteriin tuli {names}.").format(names=said) if said else ""


def kept_from(one: Import) -> str:
    return kept(older=one.shortens - one.shortened, shut=one.reopens - one.reopened)


def kept(*, older: int, shut: int) -> str:
    """How many cards an older file left as they were, or an import left shut; empty where none."""
    older_rows = count_of(
        older,
        "kortti jäi ennalleen, koska tiedoston rivi on vanhempi.",
        "korttia jäi ennalleen, koska tiedoston rivit ovat vanhempia.",
    )
    still = count_of(
        shut, "täällä suljettu kortti jäi suljetuksi.", "täällä suljettua korttia jäi suljetuksi."
    )
    return " ".join([older_rows] * bool(older) + [still] * bool(shut))


def most_gone(outcome: Outcome) -> str:
    """Why a file is not taken that lacks most of somebody's cards."""
    (_area, name), count, of = outcome.most_gone[0]
    others = len(outcome.most_gone) - 1
    more = " " + _("Samoin {number} muun jakajan.").format(number=number(others)) if others else ""
    return _(
        "Tiedostosta puuttuu {count} jakajan {name} {of} kortista.{more} Onko se koko luettelo?"
        " Mitään ei tuotu. Lähetä tiedosto uudelleen, ja vahvista poistaminen."
    ).format(count=number(count), name=name, of=number(of), more=more)


def matched(found: Matched) -> str:
    """What had come in without its card; empty where nothing had."""
    if not found.visits:
        return ""
    said = _("{visits} liitettiin {cards}.").format(
        visits=count_of(found.visits, "tarkistamaton käynti", "tarkistamatonta käyntiä"),
        cards=count_of(found.cards, "korttiin", "korttiin"),
    )
    if not found.refused:
        return said
    refused = count_of(
        found.refused,
        "käynnin kortti ei olisi kelvannut sinä päivänä.",
        "käynnin kortti ei olisi kelvannut sinä päivänä.",
    )
    return " ".join([said, _("Niistä {refused}").format(refused=refused)])


_DOING: Final = Spoken(
    {
        "reading": mark("Luetaan tiedostoa"),
        "comparing": mark("Verrataan rekisteriin"),
        "writing": mark("Tallennetaan"),
        "undoing": mark("Perutaan"),
    }
)


def far(step: Step | None) -> str:
    """``Verrataan rekisteriin: 12 000 / 80 000 riviä``."""
    if step is None:
        return _("Aloitetaan")
    of = "" if step.of is None else f"\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}{number(step.of)}"
    most = step.rows if step.of is None else step.of
    is_cards = step.what == "undoing"
    what = ngettext("kortti", "korttia", most) if is_cards else ngettext("rivi", "riviä", most)
    return f"{_DOING[step.what]}: {number(step.rows)}{of} {what}"


def share(step: Step | None) -> float | None:
    """From 0 to 1; ``None`` while nobody knows."""
    return round(step.rows / step.of, 3) if step and step.of else None


def undone(cards: int) -> str:
    return _("Tuonti on peruttu: {cards} on taas kuten ennen sitä.").format(
        cards=count_of(cards, "kortti", "korttia")
    )


def in_the_way(one: InTheWay) -> str:
    """``A•••••••01: tila: voimassa → suljettu``."""
    why = [changes(one.columns)] * bool(one.columns) + [_("kortti on korvattu")] * one.was_replaced
    why += [_("samasta on päätetty uudelleen")] * one.was_decided
    if one.repeated_by is not None:
        why.append(_("tuonti {number} sanoo samoin kuin tämä").format(number=one.repeated_by))
    return f"{one.masked_code or DASH}: {', '.join(why)}"


def undo_refused(error: UndoRefused) -> str:
    said = [_("Tuontia ei voi perua:")]
    match error.name:
        case "already":
            return _("Tuonti on jo peruttu.")
        case "unknown":
            return _("Tuontia ei ole.")
        case "differ":
            said.append(
                count_of(
                    error.cards,
                    "kortti on nyt toisin kuin tuonti jätti, tai niistä on päätetty sen jälkeen.",
                    "korttia on nyt toisin kuin tuonti jätti, tai niistä on päätetty sen jälkeen.",
                )
            )
            if error.erased:
                erased = number(error.erased)
                said.append(_("Niistä {number} on poistettu pyynnöstä.").format(number=erased))
                said.append(_("Mitään ei muutettu. Tuo korjattu tiedosto."))
            else:
                said.append(
                    _("Mitään ei muutettu. Peru ensin myöhemmät tuonnit, tai muuta kortit yksitellen.")
                )
        case "forgotten":
            said.append(
                count_of(
                    error.cards,
                    "kortilla on käyntejä, joista koodit on jo poistettu.",
                    "kortilla on käyntejä, joista koodit on jo poistettu.",
                )
            )
            said.append(_("Mitään ei muutettu. Poista kortit käytöstä yksitellen."))
        case "trial":
            said.append(
                count_of(
                    error.cards,
                    "kortti palaisi alueelle, jonka kokeilun loppu on muuttunut sen jälkeen.",
                    "korttia palaisi alueelle, jonka kokeilun loppu on muuttunut sen jälkeen.",
                )
            )
            said.append(_("Mitään ei muutettu. Tuo korjattu tiedosto."))
    return " ".join(said)
