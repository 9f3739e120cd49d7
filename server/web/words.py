"""What states, verdicts and parties are called on the fleet's pages."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from agent.wire.commands import CommandName, Fault
from server.domain.completeness import Doubt, Proof
from server.domain.figures import KioskRow, KioskState, Reread, Unproved, VisitRow
from server.domain.staff import CommandState
from server.web.formats import count_of, number, weekday, when
from server.web.language import Spoken, mark
from server.web.language import gettext as _

DASH: Final = "\N{EN DASH}"

STATE_WORDS: Final[Mapping[KioskState, str]] = Spoken(
    {
        "lost": mark("Ei yhteyttä"),
        "attention": mark("Huomio"),
        "working": mark("Toimii"),
        "stopped": mark("Pysäytetty"),
        "never": mark("Ei vielä nähty"),
    }
)
"""In the order in which the counts stand on the page."""

_REASONS: Final[Mapping[str, str]] = Spoken(
    {
        "blocked": mark("kortti on suljettu"),
        "withdrawn": mark("kortti on poistettu käytöstä"),
        "expired": mark("kortin voimassaolo on päättynyt"),
        "not_yet_valid": mark("kortti ei ole vielä voimassa"),
        "unlisted": mark("korttia ei ole listalla"),
        "clock_unknown": mark("kioskin kello ei ole ajassa"),
        "forgetful": mark("kioskin muisti ei säilytä kirjauksia"),
        "list_unreadable": mark("kioski ei voinut lukea korttilistaansa"),
        "list_stale": mark("kioskin korttilista on vanha"),
        "repeat": mark("sama kortti on juuri käytetty"),
        "button": mark("henkilökunnan painike"),
        "worn_card": mark("kulunut kortti"),
        "checked": mark("kortti katsottu"),
        "kiosk": mark("laitevika"),
        "other": mark("muu syy"),
    }
)
"""The reasons of ``agent.core.judge``; one of a later kiosk is shown as it comes."""

MARKS: Final[Mapping[str, str]] = Spoken(
    {
        "list_stale": mark("vanha korttilista"),
        "repeat": mark("sama kortti kävi juuri äsken"),
        "spot_check": mark("pistokoe"),
    }
)
COMMANDS: Final[Mapping[CommandName, str]] = Spoken(
    {
        "let_in": mark("Päästä sisään"),
        "take_back": mark("Peru"),
        "pause": mark("Tauolle"),
        "resume": mark("Avaa kioski"),
        "type": mark("Kirjoitettu koodi"),
    }
)
COMMAND_STATES: Final[Mapping[CommandState, str]] = Spoken(
    {
        "open": mark("odottaa kioskia"),
        "done": mark("tehty"),
        "rejected": mark("ei tehty"),
        "failed": mark("ei onnistunut"),
        "expired": mark("kioski ei vastannut ajoissa"),
    }
)
COMMAND_DETAILS: Final[Mapping[Fault, str]] = Spoken(
    {
        "not_offered": mark("tilanne kioskilla oli jo toinen"),
        "unknown": mark("kioski ei osaa tätä, päivitä se"),
        "expired": mark("pyyntö ehti vanhentua"),
        "clock_unknown": mark("kioskin kello ei ole ajassa"),
        "restarted": mark("kioski käynnistyi välissä, katso sen tilanne"),
        "disk": mark("kioskin levy ei kirjoita"),
        "card_code": mark("viestissä oli kortin koodi"),
        "too_wide": mark("viesti ei mahdu näytölle"),
        "sealed": mark("kioski on käynnistynyt uudelleen, kirjoita koodi uudestaan"),
    }
)
"""Another kiosk's version may have more: what is not here is not said."""

_SIMULATED: Final = re.compile(r"simulated(?: \((?P<pictures>\d{1,6}) pictures?\))?")

_DOUBTS: Final[Mapping[Doubt, str]] = Spoken(
    {
        "never_heard": mark("kioskista ei ole vielä kuultu"),
        "silent": mark("kioski ei ole ollut yhteydessä {since} jälkeen"),
        "no_digest": mark("kioski ei ole vielä kertonut päivän päättyneen"),
        "gap": mark("kirjauksia puuttuu välistä"),
        "start_unknown": mark("kioskin kirjanpito on alkanut alusta"),
        "set_aside": mark("kioskin muistissa oli vaurio, josta kirjauksia on voinut jäädä lukematta"),
        "copied": mark("kioskin muistikortti on kopioitu tai palautettu"),
        "conflict": mark("samalla tunnuksella on kaksi eri kirjausta"),
        "refused": mark("kirjauksia ei osata lukea"),
        "misplaced": mark("kirjauksia on kohteesta, johon kioskia ei ole liitetty"),
    }
)


_UNREAD: Final = (
    ("the sealed code cannot be opened", mark("Kortin tunnus ei aukea tämän palvelimen avaimella.")),
    ("the sealed text is no card code", mark("Sinetöity teksti ei ole kortin tunnus.")),
    ("the server's store does not take it", mark("Tietokanta ei ottanut kirjausta vastaan.")),
    ("the row's seq is not", mark("Kirjauksen numero ei ole sen paikka lähetyksessä.")),
    ("a text with control characters", mark("Tekstissä on merkkejä, joita ei voi näyttää.")),
    ("not a JSON document", mark("Kirjaus on rikki.")),
    ("Invalid value", mark("Kirjaus on lajia, jota tämä palvelin ei tunne. Päivitä palvelin.")),
    ("Object missing", mark("Kirjauksesta puuttuu tietoja.")),
    ("Expected", mark("Kirjauksen tiedot eivät ole sovitussa muodossa.")),
)
"""By how a reason of ``server.domain.facts`` and of the wire's decoder begins."""


