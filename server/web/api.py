"""The JSON interface, version 1: the same figures as on the pages."""

from datetime import date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from server.domain.completeness import Proof
from server.domain.figures import By, KioskRow, Letter, SummaryRow
from server.ports import DeadLetters, Figures
from server.web.overview import by_need_of_care
from server.web.period import read_by, read_period
from server.web.problems import PROBLEM_TYPE, BadRequestError

PREFIX: Final = "/api/v1"

MAX_AFTER_DIGITS: Final = 18

HERE: Final = "This server takes the records in."
ELSEWHERE: Final = "Another server takes the records in; this one shows them and waits for its turn."

_PROBLEM: Final = {"description": "What to send instead, as problem+json", "content": {PROBLEM_TYPE: {}}}
_NO_STORE: Final = {"cache-control": "no-store"}


class SummaryAnswer(BaseModel):
    rows: tuple[SummaryRow, ...]
    as_of: datetime
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    by: By
    records: Proof


class KiosksAnswer(BaseModel):
    kiosks: tuple[KioskRow, ...]
    intake: str
    as_of: datetime


class LettersAnswer(BaseModel):
    """Records that could not be read, the newest first; none of their content."""

    letters: tuple[Letter, ...]
    total: int
    next: int | None
    """Give it as ``after`` for those that follow; missing after the last ones."""


class RereadAnswer(BaseModel):
    read: int
    unread: int


def router(figures: Figures, letters: DeadLetters) -> APIRouter:
    api = APIRouter(prefix=PREFIX, responses={400: _PROBLEM, 500: _PROBLEM})

    @api.get("/visits/summary", summary="Visits and uses of a period, by venue, day or hour")
    def summary(
        request: Request,
        response: Response,
        first: Annotated[
            str | None, Query(alias="from", description="First local day; today if missing")
        ] = None,
        last: Annotated[str | None, Query(alias="to", description="Last local day, included")] = None,
        by: Annotated[str, Query(description="venue, day or hour")] = "venue",
    ) -> SummaryAnswer:
        _only(request, "from", "to", "by")
        key = read_by(by)
        # The web has no clock: what today is, the store says.
        period = read_period(first, last, lambda: figures.summary(None, None, key).first)
        found = figures.summary(period.first, period.last, key)
        response.headers.update(_NO_STORE)
        return SummaryAnswer(
            rows=found.rows,
            as_of=found.as_of,
            first=found.first,
            last=found.last,
            by=found.by,
            records=found.records,
        )

    @api.get("/kiosks", summary="The kiosks with their state, those that need care first")
    def kiosks(request: Request, response: Response) -> KiosksAnswer:
        _only(request)
        overview = figures.overview()
        response.headers.update(_NO_STORE)
        return KiosksAnswer(
            kiosks=tuple(by_need_of_care(overview.kiosks)),
            intake=ELSEWHERE if overview.elsewhere else HERE,
            as_of=overview.as_of,
        )

    @api.get("/letters", summary="The records that could not be read, a page at a time, the newest first")
    def dead_letters(
        request: Request,
        response: Response,
        after: Annotated[
            str | None, Query(description="The page before's next; the newest if missing")
        ] = None,
    ) -> LettersAnswer:
        _only(request, "after")
        found = figures.letters(read_after(after))
        response.headers.update(_NO_STORE)
        return LettersAnswer(letters=found.page, total=found.total, next=found.next)

    @api.post("/letters/retry", summary="Read them once more; says how many are records now")
    def retry(request: Request, response: Response) -> RereadAnswer:
        _only(request)
        outcome = letters.retry()
        response.headers.update(_NO_STORE)
        return RereadAnswer(read=outcome.read, unread=outcome.unread)

    return api


def read_after(text: str | None) -> int | None:
    """The ``next`` of another page."""
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > MAX_AFTER_DIGITS:
        raise BadRequestError("'after' must be the 'next' of another page.")
    return int(text)


def _only(request: Request, *known: str) -> None:
    """A misspelt ``form=`` would else be answered with another period's figures."""
    if not request.query_params.keys() <= set(known):
        takes = f"only {', '.join(known)}" if known else "no parameters"
        raise BadRequestError(f"Unknown parameter. This address takes {takes}.")
    if len(request.query_params.multi_items()) > len(request.query_params):
        raise BadRequestError("A parameter is given twice. Give each once.")
