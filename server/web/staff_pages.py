"""A kiosk's staff at the fleet's page: its last outcomes live, and what they may have it do."""

from collections.abc import Callable, Collection, Mapping
from http import HTTPStatus
from typing import Final

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from agent.wire.commands import CommandName, PauseArgs
from agent.wire.records import MAX_PARTY, RecordName
from agent.wire.screen import MAX_PAUSE_CHARS, Language
from server.domain.staff import (
    CodeFault,
    CodeNotSent,
    KioskStaff,
    NoSuchKiosk,
    let_in_args,
    take_back_args,
)
from server.ports import Changes, KioskDesk
from server.web.forms import read_form
from server.web.language import Spoken, in_each, mark
from server.web.language import gettext as _
from server.web.live import Live, Parts
from server.web.parts import Pages
from server.web.problems import BadRequestError

PAGE: Final = "/kiosks/{kiosk}/staff"
EVENTS: Final = "/kiosks/{kiosk}/staff/events"
SAY: Final = "/staff/say"
FORMS: Final = (SAY,)
REASONS: Final = Spoken(
    {
        "checked": mark("Kortti katsottu"),
        "worn_card": mark("Kulunut kortti"),
        "kiosk": mark("Laitevika"),
        "other": mark("Muu syy"),
    }
)
NOT_SENT: Final[Mapping[CodeFault, str]] = Spoken(
    {
        "no_code": mark("Tämä ei ole Kaikukortin koodi. Tarkista koodi kortista."),
        "card_code": mark("Viestissä on Kaikukortin koodi. Kirjoita viesti ilman koodia."),
        "too_wide": mark("Viesti ei mahdu kioskin näytölle. Kirjoita lyhyempiä sanoja tai vähemmän."),
        "no_seal": mark("Koodin voi lähettää, kun kioski on yhteydessä."),
    }
)
SENT: Final = mark("Lähetetty kioskille. Alla näkyy, mitä siitä tuli.")
_NO_STORE: Final = {"cache-control": "no-store"}


class StaffRoutes:
    def __init__(self, desk: KioskDesk, pages: Pages, changes: Changes, *, beat_s: float) -> None:
        self._desk = desk
        self._pages = pages
        self._changes = changes
        self._beat_s = beat_s

    def install(self, app: FastAPI) -> None:
        app.add_route(PAGE, self._show, methods=["GET"])
        app.add_route(EVENTS, self._events, methods=["GET"])
        app.add_route(SAY, self._say, methods=["POST"])

    def _show(self, request: Request) -> Response:
        return self._page(_known(self._desk, request.path_params["kiosk"]))

    async def _events(self, request: Request) -> Response:
        kiosk = request.path_params["kiosk"]
        await run_in_threadpool(_known, self._desk, kiosk)

        def parts(languages: Collection[Language]) -> Mapping[Language, Parts]:
            staff = self._desk.of(kiosk)
            return in_each(languages, lambda: self._pages.staff_parts(staff, REASONS))

        live = Live(self._changes, parts, beat_s=self._beat_s)
        return StreamingResponse(live.stream(), media_type="text/event-stream", headers=_NO_STORE)

    async def _say(self, request: Request) -> Response:
        fields = await read_form(request)
        return await run_in_threadpool(self._said, fields)

    def _said(self, fields: Mapping[str, str]) -> Response:
        kiosk = fields.get("kiosk", "")
        _known(self._desk, kiosk)
        if fields.get("what") == "type":
            return self._typed(kiosk, fields.get("code", ""))
        said = _SAYINGS.get(fields.get("what", ""))
        if said is None:
            raise BadRequestError("Send what the page has.")
        name, args = said(fields)
        try:
            self._desk.command(kiosk, name, args)
        except CodeNotSent as error:
            # Words that are too many are there to be shortened; a card's code does not come back.
            draft = fields.get("message", "") if error.name == "too_wide" else ""
            return self._page(self._desk.of(kiosk), unsaid=NOT_SENT[error.name], draft=draft)
        return self._page(self._desk.of(kiosk), said=_(SENT))

    def _typed(self, kiosk: str, code: str) -> Response:
        """The page that answers has nothing of the code."""
        try:
            self._desk.type(kiosk, code)
        except CodeNotSent as error:
            return self._page(self._desk.of(kiosk), refused=NOT_SENT[error.name])
        return self._page(self._desk.of(kiosk), said=_(SENT))

    def _page(
        self, staff: KioskStaff, *, said: str = "", refused: str = "", unsaid: str = "", draft: str = ""
    ) -> Response:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if refused or unsaid else HTTPStatus.OK
        page = self._pages.staff(staff, REASONS, said=said, refused=refused, unsaid=unsaid, draft=draft)
        return HTMLResponse(page, status, _NO_STORE)


def _known(desk: KioskDesk, kiosk: str) -> KioskStaff:
    try:
        return desk.of(kiosk)
    except NoSuchKiosk:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None


def _let_in(fields: Mapping[str, str]) -> tuple[CommandName, bytes]:
    reason = fields.get("reason", "")
    if reason not in REASONS:
        raise BadRequestError("Send a reason that the page has.")
    adopts = _record(fields) if fields.get("epoch") else None
    children = _number(fields["children"]) if fields.get("children") else None
    return "let_in", let_in_args(adopts, children, _number(fields.get("assistants") or "0"), reason)


def _take_back(fields: Mapping[str, str]) -> tuple[CommandName, bytes]:
    return "take_back", take_back_args(_record(fields))


def _pause(fields: Mapping[str, str]) -> tuple[CommandName, bytes]:
    message = " ".join(fields.get("message", "").split())
    if len(message) > MAX_PAUSE_CHARS or not all(char.isprintable() for char in message):
        raise BadRequestError(f"A message has at most {MAX_PAUSE_CHARS} characters, on one line.")
    return "pause", msgspec.json.encode(PauseArgs(message=message))


def _resume(_: Mapping[str, str]) -> tuple[CommandName, bytes]:
    return "resume", b"{}"


_SAYINGS: Final[dict[str, Callable[[Mapping[str, str]], tuple[CommandName, bytes]]]] = {
    "let_in": _let_in,
    "take_back": _take_back,
    "pause": _pause,
    "resume": _resume,
}


def _record(fields: Mapping[str, str]) -> RecordName:
    try:
        name = {"epoch": fields.get("epoch", ""), "seq": int(fields.get("seq", ""))}
        return msgspec.convert(name, RecordName)
    except (ValueError, msgspec.ValidationError):
        raise BadRequestError("Send the record that the page has.") from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= MAX_PARTY):
        raise BadRequestError(f"A number of people is 0 to {MAX_PARTY}.")
    return int(text)
