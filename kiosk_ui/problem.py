"""Every refusal in one shape: ``application/problem+json``."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response


def problem(status: HTTPStatus, detail: str) -> Response:
    return JSONResponse(
        {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail},
        status_code=status,
        media_type="application/problem+json",
    )


async def on_http_exception(_: Request, error: Exception) -> Response:
    """What the framework refuses by itself: no such page, no such method."""
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    return problem(HTTPStatus(status), f"{HTTPStatus(status).description or HTTPStatus(status).phrase}.")
