"""The staff's pages: a PIN, what the kiosk did, and what the staff say. No part of the visitors' page."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from agent.config import KioskConfig, ScreenConfig
from agent.ports.clock import Clock
from agent.wire.card_code import card_pattern
from kiosk_ui.body import short_body
from kiosk_ui.problem import problem
from kiosk_ui.screen import WebScreen
from kiosk_ui.staff_desk import WebStaffDesk
from kiosk_ui.staff_door import Shut, StaffDoor
from kiosk_ui.staff_messages import StaffWords
from kiosk_ui.staff_page import Panel, staff_page
from kiosk_ui.staff_said import (
    LetInSaid,
    PauseSaid,
    ResumeSaid,
    Sent,
    TakeBackSaid,
    TypedSaid,
    Unfit,
    UnfitError,
    said_of,
)

STATIC: Final = Path(__file__).parent / "staff_static"
COOKIE: Final = "kaiku-staff"
PATH: Final = "/staff"
NO_STORE: Final = {"cache-control": "no-store"}
SENT: Final[dict[str, type[Sent]]] = {
    "let-in": LetInSaid,
    "take-back": TakeBackSaid,
    "pause": PauseSaid,
    "resume": ResumeSaid,
    "code": TypedSaid,
}
_UNFIT: Final[dict[Unfit, tuple[HTTPStatus, str]]] = {
    "not_a_code": (HTTPStatus.UNPROCESSABLE_ENTITY, "This has not the shape of a card's code."),
    "card_code": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The message holds a card's code, and would show it. Write it without.",
    ),
    "too_wide": (
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "The message does not fit on the visitors' screen. Write shorter words, or fewer.",
    ),
}
_OVER: Final = "This session is over: enter the PIN again."


class PinSaid(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pin: Annotated[str, msgspec.Meta(max_length=64)]


@dataclass(frozen=True, slots=True)
class StaffPages:
    """``pattern`` is the shape of the fleet's codes, ``pauses`` what the staff say most often."""

    desk: WebStaffDesk
    door: StaffDoor
    words: StaffWords
    pattern: re.Pattern[str]
    pauses: tuple[str, ...] = ()

    def routes(self, screen: WebScreen, config: ScreenConfig, ping_s: float) -> list[BaseRoute]:
        async def show_page(request: Request) -> Response:
            open_now = self.door.is_open(_session(request))
            panel: Panel = "home" if open_now else "pin" if self.door.exists else "off"
            return HTMLResponse(staff_page(config, self.pauses, panel), headers=NO_STORE)

        async def events(request: Request) -> Response:
            session = _session(request)
            if not self.door.is_open(session):
                return problem(HTTPStatus.FORBIDDEN, _OVER)
            return StreamingResponse(
                self._stream(session, ping_s), media_type="text/event-stream", headers=NO_STORE
            )

        async def visitors(_: Request) -> Response:
            """For a page that nobody has entered a PIN on; of who comes it tells nothing."""
            stream = _comings(screen, ping_s)
            return StreamingResponse(stream, media_type="text/event-stream", headers=NO_STORE)

        return [
            Route(PATH, show_page),
            Route(f"{PATH}/visitors", visitors),
            Route(f"{PATH}/events", events),
            Route(f"{PATH}/enter", self._enter, methods=["POST"]),
            Route(f"{PATH}/leave", self._leave, methods=["POST"]),
            Route(f"{PATH}/say/{{what}}", self._say, methods=["POST"]),
            Mount(f"{PATH}/static", StaticFiles(directory=STATIC)),
        ]

    async def _enter(self, request: Request) -> Response:
        if not self.door.exists:
            return problem(
                HTTPStatus.FORBIDDEN, "The staff's page is off. Turn it on: kaiku-agent staff-pin."
            )
        try:
            sent = msgspec.json.decode(await short_body(request), type=PinSaid)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "This is no message of the page.")
        entered = await self.door.enter(sent.pin)
        if isinstance(entered, Shut):
            return _shut(entered)
        response = Response(status_code=HTTPStatus.NO_CONTENT, headers=NO_STORE)
        response.set_cookie(COOKIE, entered, path=PATH, httponly=True, samesite="strict")
        return response

    async def _leave(self, request: Request) -> Response:
        self.door.leave(_session(request))
        response = Response(status_code=HTTPStatus.NO_CONTENT)
        response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="strict")
        return response

    async def _say(self, request: Request) -> Response:
        if not self.door.did_something(_session(request)):
            return problem(HTTPStatus.FORBIDDEN, _OVER)
        kind = SENT.get(request.path_params["what"])
        if kind is None:
            return problem(HTTPStatus.NOT_FOUND, "There is nothing of this name to be said.")
        try:
            sent: Sent = msgspec.json.decode(await short_body(request), type=kind)
            said = said_of(sent, self.pattern)
        except UnfitError as error:
            return problem(*_UNFIT[error.why])
        except (msgspec.DecodeError, UnicodeDecodeError):
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "This is no message of the page.")
        if not self.desk.take(said):
            return problem(HTTPStatus.CONFLICT, "This is not offered any more: look again.")
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def _stream(self, session: str | None, ping_s: float) -> AsyncIterator[bytes]:
        async for view in self.desk.newest.watch(ping_s):
            if not self.door.is_open(session):
                yield b"event: over\ndata:\n\n"
                return
            if view is None:
                yield b"event: ping\ndata:\n\n"
            else:
                yield b"event: view\ndata: " + msgspec.json.encode(self.words.message(view)) + b"\n\n"


async def _comings(screen: WebScreen, ping_s: float) -> AsyncIterator[bytes]:
    async for another in screen.comings(ping_s):
        yield b"event: visitor\ndata:\n\n" if another else b"event: ping\ndata:\n\n"


def make_staff_pages(config: KioskConfig, desk: WebStaffDesk, clock: Clock) -> StaffPages:
    return StaffPages(
        desk=desk,
        door=StaffDoor(config.staff.pin, clock),
        words=StaffWords(config.screen.languages, ZoneInfo(config.zone)),
        pattern=card_pattern(config.cards.pattern),
        pauses=config.staff.pauses,
    )


def _session(request: Request) -> str | None:
    return request.cookies.get(COOKIE)


def _shut(shut: Shut) -> Response:
    """With how long to wait, for the page and for who reads headers."""
    status = HTTPStatus.FORBIDDEN if shut.wrong else HTTPStatus.TOO_MANY_REQUESTS
    detail = "This is not the PIN." if shut.wrong else "The door is shut after wrong PINs: wait."
    body = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    response = JSONResponse(
        {**body, "wait_s": shut.wait_s}, status_code=status, media_type="application/problem+json"
    )
    response.headers["retry-after"] = str(shut.wait_s)
    return response
