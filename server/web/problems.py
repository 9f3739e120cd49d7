"""Every error of the web: problem+json for programs, a page for people, and never more than its reason."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from agent.told import ToldError
from server.domain.figures import SpanTooLong
from server.web.language import gettext as _
from server.web.language import mark
from server.web.parts import Pages

LOG = logging.getLogger("kaiku.web")
PROBLEM_TYPE: Final = "application/problem+json"

_DETAILS: Final = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take this method.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "The server could not answer. Try again; its log says why.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The figures cannot be read now. Try again in a moment.",
}
_PAGES: Final = {
    HTTPStatus.NOT_FOUND: (mark("Sivua ei ole"), mark("Tarkista osoite, tai palaa kioskien sivulle.")),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        mark("Sivu ei tee tätä"),
        mark("Palaa kioskien sivulle ja yritä sieltä."),
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        mark("Sivua ei saatu näkyviin"),
        mark("Lataa sivu hetken kuluttua uudelleen. Kioskit toimivat silti. Syy on palvelimen lokissa."),
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        mark("Lukuja ei saada juuri nyt"),
        mark("Lataa sivu hetken kuluttua uudelleen. Kioskit toimivat silti, eikä käyntejä katoa."),
    ),
}


class BadRequestError(Exception):
    """The caller's mistake; the message says what to send instead and repeats nothing that was sent."""


def problem(status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    body = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    return JSONResponse(body, status, headers, media_type=PROBLEM_TYPE)


def install(app: FastAPI, pages: Pages) -> None:
    def answer(
        request: Request, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        for_people = "text/html" in request.headers.get("accept", "")
        if for_people and status in _PAGES and not request.url.path.startswith("/api/"):
            title, advice = _PAGES[status]
            return HTMLResponse(pages.error(title=_(title), advice=_(advice)), status, headers)
        return problem(status, detail, headers)

    @app.exception_handler(BadRequestError)
    def bad_request(request: Request, error: BadRequestError) -> Response:
        return answer(request, HTTPStatus.BAD_REQUEST, str(error))

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, _: RequestValidationError) -> Response:
        return answer(request, HTTPStatus.BAD_REQUEST, "The request does not have the form of /api/v1.")

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        status = HTTPStatus(error.status_code)
        return answer(request, status, _DETAILS.get(status, status.description), error.headers)

    @app.exception_handler(SpanTooLong)
    def too_long(request: Request, error: SpanTooLong) -> Response:
        return answer(request, HTTPStatus.BAD_REQUEST, str(error))

    @app.exception_handler(ToldError)
    def away(request: Request, error: ToldError) -> Response:
        LOG.warning("no answer for a page: %s", error)
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return answer(request, status, _DETAILS[status])

    @app.exception_handler(Exception)
    def failed(request: Request, _: Exception) -> Response:
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        return answer(request, status, _DETAILS[status])
