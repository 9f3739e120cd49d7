"""Puts the server's web together: the fleet's page, its event stream, the JSON interface, the rules."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, StreamingResponse
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from agent.web_rules import App, WebRules
from agent.wire.screen import Language
from server.ports import AtKiosks, Changes, DeadLetters, Figures, Register
from server.web import (
    api,
    card_api,
    card_files,
    cards,
    choosing,
    memory_cards,
    problems,
    staff_pages,
    year_api,
)
from server.web.language import in_each
from server.web.live import BEAT_S, Live, Parts
from server.web.parts import Pages
from server.web.work import QUICK_S, Work

STATIC: Final = Path(__file__).parent / "static"
LETTERS: Final = "/letters"
RETRY: Final = "/letters/retry"
NO_KIOSKS: Final = AtKiosks()


def create_app(
    figures: Figures,
    letters: DeadLetters,
    changes: Changes,
    hosts: Iterable[str],
    *,
    beat_s: float = BEAT_S,
    quick_s: float = QUICK_S,
    register: Register | None = None,
    kiosks: AtKiosks = NO_KIOSKS,
) -> App:
    """The whole web; ``hosts`` are the names it may be called by. Without a register there are no cards.

    A file that takes longer than ``quick_s`` is answered by a page that tells how far it is.
    """
    pages = Pages()

    def parts(languages: Collection[Language]) -> Mapping[Language, Parts]:
        overview = figures.overview()
        return in_each(languages, lambda: pages.parts(overview))

    live = Live(changes, parts, beat_s=beat_s)
    app = FastAPI(
        title="Kaiku",
        version="1",
        docs_url=None,  # it would load its script from another site
        redoc_url=None,
        openapi_url=f"{api.PREFIX}/openapi.json",
        redirect_slashes=False,
    )

    def fleet(_: Request) -> Response:
        return HTMLResponse(pages.page(figures.overview()), headers={"cache-control": "no-store"})

    def retry(_: Request) -> Response:
        """An answer and no redirection: it says what came of it, and to send it once more does no harm."""
        return HTMLResponse(pages.reread(letters.retry()), headers={"cache-control": "no-store"})

    def dead_letters(request: Request) -> Response:
        after = api.read_after(request.query_params.get("after"))
        page = pages.letters(figures.letters(after), later=after is not None)
        return HTMLResponse(page, headers={"cache-control": "no-store"})

    @app.get("/events", include_in_schema=False)
    async def events() -> StreamingResponse:
        return StreamingResponse(
            live.stream(), media_type="text/event-stream", headers={"cache-control": "no-store"}
        )

    app.add_route("/", fleet, methods=["GET"])  # Starlette's own route answers HEAD too
    app.add_route(LETTERS, dead_letters, methods=["GET"])
    app.add_route(RETRY, retry, methods=["POST"])
    app.include_router(api.router(figures, letters))
    if kiosks.memory:
        memory_cards.MemoryCardRoutes(kiosks.memory, pages, figures.overview().as_of.tzinfo or UTC).install(
            app
        )
    if kiosks.staff:
        staff_pages.StaffRoutes(kiosks.staff, pages, changes, beat_s=beat_s).install(app)
    if register:
        zone = figures.overview().as_of.tzinfo or UTC
        card_pages = pages.of_cards(zone)
        at_cards = cards.CardRoutes(register, card_pages)
        at_cards.install(app)
        card_files.FileRoutes(register.files, card_pages, at_cards.home, Work(quick_s)).install(app)
        app.include_router(card_api.router(register))
        card_api.install_errors(app)
        app.include_router(year_api.router(register.years))
        year_api.install_errors(app)
    app.mount("/static", _Checked(directory=STATIC))
    choosing.install(app)
    problems.install(app, pages)
    forms = [RETRY, *cards.FORMS, *card_files.FORMS, *memory_cards.FORMS, *staff_pages.FORMS]
    return WebRules(choosing.InLanguage(app), hosts=hosts, forms=forms, uploads=card_files.UPLOADS)


class _Checked(StaticFiles):
    """Files that browsers ask about each time, so that no page runs with the script of another version."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "no-cache"
        return response
