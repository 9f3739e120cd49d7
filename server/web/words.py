"""What states, verdicts and parties are called on the fleet's pages, in plain Finnish."""

from typing import Final

from server.domain.figures import KioskState, VisitRow
from server.web.finnish import count_of

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
    "expired": "kortin voimassaolo on päättynyt",
    "not_yet_valid": "kortti ei ole vielä voimassa",
    "not_valid": "kortti ei ole voimassa",
    "unknown": "korttia ei ole listalla",
    "unlisted": "korttia ei ole listalla",
    "not_listed": "korttia ei ole listalla",
    "repeat": "kortti on jo luettu",
    "no_list": "kioskilla ei ole korttilistaa",
    "list_stale": "kioskin korttilista on vanha",
    "spot_check": "satunnainen tarkistus",
    "slow": "tallennus kesti liian kauan",
    "slow_commit": "tallennus kesti liian kauan",
}


def decision(visit: VisitRow) -> str:
    """What happened at the door: what was shown weighs more than what was judged."""
    if visit.verdict == "ask_staff":
        return f"Ohjattu henkilökunnalle{_because(visit.reason)}"
    if visit.shown == "staff":
        return "Ohjattu henkilökunnalle, vaikka kortti kelpasi"
    entered = "Sisään" if visit.verdict == "accepted" else "Sisään, korttia ei ole listalla"
    return entered if visit.shown == "green" else f"{entered}; valo ei ehtinyt syttyä"


def party(visit: VisitRow) -> str:
    """Who came in; nobody did where the visitor was sent to the staff."""
    if visit.verdict == "ask_staff":
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
