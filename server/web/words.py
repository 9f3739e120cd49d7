"""What states, verdicts and parties are called on the fleet's pages, in plain Finnish."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from agent.wire.commands import CommandName
from server.domain.completeness import Doubt, Proof
from server.domain.figures import KioskRow, KioskState, Reread, Unproved, VisitRow
from server.domain.staff import CommandState
from server.web.finnish import count_of, number, weekday, when

DASH: Final = "\N{EN DASH}"

STATE_WORDS: Final[dict[KioskState, str]] = {
    "lost": "Ei yhteyttä",
    "attention": "Huomio",
    "working": "Toimii",
    "stopped": "Pysäytetty",
    "never": "Ei vielä nähty",
}
"""In the order in which the counts stand on the page."""

_REASONS: Final = {
    "blocked": "kortti on suljettu",
    "withdrawn": "kortti on poistettu käytöstä",
    "expired": "kortin voimassaolo on päättynyt",
    "not_yet_valid": "kortti ei ole vielä voimassa",
    "unlisted": "korttia ei ole listalla",
    "clock_unknown": "kioskin kello ei ole ajassa",
    "forgetful": "kioskin muisti ei säilytä kirjauksia",
    "list_unreadable": "kioski ei voinut lukea korttilistaansa",
    "list_stale": "kioskin korttilista on vanha",
    "repeat": "sama kortti on juuri käytetty",
    "button": "henkilökunnan painike",
    "worn_card": "kulunut kortti",
    "checked": "kortti katsottu",
    "kiosk": "laitevika",
    "other": "muu syy",
}
"""The reasons of ``agent.core.judge``; one of a later kiosk is shown as it comes."""

MARKS: Final = {
    "list_stale": "vanha korttilista",
    "repeat": "sama kortti kävi juuri äsken",
    "spot_check": "pistokoe",
}
COMMANDS: Final[dict[CommandName, str]] = {
    "let_in": "Päästä sisään",
    "take_back": "Peru",
    "pause": "Tauolle",
    "resume": "Avaa kioski",
}
COMMAND_STATES: Final[dict[CommandState, str]] = {
    "open": "odottaa kioskia",
    "done": "tehty",
    "rejected": "ei tehty",
    "failed": "ei onnistunut",
    "expired": "kioski ei vastannut ajoissa",
}
COMMAND_DETAILS: Final = {
    "not_offered": "tilanne kioskilla oli jo toinen",
    "unknown": "kioski ei osaa tätä, päivitä se",
    "expired": "pyyntö ehti vanhentua",
    "clock_unknown": "kioskin kello ei ole ajassa",
    "restarted": "kioski käynnistyi välissä, katso sen tilanne",
    "disk": "kioskin levy ei kirjoita",
}
"""Of ``agent.commander``."""

_SIMULATED: Final = re.compile(r"simulated(?: \((?P<pictures>\d{1,6}) pictures?\))?")

_DOUBTS: Final[dict[Doubt, str]] = {
    "never_heard": "kioskista ei ole vielä kuultu",
    "silent": "kioski ei ole ollut yhteydessä {since} jälkeen",
    "no_digest": "kioski ei ole vielä kertonut päivän päättyneen",
    "gap": "kirjauksia puuttuu välistä",
    "start_unknown": "kioskin kirjanpito on alkanut alusta",
    "set_aside": "kioskin muistissa oli vaurio, josta kirjauksia on voinut jäädä lukematta",
    "copied": "kioskin muistikortti on kopioitu tai palautettu",
    "conflict": "samalla tunnuksella on kaksi eri kirjausta",
    "refused": "kirjauksia ei osata lukea",
    "misplaced": "kirjauksia on kohteesta, johon kioskia ei ole liitetty",
}


_UNREAD: Final = (
    ("the sealed code cannot be opened", "Kortin tunnus ei aukea tämän palvelimen avaimella."),
    ("the sealed text is no card code", "Sinetöity teksti ei ole kortin tunnus."),
    ("the server's store does not take it", "Tietokanta ei ottanut kirjausta vastaan."),
    ("the row's seq is not", "Kirjauksen numero ei ole sen paikka lähetyksessä."),
    ("a text with control characters", "Tekstissä on merkkejä, joita ei voi näyttää."),
    ("not a JSON document", "Kirjaus on rikki."),
    ("Invalid value", "Kirjaus on lajia, jota tämä palvelin ei tunne. Päivitä palvelin."),
    ("Object missing", "Kirjauksesta puuttuu tietoja."),
    ("Expected", "Kirjauksen tiedot eivät ole sovitussa muodossa."),
)
"""By how a reason of ``server.domain.facts`` and of the wire's decoder begins."""


