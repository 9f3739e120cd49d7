"""What the fleet's page says, made of the figures: order, sums and sentences."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from server.domain.figures import KioskRow, KioskState, Overview, Summary, SummaryRow
from server.web.formats import count_of, number, on_day_at
from server.web.language import gettext as _
from server.web.language import mark
from server.web.words import STATE_WORDS, coverage

MAX_LATEST: Final = 12
MAX_VENUE_BARS: Final = 10
ELSEWHERE: Final = mark(
    "Kirjaukset ottaa vastaan toinen palvelin, ja tämä on valmiina jatkamaan sen jälkeen."
)

# Lost before attention: nobody knows what a silent kiosk does. Stopped and new ones wait for nobody.
_CARE: Final[tuple[KioskState, ...]] = ("lost", "attention", "working", "stopped", "never")
_FINNISH_ORDER: Final = str.maketrans("åäö", "{|}")  # the three that follow z, in their order


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    visits: int
    uses: int
    adults: int
    children: int
    assistants: int
    unanswered: int
    unchecked: int
    by_hand: int
    bounded: int
    matched: int


def by_need_of_care(kiosks: Sequence[KioskRow]) -> list[KioskRow]:
    return sorted(kiosks, key=lambda row: (_CARE.index(row.state), _sortable(row.venue_name), row.kiosk))


def state_counts(kiosks: Sequence[KioskRow]) -> list[tuple[KioskState, str, int]]:
    found = Counter(row.state for row in kiosks)
    return [(state, word, found[state]) for state, word in STATE_WORDS.items()]


def totals(summary: Summary) -> Totals:
    rows = summary.rows
    return Totals(
        visits=sum(row.visits for row in rows),
        uses=sum(row.uses for row in rows),
        adults=sum(row.adults for row in rows),
        children=sum(row.children for row in rows),
        assistants=sum(row.assistants for row in rows),
        unanswered=sum(row.unanswered for row in rows),
        unchecked=sum(row.unchecked for row in rows),
        by_hand=sum(row.by_hand for row in rows),
        bounded=sum(row.bounded for row in rows),
        matched=sum(row.matched for row in rows),
    )


def sentence(overview: Overview) -> str:
    """The whole day in a line: what came, what still waits on the kiosks, and when that was true."""
    today = totals(overview.by_venue)
    waiting = sum(row.waiting or 0 for row in overview.kiosks)
    came = _("Tänään {visits}, {uses}.").format(
        visits=count_of(today.visits, "käynti", "käyntiä"),
        uses=count_of(today.uses, "käyttökerta", "käyttökertaa"),
    )
    parts = [
        came if today.visits else _("Tänään ei ole vielä käyntejä."),
        _of_which(today),
        count_of(waiting, "kirjaus odottaa lähetystä.", "kirjausta odottaa lähetystä.") if waiting else "",
        coverage(overview.by_venue.records, overview.as_of),
        _("Tilanne {moment}.").format(moment=on_day_at(overview.as_of)),
        _(ELSEWHERE) if overview.elsewhere else "",
    ]
    return " ".join(part for part in parts if part)


def _of_which(today: Totals) -> str:
    """What a reader of the day's figures should know of them."""
    by_hand = _("Henkilökunta kirjasi käsin {visits}.").format(
        visits=count_of(today.by_hand, "käynnin", "käyntiä")
    )
    unchecked = _("Tarkistamatta tuli {visits}, joista {number} on nyt rekisterissä.").format(
        visits=count_of(today.unchecked, "käynti", "käyntiä"), number=number(today.matched)
    )
    bounded = count_of(today.bounded, "käynnin kellonaika on arvio.", "käynnin kellonaika on arvio.")
    said = ((today.by_hand, by_hand), (today.matched, unchecked), (today.bounded, bounded))
    return " ".join(words for count, words in said if count)


def announcement(overview: Overview) -> str:
    """Said aloud by screen readers when it changes: states only, for visits would never let them rest."""
    counts = [f"{word.lower()} {count}" for _, word, count in state_counts(overview.kiosks) if count]
    return _("Kioskien tila: {counts}.").format(counts=", ".join(counts)) if counts else ""


def venue_bars(rows: Sequence[SummaryRow]) -> tuple[list[SummaryRow], list[SummaryRow]]:
    """The venues by size, and those that are left for one bar at the end."""
    ranked = sorted(rows, key=lambda row: (-row.uses, _sortable(row.name), row.key))
    if len(ranked) <= MAX_VENUE_BARS:
        return ranked, []
    return ranked[: MAX_VENUE_BARS - 1], ranked[MAX_VENUE_BARS - 1 :]


def _sortable(name: str) -> str:
    return name.casefold().translate(_FINNISH_ORDER)