def unread_because(why: str) -> str:
    """Why a record could not be read. A reason of another version is shown as it comes."""
    return next((_(words) for start, words in _UNREAD if why.startswith(start)), why)


def reread(outcome: Reread) -> str:
    """What came of reading the dead letters once more."""
    if not outcome.read and not outcome.unread:
        return _("Yhtään kirjausta ei ollut lukematta.")
    read = count_of(
        outcome.read, "kirjaus luettiin ja on nyt mukana.", "kirjausta luettiin ja on nyt mukana."
    )
    left = count_of(
        outcome.unread,
        "kirjausta ei vieläkään osata lukea, mutta mitään ei ole kadonnut.",
        "kirjausta ei vieläkään osata lukea, mutta mitään ei ole kadonnut.",
    )
    return " ".join([read] * bool(outcome.read) + [left] * bool(outcome.unread))


def doubts(records: Proof, now: datetime) -> str:
    """Why figures may not be whole; empty where they are."""
    since = when(records.silent_since, now) if records.silent_since else ""
    return ", ".join(_DOUBTS[doubt].format(since=since) for doubt in records.doubts)


def remarks(records: Proof, now: datetime) -> str:
    """What a reader must know of figures: why they may not be whole, and whose word they rest on."""
    said = [doubts(records, now)] * bool(records.doubts)
    if records.ended:
        said.append(
            count_of(records.ended, "muistikortti merkitty poistetuksi", "muistikorttia merkitty poistetuksi")
        )
    return ", ".join(said)


def coverage(records: Proof, now: datetime) -> str:
    """How many records are here, and until when nothing is missing; empty where none is known of."""
    if not records.expected and not records.doubts:
        return ""
    here = _("Kirjauksia perillä {arrived}").format(arrived=arrived(records))
    if records.doubts:
        return f"{here}: {remarks(records, now)}."
    until = _(", kaikki {when} asti").format(when=when(records.as_of, now)) if records.as_of else ""
    said = remarks(records, now)
    return f"{here}{until}{', ' if said else ''}{said}."


def footnotes(proofs: Iterable[Proof], now: datetime) -> dict[str, int]:
    """Each remark on some of a table's figures, with its number."""
    said = dict.fromkeys(words for proof in proofs if (words := remarks(proof, now)))
    return {words: number for number, words in enumerate(said, start=1)}


def arrived(records: Proof) -> str:
    """``212/212``: how many are here of the records that are known of."""
    return f"{number(records.here)}/{number(records.expected)}"


def unproved_day(day: Unproved, now: datetime) -> str:
    """Which kiosk, which day, how much of it is here, and why it may not be whole."""
    where = f"{day.venue_name}, {day.name}" if day.venue_name else day.name
    return f"{where}: {weekday(day.day)} ({arrived(day.records)}) {DASH} {remarks(day.records, now)}."


def camera(kiosk: KioskRow) -> str:
    """The model as the kiosk tells it; only a camera that is none is called so."""
    if found := _SIMULATED.fullmatch(kiosk.camera):
        pictures = found["pictures"]
        said = _("simuloitu")
        if not pictures:
            return said
        shown = count_of(int(pictures), "kuva", "kuvaa")
        return f"{said} ({shown})"
    return kiosk.camera or DASH


def decision(visit: VisitRow) -> str:
    """What happened at the door: what was shown weighs more than what was judged."""
    if visit.verdict == "ask_staff":
        return _("Ohjattu henkilökunnalle") + _because(visit.reason)
    if visit.shown == "staff":
        return _("Ohjattu henkilökunnalle, vaikka kortti kelpasi")
    return _entered(visit) if visit.counted else _("{entered}; ei luvuissa").format(entered=_entered(visit))


def _entered(visit: VisitRow) -> str:
    if visit.verdict == "by_hand":
        return _("Päästetty sisään käsin") + _because(visit.reason)
    is_checked = visit.verdict == "accepted"
    entered = _("Sisään") if is_checked else _("Sisään tarkistamatta") + _because(visit.reason)
    if visit.verdict == "unchecked" and visit.reason == "unlisted" and visit.matched:
        entered += _(", nyt on rekisterissä")
    if visit.shown == "green":
        return entered
    return _("{entered}; valo ei ehtinyt syttyä").format(entered=entered)


def seen(visit: VisitRow, now: datetime) -> str:
    """When it was; of a visit that has only bounds no later than when."""
    moment = when(visit.seen_at, now)
    return _("viimeistään {moment}").format(moment=moment) if visit.quality == "bounded" else moment


def party(visit: VisitRow) -> str:
    """Who came in; nobody did who was sent to the staff, or taken back."""
    if visit.verdict == "ask_staff" or visit.shown == "staff" or not visit.counted:
        return DASH
    return ", ".join(_people(visit))


def _people(visit: VisitRow) -> list[str]:
    words = []
    if visit.adults:
        words.append(count_of(visit.adults, "aikuinen", "aikuista"))
    if visit.children is None:
        words.append(_("lapsista ei vastattu"))
    elif visit.children:
        words.append(count_of(visit.children, "lapsi", "lasta"))
    if visit.assistants:
        words.append(count_of(visit.assistants, "avustaja", "avustajaa"))
    return words or [DASH]


def _because(reason: str) -> str:
    if not reason:
        return ""
    return f": {_REASONS.get(reason, reason)}"