def unread_because(why: str) -> str:
    """Why a record could not be read. A reason of another version is shown as it comes."""
    return next((words for start, words in _UNREAD if why.startswith(start)), why)


def reread(outcome: Reread) -> str:
    """What came of reading the dead letters once more."""
    if not outcome.read and not outcome.unread:
        return "Yhtään kirjausta ei ollut lukematta."
    read = f"{count_of(outcome.read, 'kirjaus', 'kirjausta')} luettiin ja on nyt mukana."
    number_left = count_of(outcome.unread, "kirjausta", "kirjausta")
    left = f"{number_left} ei vieläkään osata lukea, mutta mitään ei ole kadonnut."
    return " ".join([read] * bool(outcome.read) + [left] * bool(outcome.unread))


def doubts(records: Proof, now: datetime) -> str:
    """Why figures may not be whole; empty where they are."""
    since = when(records.silent_since, now) if records.silent_since else ""
    return ", ".join(_DOUBTS[doubt].format(since=since) for doubt in records.doubts)


def remarks(records: Proof, now: datetime) -> str:
    """What a reader must know of figures: why they may not be whole, and whose word they rest on."""
    said = [doubts(records, now)] * bool(records.doubts)
    if records.ended:
        said.append(f"{count_of(records.ended, 'muistikortti', 'muistikorttia')} merkitty poistetuksi")
    return ", ".join(said)


def coverage(records: Proof, now: datetime) -> str:
    """How many records are here, and until when nothing is missing; empty where none is known of."""
    if not records.expected and not records.doubts:
        return ""
    here = f"Kirjauksia perillä {arrived(records)}"
    if records.doubts:
        return f"{here}: {remarks(records, now)}."
    until = f", kaikki {when(records.as_of, now)} asti" if records.as_of else ""
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
    """The model as the kiosk tells it; only a camera that is none has a Finnish name."""
    if found := _SIMULATED.fullmatch(kiosk.camera):
        pictures = found["pictures"]
        return f"simuloitu ({count_of(int(pictures), 'kuva', 'kuvaa')})" if pictures else "simuloitu"
    return kiosk.camera or DASH


def decision(visit: VisitRow) -> str:
    """What happened at the door: what was shown weighs more than what was judged."""
    if visit.verdict == "ask_staff":
        return f"Ohjattu henkilökunnalle{_because(visit.reason)}"
    if visit.shown == "staff":
        return "Ohjattu henkilökunnalle, vaikka kortti kelpasi"
    return _entered(visit) if visit.counted else f"{_entered(visit)}; ei luvuissa"


def _entered(visit: VisitRow) -> str:
    if visit.verdict == "by_hand":
        return f"Päästetty sisään käsin{_because(visit.reason)}"
    entered = "Sisään" if visit.verdict == "accepted" else f"Sisään tarkistamatta{_because(visit.reason)}"
    if visit.verdict == "unchecked" and visit.reason == "unlisted" and visit.matched:
        entered += ", nyt on rekisterissä"
    return entered if visit.shown == "green" else f"{entered}; valo ei ehtinyt syttyä"


def seen(visit: VisitRow, now: datetime) -> str:
    """When it was; of a visit that has only bounds no later than when."""
    moment = when(visit.seen_at, now)
    return f"viimeistään {moment}" if visit.quality == "bounded" else moment


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
        words.append("lapsista ei vastattu")
    elif visit.children:
        words.append(count_of(visit.children, "lapsi", "lasta"))
    if visit.assistants:
        words.append(count_of(visit.assistants, "avustaja", "avustajaa"))
    return words or [DASH]


def _because(reason: str) -> str:
    if not reason:
        return ""
    return f": {_REASONS.get(reason, reason)}"
