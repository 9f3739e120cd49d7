"""Cards for programs: one at a time, its code in the body and never in the address or the answer."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, FastAPI, Request, Response
from pydantic import BaseModel, Field

from server.domain.desk import CardRefused, CardView, Erased, Refusal
from server.domain.history import Entry, Import
from server.domain.register import Card
from server.domain.undoing import UndoRefused
from server.ports import CardDesk, CardFiles, Register
from server.web.problems import PROBLEM_TYPE, problem

PREFIX: Final = "/api/v1/cards"

_PROBLEM: Final = {
    "description": "Why the card stays as it is, as problem+json",
    "content": {PROBLEM_TYPE: {}},
}
_NO_STORE: Final = {"cache-control": "no-store"}
_STATUS: Final[dict[Refusal, HTTPStatus]] = {
    "no_code": HTTPStatus.UNPROCESSABLE_ENTITY,
    "not_a_day": HTTPStatus.UNPROCESSABLE_ENTITY,
    "before_issue": HTTPStatus.UNPROCESSABLE_ENTITY,
    "not_found": HTTPStatus.NOT_FOUND,
}

Code = Annotated[str, Field(max_length=64)]


class CardAsked(BaseModel):
    code: Code


class RenewalAsked(CardAsked):
    valid_until: date | None = None


class ReplacementAsked(CardAsked):
    new_code: Code


class UndoAsked(BaseModel):
    id: int


class CardAnswer(BaseModel):
    masked_code: str
    card: Card
    is_replaced: bool
    holder_cards: int
    history: tuple[Entry, ...]


class ImportsAnswer(BaseModel):
    imports: tuple[Import, ...]


class UndoAnswer(BaseModel):
    cards: int


def router(register: Register) -> APIRouter:
    api = APIRouter(prefix=PREFIX, responses={404: _PROBLEM, 409: _PROBLEM, 422: _PROBLEM})
    _add_desk(api, register.desk)
    _add_imports(api, register.files)
    return api


def _add_desk(api: APIRouter, desk: CardDesk) -> None:
    @api.post("/find", summary="What the register knows of a card, and its history")
    def find(asked: CardAsked, response: Response) -> CardAnswer:
        return _answer(desk.find(asked.code), response)

    @api.post("/block", summary="Block a card")
    def block(asked: CardAsked, response: Response) -> CardAnswer:
        return _answer(desk.block(asked.code, "api"), response)

    @api.post("/unblock", summary="Let a blocked card in again")
    def unblock(asked: CardAsked, response: Response) -> CardAnswer:
        return _answer(desk.unblock(asked.code, "api"), response)

    @api.post("/withdraw", summary="Take a card out of use")
    def withdraw(asked: CardAsked, response: Response) -> CardAnswer:
        return _answer(desk.withdraw(asked.code, "api"), response)

    @api.post("/reinstate", summary="Bring a withdrawn card back, active or blocked as it was")
    def reinstate(asked: CardAsked, response: Response) -> CardAnswer:
        return _answer(desk.reinstate(asked.code, "api"), response)

    @api.post("/renew", summary="Twelve months from today, or until a day; never shorter than now")
    def renew(asked: RenewalAsked, response: Response) -> CardAnswer:
        return _answer(desk.renew(asked.code, asked.valid_until, "api"), response)

    @api.post("/replace", summary="Block a lost card and put a new one in its place; gives the new one")
    def replace(asked: ReplacementAsked, response: Response) -> CardAnswer:
        return _answer(desk.replace(asked.code, asked.new_code, "api"), response)

    @api.post("/erase", summary="Forget a person's cards, with their code in all visits, for good")
    def erase(asked: CardAsked, response: Response) -> Erased:
        response.headers.update(_NO_STORE)
        return desk.erase(asked.code, "api")


def _add_imports(api: APIRouter, files: CardFiles) -> None:
    @api.get("/imports", summary="The newest imports of cards")
    def imports(response: Response) -> ImportsAnswer:
        response.headers.update(_NO_STORE)
        return ImportsAnswer(imports=tuple(files.imports()))

    @api.post("/imports/undo", summary="Bring every card of an import back to what it was before")
    def undo(asked: UndoAsked, response: Response) -> UndoAnswer:
        response.headers.update(_NO_STORE)
        return UndoAnswer(cards=files.undo(asked.id, "api"))


def install_errors(app: FastAPI) -> None:
    """The pages answer these themselves; what comes here is a program's."""

    @app.exception_handler(CardRefused)
    def refused(_: Request, error: CardRefused) -> Response:
        return _problem(_STATUS.get(error.name, HTTPStatus.CONFLICT), str(error))

    @app.exception_handler(UndoRefused)
    def not_undone(_: Request, error: UndoRefused) -> Response:
        status = HTTPStatus.NOT_FOUND if error.name == "unknown" else HTTPStatus.CONFLICT
        return _problem(status, str(error))


def _answer(view: CardView, response: Response) -> CardAnswer:
    response.headers.update(_NO_STORE)
    return CardAnswer(
        masked_code=view.masked_code,
        card=view.card,
        is_replaced=view.is_replaced,
        holder_cards=view.holder_cards,
        history=view.history,
    )


def _problem(status: HTTPStatus, detail: str) -> Response:
    return problem(status, detail, _NO_STORE)
