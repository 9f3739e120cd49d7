"""Renders the pages of cards, with every value escaped."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

from jinja2 import Environment

from server.domain.desk import CardView
from server.domain.history import Import, PlaceImport
from server.domain.keeping import YearKept
from server.domain.outcome import Outcome
from server.domain.statistics import Statistics
from server.domain.uploads import Checked, Step
from server.web import card_words, file_words, formats
from server.web.words import DASH, coverage

SHOWN_EXAMPLES: Final = 50


class CardPages:
    def __init__(self, templates: Environment, zone: tzinfo) -> None:
        self._templates = templates.overlay()
        self._zone = zone
        self._templates.filters.update(
            fault=file_words.fault,
            changes=card_words.changes,
            day=formats.day,
            matched=file_words.matched,
            moment=self._moment,
            kept_from=file_words.kept_from,
        )
        self._templates.globals.update(words=card_words, coverage=coverage, dash=DASH, far=file_words.far)

    def cards(
        self,
        imports: list[Import],
        places: list[PlaceImport],
        *,
        said: str = "",
        refused: str = "",
        why: Sequence[str] = (),
        wrong_at: str = "",
        stranger: str = "",
    ) -> str:
        """``refused`` stands at the form ``wrong_at``: card, file or import; ``why`` is a list beneath it."""
        return self._render(
            "cards.html",
            imports=imports,
            places=places,
            said=said,
            refused=refused,
            why=why,
            wrong_at=wrong_at,
            stranger=stranger,
        )

    def card(self, view: CardView, handle: str, *, said: str = "", refused: str = "") -> str:
        return self._render("card.html", view=view, card=view.card, handle=handle, said=said, refused=refused)

    def years(
        self,
        kept: list[YearKept],
        years: list[int],
        figures: Statistics,
        *,
        said: str = "",
        refused: str = "",
    ) -> str:
        """``years`` can be chosen; the one of ``figures`` and this one always."""
        this_year = figures.as_of.year
        choices = sorted({*years, figures.year, this_year}, reverse=True)
        return self._render(
            "years.html",
            years=kept,
            choices=choices,
            figures=figures,
            this_year=this_year,
            said=said,
            refused=refused,
        )

    def work(self, what: str, step: Step | None, now: str) -> str:
        """``now`` is where to ask how far it is."""
        share = file_words.share(step)
        return self._render("card-work.html", what=what, step=step, share=share, now=now)

    def checked(self, checked: Checked, fields: Mapping[str, str]) -> str:
        """What the file would do; ``fields`` go on to the button that does it."""
        outcome = checked.outcome
        return self._render(
            "card-file.html",
            checked=checked,
            outcome=outcome,
            examples=outcome.first_examples()[:SHOWN_EXAMPLES],
            faults=outcome.first_faults(),
            gone_cards=outcome.gone_cards[:SHOWN_EXAMPLES],
            newer_cards=outcome.newer_cards[:SHOWN_EXAMPLES],
            older=outcome.older.first()[:SHOWN_EXAMPLES],
            reopening=outcome.reopening.first()[:SHOWN_EXAMPLES],
            fields=fields,
            nothing=_nothing(outcome),
        )

    def _render(self, template: str, **values: Any) -> str:  # noqa: ANN401  (Jinja's own)
        return self._templates.get_template(template).render(values)

    def _moment(self, moment: datetime | None) -> str:
        if moment is None:
            return DASH
        return formats.moment(moment.astimezone(self._zone))


def _nothing(outcome: Outcome) -> bool:
    return not (outcome.new or outcome.changed or outcome.withdrawn)
