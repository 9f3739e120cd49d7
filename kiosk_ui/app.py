"""The kiosk's web app: the page, its stream of states, and the visitor's answer."""

import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Final, assert_never

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from agent.config import ScreenConfig
from agent.web_rules import WebRules
from agent.wire.screen import Answer, Hear, Said, Wish
from kiosk_ui.body import short_body
from kiosk_ui.messages import LEAST_MM
from kiosk_ui.page import page, size_stylesheet
from kiosk_ui.problem import on_http_exception, problem
from kiosk_ui.screen import WebScreen
from kiosk_ui.staff_app import StaffPages


class Small(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page that has no room."""

    width_px: Annotated[int, msgspec.Meta(ge=0, le=10_000)]
    height_px: Annotated[int, msgspec.Meta(ge=0, le=10_000)]


log = logging.getLogger(__name__)
PING_S: Final = 5.0
"""The page takes twice this without a word for a dead agent (``SILENCE_MS`` in state.js)."""
RECONNECT_MS: Final = 500
STATIC: Final = Path(__file__).parent / "static"
_ANSWERS: Final = msgspec.json.Decoder[Answer | Wish](Answer | Wish)
_SMALL: Final = msgspec.json.Decoder(Small)
_HEARS: Final = msgspec.json.Decoder(Hear)
NO_STORE: Final = {"cache-control": "no-store"}


def build_app(
    screen: WebScreen, config: ScreenConfig, token: str, ping_s: float, staff: StaffPages | None = None
) -> WebRules:
    """``token`` opens the stream and the answers; it is new at each start and known to our page only."""

    def knows_token(sent: str | None) -> bool:
        return sent is not None and secrets.compare_digest(sent.encode(), token.encode())

    async def show_page(_: Request) -> Response:
        return HTMLResponse(page(config, token), headers=NO_STORE)

    async def show_sizes(_: Request) -> Response:
        return Response(size_stylesheet(config), media_type="text/css", headers=NO_STORE)

    async def events(request: Request) -> Response:
        if not knows_token(request.query_params.get("token")):
            return _stranger()
        stream = _event_stream(screen, ping_s)
        return StreamingResponse(stream, media_type="text/event-stream", headers=NO_STORE)

    def told(take: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """What our own page says, and nobody else."""

        async def taken(request: Request) -> Response:
            if not knows_token(request.headers.get("x-kaiku-token")):
                return _stranger()
            return await take(request)

        return taken

    return WebRules(
        Starlette(
            routes=[
                Route("/", show_page),
                Route("/size.css", show_sizes),
                Route("/events", events),
                Route("/answer", told(lambda request: _said(screen, request, _ANSWERS)), methods=["POST"]),
                Route("/hear", told(lambda request: _said(screen, request, _HEARS)), methods=["POST"]),
                Route("/small", told(lambda request: _small(request, config.mm_per_px)), methods=["POST"]),
                *(staff.routes(screen, config, ping_s) if staff else ()),
                Mount("/static", StaticFiles(directory=STATIC)),
            ],
            exception_handlers={HTTPException: on_http_exception, Exception: on_http_exception},
        )
    )


def _stranger() -> Response:
    return problem(HTTPStatus.FORBIDDEN, "Load the page anew: its token is missing or of an earlier start.")


async def _said(screen: WebScreen, request: Request, decoder: "msgspec.json.Decoder[Any]") -> Response:
    try:
        given = decoder.decode(await short_body(request))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"This is no message of the page: {error}.")
    return _to_visitor(screen, given)


async def _small(request: Request, mm_per_px: float) -> Response:
    try:
        told = _SMALL.decode(await short_body(request))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"This is no message of the page: {error}.")
    log.warning(
        "the screen's page is %.0f x %.0f mm by screen.mm_per_px = %g, and a 7-inch screen has %d x %d: there"
        " is no room for letters that can be read, so the page says that it is out of order. Correct"
        " mm_per_px, make the page fill the screen, or mount a larger one.",
        told.width_px * mm_per_px,
        told.height_px * mm_per_px,
        mm_per_px,
        *reversed(LEAST_MM),
    )
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _to_visitor(screen: WebScreen, given: Said) -> Response:
    match screen.take(given):
        case "taken":
            return Response(status_code=HTTPStatus.NO_CONTENT)
        case "not_open":
            return problem(HTTPStatus.CONFLICT, "This question is not open any more.")
        case "not_offered":
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "The question does not offer this.")
        case other:
            assert_never(other)


async def _event_stream(screen: WebScreen, ping_s: float) -> AsyncIterator[bytes]:
    yield b"retry: %d\n\n" % RECONNECT_MS
    async for message in screen.watch(ping_s):
        if message is None:
            yield b"event: ping\ndata:\n\n"
        elif message == "more":
            yield b"event: more\ndata:\n\n"
        else:
            yield b"event: screen\ndata: " + msgspec.json.encode(message) + b"\n\n"
