"""Renders the fleet's page and the parts of it that change, with every value escaped."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from server.domain.figures import CopiedKiosk, KioskRow, Letters, Overview, Reread, SummaryRow
from server.domain.staff import KioskStaff
from server.web import care, chart, choosing, formats, overview, words
from server.web.card_pages import CardPages
from server.web.language import NAMES, gettext, language, ngettext, npgettext, pgettext

PARTS: Final = (
    "announcement",
    "care-links",
    "sentence",
    "counts",
    "problems",
    "kiosk-rows",
    "hours",
    "hour-rows",
    "venues",
    "venue-rows",
    "latest-rows",
    "letters",
)
"""Each is the id of one element on the page and the name of its template."""


STAFF_PARTS: Final = ("staff-last", "staff-let-in", "staff-pause", "staff-before", "staff-commands")
"""Likewise, of a kiosk's staff page. A caret in a form keeps that part; the last outcome is none of it."""


class Pages:
    """The templates, read once."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=PackageLoader("server", "web/templates"),
            autoescape=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.policies["ext.i18n.trimmed"] = True
        self._templates.install_gettext_callables(  # type: ignore[attr-defined]  # the extension's own
            gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
        )
        self._templates.filters.update(
            number=formats.number,
            share=formats.share,
            decision=words.decision,
            party=words.party,
            camera=words.camera,
            arrived=words.arrived,
            unread_because=words.unread_because,
            reason=care.reason,
            plain=_plain,
        )
        self._templates.globals.update(
            at_hour=formats.at_hour,
            count_of=formats.count_of,
            dash=words.DASH,
            language=language,
            languages=NAMES,
            page=choosing.page,
            state_words=words.STATE_WORDS,
            to_language=choosing.to_language,
        )

    def page(self, figures: Overview) -> str:
        return self._templates.get_template("fleet.html").render(parts=PARTS, **_values(figures))

    def parts(self, figures: Overview) -> Mapping[str, str]:
        values = _values(figures)
        return {
            name: self._templates.get_template(f"parts/{name}.html").render(values).strip() for name in PARTS
        }

    def letters(self, letters: Letters, *, later: bool) -> str:
        """A page of the dead letters; ``later`` where it is not the first."""
        zone = letters.as_of.tzinfo if letters.as_of else UTC
        return self._templates.get_template("letters.html").render(
            letters=letters, later=later, when=lambda moment: formats.moment(moment.astimezone(zone))
        )

    def memory_cards(self, kiosks: Sequence[CopiedKiosk], zone: tzinfo, *, said: str, refused: str) -> str:
        return self._templates.get_template("memory-cards.html").render(
            kiosks=kiosks,
            said=said,
            refused=refused,
            when=lambda moment: formats.moment(moment.astimezone(zone)) if moment else words.DASH,
        )

    def staff(
        self,
        staff: KioskStaff,
        reasons: Mapping[str, str],
        *,
        said: str,
        refused: str,
        unsaid: str,
        draft: str,
    ) -> str:
        """``refused`` is of a code, ``unsaid`` of the words of a pause; ``draft``: those words once more."""
        return self._templates.get_template("kiosk-staff.html").render(
            said=said, refused=refused, unsaid=unsaid, **_staff_values(staff, reasons, draft)
        )

    def staff_parts(self, staff: KioskStaff, reasons: Mapping[str, str]) -> Mapping[str, str]:
        values = _staff_values(staff, reasons)
        return {
            name: self._templates.get_template(f"parts/{name}.html").render(values).strip()
            for name in STAFF_PARTS
        }

    def reread(self, outcome: Reread) -> str:
        """What came of reading the dead letters once more."""
        return self._templates.get_template("error.html").render(
            title=gettext("Kirjaukset luettiin uudelleen"), advice=words.reread(outcome)
        )

    def of_cards(self, zone: tzinfo) -> CardPages:
        return CardPages(self._templates, zone)

    def error(self, *, title: str, advice: str) -> str:
        return self._templates.get_template("error.html").render(title=title, advice=advice)


def _plain(head: str) -> str:
    """Without the places where it may be parted."""
    return head.replace("&shy;", "")


def _staff_values(staff: KioskStaff, reasons: Mapping[str, str], draft: str = "") -> dict[str, Any]:
    return {
        "staff": staff,
        "draft": draft,
        "last": next(iter(staff.rows), None),
        "adoptable": staff.adoptable,
        "undoable": staff.undoable,
        "reasons": reasons,
        "marks": words.MARKS,
        "command_words": words.COMMANDS,
        "command_states": words.COMMAND_STATES,
        "command_details": words.COMMAND_DETAILS,
        "seen": lambda visit: words.seen(visit, staff.as_of),
        "when": lambda moment: formats.when(moment, staff.as_of),
    }


def _values(figures: Overview) -> dict[str, Any]:
    """What the templates need; they only lay it out."""
    now = figures.as_of

    def age(since: datetime | None) -> str:
        return words.DASH if since is None else formats.span(now - since)

    def when(moment: datetime | None) -> str:
        return words.DASH if moment is None else formats.when(moment, now)

    def footnotes(rows: Sequence[SummaryRow | KioskRow]) -> Mapping[str, int]:
        return words.footnotes((row.records for row in rows), now)

    bars, others = overview.venue_bars(figures.by_venue.rows)
    return {
        "age": age,
        "announcement": overview.announcement(figures),
        "copied": figures.copied,
        "coverage": words.coverage(figures.by_venue.records, now),
        "counts": overview.state_counts(figures.kiosks),
        "footnotes": footnotes,
        "hours": sorted(figures.by_hour.rows, key=lambda row: row.key),
        "hours_chart": chart.hours_chart(figures.by_hour.rows, now.hour),
        "kiosks": overview.by_need_of_care(figures.kiosks),
        "letters": figures.letters,
        "latest": figures.latest[: overview.MAX_LATEST],
        "other_uses": sum(row.uses for row in others),
        "other_venues": len(others),
        "problems": [care.problem(one) for one in figures.problems],
        "remarks": lambda records: words.remarks(records, now),
        "seen": lambda visit: words.seen(visit, now),
        "unproved": [words.unproved_day(day, now) for day in figures.unproved],
        "sentence": overview.sentence(figures),
        "today": overview.totals(figures.by_venue),
        "venue_bar": chart.venue_bar,
        "venue_bars": bars,
        "venues": sorted(figures.by_venue.rows, key=lambda row: (row.name, row.key)),
        "when": when,
    }
