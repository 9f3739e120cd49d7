"""The years' figures about cards for programs, and the locking of a year."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from server.domain.completeness import Proof
from server.domain.keeping import YearKept, YearRefused
from server.domain.statistics import (
    AreaUnknown,
    DistributorFigures,
    Frequency,
    KindFigures,
)
from server.ports import CardYears
from server.web.problems import PROBLEM_TYPE

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2149
BASE: Final = (
    "A card is a person's: one that took the place of a lost one is the same card. Usage rate: of the cards"
    " issued in the year, the share used at least once in it. Use frequency: of the cards used in the year,"
    " whenever issued. With an area: the cards of its distributors, wherever they were used."
)

_PROBLEM: Final = {"description": "Why not, as problem+json", "content": {PROBLEM_TYPE: {}}}
_NO_STORE: Final = {"cache-control": "no-store"}
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]


class StatisticsAnswer(BaseModel):
    year: int
    area: str | None
    as_of: datetime
    base: str
    locked_at: datetime | None
    issued: int
    issued_and_used: int
    usage_rate: float | None
    used: int
    frequency: Frequency
    visits: int
    uses: int
    by_distributor: tuple[DistributorFigures, ...]
    by_kind: tuple[KindFigures, ...]
    records: Proof


class YearsAnswer(BaseModel):
    years: tuple[YearKept, ...]


class LockAsked(BaseModel):
    year: Year
    force: bool = False


def router(years: CardYears) -> APIRouter:
    api = APIRouter(prefix="/api/v1", responses={404: _PROBLEM, 409: _PROBLEM})

    @api.get("/statistics", summary="Usage rate, use frequency, visits and uses by distributor and kind")
    def statistics(
        response: Response,
        year: Annotated[
            int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR, description="This one if missing")
        ] = None,
        area: Annotated[str | None, Query(max_length=120)] = None,
    ) -> StatisticsAnswer:
        found = years.of_year(year, area)
        response.headers.update(_NO_STORE)
        return StatisticsAnswer(
            year=found.year,
            area=found.area,
            as_of=found.as_of,
            base=BASE,
            locked_at=found.locked_at,
            issued=found.issued,
            issued_and_used=found.issued_and_used,
            usage_rate=found.usage_rate,
            used=found.frequency.used,
            frequency=found.frequency,
            visits=found.visits,
            uses=found.uses,
            by_distributor=found.by_distributor,
            by_kind=found.by_kind,
            records=found.records,
        )

    @api.get("/years", summary="What each year's visits still know of their cards")
    def kept(response: Response) -> YearsAnswer:
        response.headers.update(_NO_STORE)
        return YearsAnswer(years=tuple(years.kept()))

    @api.post("/years/lock", summary="Destroy a year's key, for good; gives the years")
    def lock(asked: LockAsked, response: Response) -> YearsAnswer:
        years.lock(asked.year, force=asked.force)
        response.headers.update(_NO_STORE)
        return YearsAnswer(years=tuple(years.kept()))

    return api


def install_errors(app: FastAPI) -> None:
    @app.exception_handler(AreaUnknown)
    def no_area(_: Request, error: AreaUnknown) -> Response:
        return _problem(HTTPStatus.NOT_FOUND, str(error))

    @app.exception_handler(YearRefused)
    def not_locked(_: Request, error: YearRefused) -> Response:
        return _problem(HTTPStatus.CONFLICT, str(error))


def _problem(status: HTTPStatus, detail: str) -> Response:
    body = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    return JSONResponse(body, status, _NO_STORE, media_type=PROBLEM_TYPE)
