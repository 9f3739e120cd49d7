"""Which language a page is in: chosen by a link at its top, else the browser's, else Finnish."""

import re
from collections.abc import MutableMapping
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from babel import negotiate_locale
from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from agent.web_rules import App, Receive, Send
from agent.wire.screen import Language
from server.web.language import NAMES, SOURCE, as_language, speaking

CHOOSE: Final = "/language/{language}"
COOKIE: Final = "kaiku-language"
PARAMETER: Final = "language"
"""With which a page asks for its own parts: they stay in its language, whatever is chosen meanwhile."""
_YEAR_S: Final = 365 * 24 * 3600
_OWN_PATH: Final = re.compile(r"/(?![/\\])[\w.~%/?&=+-]*", re.ASCII)
_MOST_WISHES: Final = 20
_PAGE: Final[ContextVar[str]] = ContextVar("page", default="")


class InLanguage:
    """Wraps ``app``: each answer is made in the language of its request."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        _PAGE.set(_page_of(request) if scope["method"] == "GET" else "")
        with speaking(_asked_for(request)):
            await self._app(scope, receive, send)


def install(app: FastAPI) -> None:
    app.add_route(CHOOSE, _choose, methods=["GET"])


def page() -> str:
    """Of the request, where the page can be asked for again; empty where it is the answer to a form."""
    return _PAGE.get()


def to_language(chosen: Language, at: str) -> str:
    """The address that has the page ``at`` in this language from now on."""
    return f"{CHOOSE.format(language=chosen)}?{urlencode({'next': at})}"


def preferred(accepted: str) -> Language:
    """By a browser's ``accept-language``; Finnish where nothing fits."""
    wishes = [_wish(part) for part in accepted.split(",")[:_MOST_WISHES]]
    by_weight = [name for name, weight in sorted(wishes, key=lambda wish: -wish[1]) if weight > 0]
    found = negotiate_locale(by_weight, list(NAMES), sep="-")
    return as_language(found or "") or SOURCE


def own_page(path: str) -> str:
    """``path`` if it is one of this site: a link must not lead elsewhere by way of here."""
    return path if _OWN_PATH.fullmatch(path) else "/"


def _page_of(request: HTTPConnection) -> str:
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def _asked_for(request: HTTPConnection) -> Language:
    return (
        as_language(request.query_params.get(PARAMETER, ""))
        or as_language(request.cookies.get(COOKIE, ""))
        or preferred(request.headers.get("accept-language", ""))
    )


def _wish(part: str) -> tuple[str, float]:
    """``sv;q=0.8``."""
    name, _, weight = part.partition(";q=")
    try:
        return name.strip(), float(weight or 1)
    except ValueError:
        return name.strip(), 0


def _choose(request: Request) -> Response:
    chosen = as_language(request.path_params["language"])
    if chosen is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    at = own_page(request.query_params.get("next", ""))
    answer = RedirectResponse(at, HTTPStatus.SEE_OTHER, {"cache-control": "no-store"})
    answer.set_cookie(COOKIE, chosen, max_age=_YEAR_S, httponly=True, samesite="lax")
    return answer
