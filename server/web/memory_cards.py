"""Copied memory cards: the page that says which of them is gone, and the same for programs."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import tzinfo
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from server.domain.endings import EndingFault, EndingRefused
from server.domain.figures import CopiedKiosk
from server.ports import MemoryCards
from server.web.forms import read_form
from server.web.language import Spoken, mark
from server.web.language import gettext as _
from server.web.parts import Pages
from server.web.problems import PROBLEM_TYPE, problem

PAGE: Final = "/memory-cards"
END: Final = "/memory-cards/end"
TAKE_BACK: Final = "/memory-cards/take-back"
FORMS: Final = (END, TAKE_BACK)
API: Final = "/api/v1/memory-cards"

ENDED: Final = mark("Kortti on merkitty poistetuksi. Päivien merkinnät korjautuvat minuutissa.")
TAKEN_BACK: Final = mark("Merkintä on peruttu: kortin odotetaan taas kertovan päiviensä päättyneen.")
_REFUSALS: Final[Mapping[EndingFault, str]] = Spoken(
    {
        "unknown": mark("Tällaista korttia ei ole. Lataa sivu uudelleen."),
        "last_one": mark("Tämä on kioskin ainoa kortti. Jos kioskia ei enää ole, lisää tilalle uusi kioski."),
        "gone_already": mark("Kortti on jo merkitty poistetuksi."),
        "not_gone": mark("Korttia ei ole merkitty poistetuksi, tai se on kirjannut sen jälkeen."),
    }
)
_NO_STORE: Final = {"cache-control": "no-store"}
_PROBLEM: Final = {"description": "Why nothing was changed, as problem+json", "content": {PROBLEM_TYPE: {}}}


class CardAsked(BaseModel):
    kiosk: Annotated[str, Field(max_length=12)]
    epoch: Annotated[str, Field(max_length=32)]
    """The name of the card's latest start, or how it begins."""


class MemoryCardsAnswer(BaseModel):
    kiosks: tuple[CopiedKiosk, ...]


class MemoryCardRoutes:
    """An answer and no redirection after each form: it says what came of it."""

    def __init__(self, cards: MemoryCards, pages: Pages, zone: tzinfo) -> None:
        self._cards = cards
        self._pages = pages
        self._zone = zone

    def install(self, app: FastAPI) -> None:
        app.add_route(PAGE, lambda _: self._page(), methods=["GET"])
        app.add_route(END, self._with_form(self._end), methods=["POST"])
        app.add_route(TAKE_BACK, self._with_form(self._take_back), methods=["POST"])
        app.include_router(router(self._cards))

        @app.exception_handler(EndingRefused)
        def refused(_: Request, error: EndingRefused) -> Response:
            return problem(_status(error), str(error), _NO_STORE)

    def _end(self, kiosk: str, epoch: str) -> str:
        self._cards.end(kiosk, epoch, "web")
        return _(ENDED)

    def _take_back(self, kiosk: str, epoch: str) -> str:
        self._cards.take_back(kiosk, epoch)
        return _(TAKEN_BACK)

    def _page(self, *, said: str = "", refused: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
        page = self._pages.memory_cards(self._cards.copied(), self._zone, said=said, refused=refused)
        return HTMLResponse(page, status, _NO_STORE)

    def _with_form(self, act: Callable[[str, str], str]) -> Callable[[Request], Awaitable[Response]]:
        def done(fields: Mapping[str, str]) -> Response:
            try:
                said = act(fields.get("kiosk", ""), fields.get("epoch", ""))
            except EndingRefused as error:
                return self._page(refused=_REFUSALS[error.name], status=_status(error))
            return self._page(said=said)

        async def answered(request: Request) -> Response:
            return await run_in_threadpool(done, await read_form(request))

        return answered


def router(cards: MemoryCards) -> APIRouter:
    api = APIRouter(prefix=API, responses={404: _PROBLEM, 409: _PROBLEM})

    @api.get("", summary="Kiosks whose memory card was copied or put back, with each card")
    def copied(response: Response) -> MemoryCardsAnswer:
        return _answer(cards, response)

    @api.post("/end", summary="Say that a card is gone: its days end at its last known record")
    def end(asked: CardAsked, response: Response) -> MemoryCardsAnswer:
        cards.end(asked.kiosk, asked.epoch, "api")
        return _answer(cards, response)

    @api.post("/take-back", summary="Say that it is not gone after all")
    def take_back(asked: CardAsked, response: Response) -> MemoryCardsAnswer:
        cards.take_back(asked.kiosk, asked.epoch)
        return _answer(cards, response)

    return api


def _answer(cards: MemoryCards, response: Response) -> MemoryCardsAnswer:
    response.headers.update(_NO_STORE)
    return MemoryCardsAnswer(kiosks=cards.copied())


def _status(error: EndingRefused) -> HTTPStatus:
    return HTTPStatus.NOT_FOUND if error.name == "unknown" else HTTPStatus.CONFLICT
