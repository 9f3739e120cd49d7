"""The hold-a-card page: a ready-made card, a picture file or the laptop's camera before a kiosk's camera."""

import secrets
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from pathlib import Path
from string import Template
from typing import Annotated, Final

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from agent.adapters.simulated.card_picture import HeldUp
from agent.adapters.simulated.frame_socket import FrameRefusedError
from agent.core.judge import Policy
from agent.core.state import Rules
from agent.web_rules import WebRules
from agent.wire.screen import Screen, Texts
from provisioning.demo.cards import Deck, Sort
from provisioning.demo.entrance import Entrance
from provisioning.demo.picture import MAX_PICTURE_BYTES, TOO_LARGE, NotAPictureError, frame_of
from provisioning.demo.visitors import Visitor, frames_of

STATIC: Final = Path(__file__).parent / "static"
MAX_BODY_BYTES: Final = MAX_PICTURE_BYTES * 4 // 3 + 4096
POLICY: Final = (
    "default-src 'self'; img-src 'self' blob:; media-src 'self' blob:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'; object-src 'none'"
)
PERMISSIONS: Final = "camera=(self), microphone=(), geolocation=()"
NO_STORE: Final = {"cache-control": "no-store"}
_STILL_S: Final = 3.0
"""How long a picture file is held up."""
_RULES: Final = Rules(policy=Policy())
_ENDS_S: Final = round(_RULES.question_s + _RULES.hurry_s)
"""A question that nobody answers is over by then."""


class HoldCard(msgspec.Struct, frozen=True, kw_only=True, tag="card/1", tag_field="type"):
    """One of the ready-made cards."""

    kiosk: str
    sort: Sort


class HoldPicture(msgspec.Struct, frozen=True, kw_only=True, tag="picture/1", tag_field="type"):
    """A picture in base64; ``hold_s`` is short for the frames of a webcam."""

    kiosk: str
    picture: str
    hold_s: Annotated[float, msgspec.Meta(gt=0, le=10)] = _STILL_S


class SaidTwiceError(HTTPException):
    """A refusal in the page's two languages."""

    def __init__(self, status: HTTPStatus, fi: str, en: str) -> None:
        super().__init__(status, fi)
        self.en = en


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What the kiosk shows, for the page: its state, the Finnish words, the English as a sentence."""

    state: str
    asks: bool
    fi: tuple[str, str]
    en: str


def build_app(entrances: Mapping[str, Entrance], deck: Deck, token: str) -> WebRules:
    """``token`` opens everything but the page itself; it is new at each start."""
    page = Template((STATIC / "hold.html").read_text(encoding="utf-8"))

    async def show_page(_: Request) -> Response:
        return HTMLResponse(page.substitute(token=token, ends_s=_ENDS_S), headers=NO_STORE)

    async def kiosks(request: Request) -> Response:
        _check_token(token, request.headers.get("x-kaiku-token"))
        spots = [entrance.spot for entrance in entrances.values()]
        rows = [{"kiosk": s.kiosk, "name": s.name, "venue": s.venue, "screen": s.screen} for s in spots]
        return JSONResponse(rows, headers=NO_STORE)

    async def events(request: Request) -> Response:
        _check_token(token, request.query_params.get("token"))
        entrance = _entrance(entrances, request.query_params.get("kiosk", ""))
        return StreamingResponse(_said(entrance), media_type="text/event-stream", headers=NO_STORE)

    async def hold(request: Request) -> Response:
        _check_token(token, request.headers.get("x-kaiku-token"))
        try:
            wish = msgspec.json.decode(await _bounded_body(request), type=HoldCard | HoldPicture)
        except msgspec.DecodeError as error:
            raise SaidTwiceError(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f"Tämä ei ole pyyntö: {error}",
                f"This is not a request: {error}",
            ) from None
        entrance = _entrance(entrances, wish.kiosk)
        entrance.keep_for_person()
        try:
            if isinstance(wish, HoldCard):
                await entrance.hold_up(frames_of(_calm_visitor(wish.sort), deck))
            else:
                await entrance.hold_still(await run_in_threadpool(frame_of, wish.picture), wish.hold_s)
        except NotAPictureError as error:
            raise SaidTwiceError(HTTPStatus.UNPROCESSABLE_ENTITY, error.fi, error.en) from None
        except FrameRefusedError:
            raise SaidTwiceError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "Kioskin kamera ei vastaa. Odota hetki ja yritä uudelleen.",
                "The kiosk's camera does not answer. Wait a moment and try again.",
            ) from None
        return Response(status_code=HTTPStatus.NO_CONTENT)

    routes = [
        Route("/", show_page),
        Route("/kiosks", kiosks),
        Route("/events", events),
        Route("/hold", hold, methods=["POST"]),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _problem})
    return WebRules(app, policy=POLICY, permissions=PERMISSIONS)


def _calm_visitor(sort: Sort) -> Visitor:
    """Holds the card well: a person who presses a button wants to see the kiosk's answer, not its limits."""
    shown_as: HeldUp = "foreign" if sort == "foreign" else "card"
    seed = secrets.randbelow(2**31)
    return Visitor(sort=sort, shown_as=shown_as, preset="good", seed=seed, children=None, think_s=0)


def _check_token(token: str, sent: str | None) -> None:
    if sent is None or not secrets.compare_digest(sent.encode(), token.encode()):
        raise SaidTwiceError(HTTPStatus.FORBIDDEN, "Lataa sivu uudelleen.", "Load the page again.")


def _entrance(entrances: Mapping[str, Entrance], kiosk: str) -> Entrance:
    if found := entrances.get(kiosk):
        return found
    raise SaidTwiceError(HTTPStatus.NOT_FOUND, "Tällaista kioskia ei ole.", "There is no such kiosk.")


async def _said(entrance: Entrance) -> AsyncIterator[bytes]:
    async for shown in entrance.screen.changes():
        yield b"data: " + msgspec.json.encode(_in_words(shown)) + b"\n\n"


def _in_words(shown: Screen | None) -> Said:
    if shown is None:
        return Said(state="lost", asks=False, fi=("Kioski ei vastaa.", ""), en="The kiosk does not answer.")
    fi, en = shown.texts.get("fi"), shown.texts.get("en")
    return Said(
        state=shown.state,
        asks=shown.question is not None,
        fi=(fi.headline, fi.text) if fi else ("", ""),
        en=_as_sentence(en) if en else "",
    )


def _as_sentence(words: Texts) -> str:
    """On the screen a headline and a text; they are one sentence where the text goes on in small letters."""
    joined = f"{words.headline}{'' if words.text[:1].islower() else '.'} {words.text}"
    return joined if joined.endswith((".", "?")) else f"{joined}."


async def _bounded_body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY_BYTES:
            raise SaidTwiceError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, *TOO_LARGE)
    return bytes(body)


async def _problem(_: Request, error: Exception) -> Response:
    status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else HTTPStatus(500)
    detail = error.detail if isinstance(error, HTTPException) else status.phrase
    english = {"detail_en": error.en} if isinstance(error, SaidTwiceError) else {}
    return JSONResponse(
        {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail, **english},
        status_code=status,
        media_type="application/problem+json",
    )
