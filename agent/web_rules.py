"""The rules that every web page of the project keeps, as one ASGI middleware; a leaf like the wire.

Host check against rebinding, own-site check and JSON for everything that changes something, a strict
content policy, no cross-origin sharing. Needs no framework: the kiosk runs Starlette, the server FastAPI.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http import HTTPStatus
from typing import Any, Final

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK_HOSTS: Final = ("127.0.0.1", "localhost", "[::1]")
CONTENT_POLICY: Final = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
SAFE_METHODS: Final = ("GET", "HEAD", "OPTIONS")
JSON_TYPES: Final = ("application/json",)
FORM_TYPES: Final = ("application/x-www-form-urlencoded",)
UPLOAD_TYPES: Final = ("multipart/form-data",)

_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


class WebRules:
    """Wraps ``app``; ``hosts`` are the names it may be called by, ``policy`` its Content-Security-Policy.

    ``forms`` are the paths that take a form, and ``uploads`` those that take one with a file, for pages that
    work without script. A form needs no leave of its browser to go to another site, so there the browser
    itself must say that it came from this one.
    """

    def __init__(
        self,
        app: App,
        *,
        hosts: Iterable[str] = LOOPBACK_HOSTS,
        forms: Iterable[str] = (),
        uploads: Iterable[str] = (),
        policy: str = CONTENT_POLICY,
        permissions: str = "camera=(), microphone=(), geolocation=()",
    ) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._forms = dict.fromkeys(forms, FORM_TYPES) | dict.fromkeys(uploads, UPLOAD_TYPES)
        self._headers = (
            *_HEADERS,
            (b"content-security-policy", policy.encode()),
            (b"permissions-policy", permissions.encode()),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # no websocket is served, so none can be abused
            return

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self._headers]
            await send(message)

        if refusal := self._refusal(scope):
            await _problem(send_with_headers, *refusal)
        else:
            await self._app(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> tuple[HTTPStatus, str] | None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "").lower()
        if _without_port(host) not in self._hosts:
            return HTTPStatus.MISDIRECTED_REQUEST, "This address is not served here."
        if "\0" in scope["path"] or b"%00" in scope.get("query_string", b""):
            return HTTPStatus.BAD_REQUEST, "An address has no NUL character."
        if scope["method"] in SAFE_METHODS:
            return None
        kind = headers.get(b"content-type", "").split(";")[0].strip().lower()
        is_form = kind in self._forms.get(scope["path"], ())
        own = _own_form if is_form else _own_site
        if not own(headers, f"{scope.get('scheme', 'http')}://{host}"):
            return HTTPStatus.FORBIDDEN, "Changes are taken from this site's own pages only."
        if not is_form and kind not in JSON_TYPES:
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send JSON (content-type application/json)."
        return None


def _without_port(host: str) -> str:
    """``[::1]:80`` → ``[::1]``, ``a:80`` → ``a``; anything odd stays as it is and is no name of ours."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() and (name.endswith("]") or ":" not in name) else host


def _own_site(headers: dict[bytes, str], origin: str) -> bool:
    """Browsers send at least one of the two; a program that sends neither cannot carry a cookie."""
    site = headers.get(b"sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    sent = headers.get(b"origin")
    return sent is None or sent.lower() == origin


def _own_form(headers: dict[bytes, str], origin: str) -> bool:
    """The origin of a form is "null" under our referrer policy; only an old browser sends that alone."""
    if (site := headers.get(b"sec-fetch-site")) is not None:
        return site == "same-origin" and headers.get(b"origin", "null").lower() in ("null", origin)
    return headers.get(b"origin", "").lower() == origin


async def _problem(send: Send, status: HTTPStatus, detail: str) -> None:
    body = json.dumps({"type": "about:blank", "title": status.phrase, "status": status, "detail": detail})
    await send(
        {
            "type": "http.response.start",
            "status": int(status),
            "headers": [(b"content-type", b"application/problem+json")],
        }
    )
    await send({"type": "http.response.body", "body": body.encode()})
