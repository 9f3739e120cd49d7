"""The pages of cards: look one up and act on it; what years know of them."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from server.domain.days import can_be_said, day_of
from server.domain.desk import CardRefused, CardView
from server.domain.keeping import YearRefused
from server.ports import CardDesk, Register
from server.web import card_words
from server.web.card_pages import CardPages
from server.web.forms import read_form
from server.web.language import Spoken, mark
from server.web.language import gettext as _
from server.web.open_cards import OpenCards

PAGE: Final = "/cards"
FIND: Final = "/cards/card"
ACT: Final = "/cards/change"
ERASE: Final = "/cards/erase"
YEARS: Final = "/cards/years"
LOCK: Final = "/cards/years/lock"
FORMS: Final = (FIND, ACT, ERASE, LOCK)

NO_STORE: Final = {"cache-control": "no-store"}
_DONE: Final = Spoken(
    {
        "block": mark("Kortti on suljettu. Kioskit saavat tiedon hetkessä."),
        "unblock": mark("Kortti on avattu. Kioskit saavat tiedon hetkessä."),
        "withdraw": mark("Kortti on poistettu käytöstä."),
        "reinstate": mark("Kortti on taas sellainen kuin ennen poistamista."),
        "renew": mark("Kortin voimassaoloa on jatkettu."),
        "replace": mark("Uusi kortti on käytössä, ja vanha on suljettu. Tässä on uusi kortti."),
    }
)
_LOOKED_LONG_AGO: Final = mark("Hae kortti uudelleen: haku on vanhentunut.")
_NO_YEAR: Final = mark("Sellaista vuotta ei ole. Valitse vuosi luettelosta.")
_BE_SURE: Final = mark("Merkitse ensin, että ymmärrät: tätä ei voi perua.")

Fields = Mapping[str, str]


class CardRoutes:
    """An answer and no redirection after each form: it says what came of it."""

    def __init__(self, register: Register, pages: CardPages) -> None:
        self._desk = register.desk
        self._files = register.files
        self._years = register.years
        self._pages = pages
        self._open = OpenCards()

    def install(self, app: FastAPI) -> None:
        app.add_route(PAGE, lambda _: self.home(), methods=["GET"])
        app.add_route(YEARS, self._year_chosen, methods=["GET"])
        for path, answer in {
            FIND: self._find,
            ACT: self._act,
            ERASE: self._erase,
            LOCK: self._lock,
        }.items():
            app.add_route(path, with_form(answer), methods=["POST"])

    def home(
        self,
        *,
        said: str = "",
        refused: str = "",
        why: Sequence[str] = (),
        wrong_at: str = "",
        stranger: str = "",
        status: HTTPStatus = HTTPStatus.OK,
    ) -> Response:
        """``stranger`` names a card that the register does not have: its visits can be erased."""
        page = self._pages.cards(
            self._files.imports(),
            self._files.place_imports(),
            said=said,
            refused=refused,
            why=why,
            wrong_at=wrong_at,
            stranger=stranger,
        )
        return HTMLResponse(page, status, NO_STORE)

    def _find(self, fields: Fields) -> Response:
        code = fields.get("code", "")
        try:
            view = self._desk.find(code)
        except CardRefused as error:
            return self.home(
                refused=card_words.REFUSALS[error.name],
                wrong_at="card",
                stranger=self._open.open(code) if error.name == "not_found" else "",
                status=HTTPStatus.NOT_FOUND,
            )
        return self._card(view, code)

    def _act(self, fields: Fields) -> Response:
        code = self._open.code(fields.get("card", ""))
        act, new_code = fields.get("act", ""), fields.get("new_code", "")
        if code is None or act not in _DONE:
            return self.home(refused=_(_LOOKED_LONG_AGO), wrong_at="card", status=HTTPStatus.GONE)
        try:
            view = _acted(self._desk, act, code, new_code, fields.get("until", "").strip())
        except CardRefused as error:
            return self._refused(code, error)
        return self._card(view, new_code if act == "replace" else code, said=_DONE[act])

    def _erase(self, fields: Fields) -> Response:
        code = self._open.code(fields.get("card", ""))
        if code is None:
            return self.home(refused=_(_LOOKED_LONG_AGO), wrong_at="card", status=HTTPStatus.GONE)
        try:
            if fields.get("sure") != "yes":
                return self._card(
                    self._desk.find(code), code, refused=_(_BE_SURE), status=HTTPStatus.CONFLICT
                )
            erased = self._desk.erase(code, "web")
        except CardRefused as error:
            return self._refused(code, error)
        self._open.forget(code)
        return self.home(said=card_words.erased(erased))

    def _year_chosen(self, request: Request) -> Response:
        year = request.query_params.get("year", "")
        if not year:
            return self._years_page()
        if not _is_year(year):
            return self._years_page(refused=_(_NO_YEAR), status=HTTPStatus.NOT_FOUND)
        return self._years_page(int(year))

    def _years_page(
        self,
        year: int | None = None,
        *,
        said: str = "",
        refused: str = "",
        status: HTTPStatus = HTTPStatus.OK,
    ) -> Response:
        figures, years = self._years.of_year(year), self._years.years()
        page = self._pages.years(self._years.kept(), years, figures, said=said, refused=refused)
        return HTMLResponse(page, status, NO_STORE)

    def _lock(self, fields: Fields) -> Response:
        year = fields.get("year", "")
        if fields.get("sure") != "yes" or not _is_year(year):
            return self._years_page(refused=_(_BE_SURE), status=HTTPStatus.CONFLICT)
        try:
            self._years.lock(int(year))
        except YearRefused as error:
            return self._years_page(refused=card_words.YEAR_REFUSALS[error.name], status=HTTPStatus.CONFLICT)
        return self._years_page(said=_("Vuosi {year} on lukittu.").format(year=year))

    def _refused(self, code: str, error: CardRefused) -> Response:
        words = card_words.REFUSALS[error.name]
        try:
            view = self._desk.find(code)
        except CardRefused:
            return self.home(refused=words, wrong_at="card", status=HTTPStatus.CONFLICT)
        return self._card(view, code, refused=words, status=HTTPStatus.CONFLICT)

    def _card(
        self,
        view: CardView,
        code: str,
        *,
        said: str = "",
        refused: str = "",
        status: HTTPStatus = HTTPStatus.OK,
    ) -> Response:
        page = self._pages.card(view, self._open.open(code), said=said, refused=refused)
        return HTMLResponse(page, status, NO_STORE)


def _is_year(text: str) -> bool:
    """One that a day of the register can lie in."""
    return re.fullmatch("[1-9][0-9]{3}", text) is not None and can_be_said(date(int(text), 1, 1))


def _acted(desk: CardDesk, act: str, code: str, new_code: str, until: str) -> CardView:
    match act:
        case "block":
            return desk.block(code, "web")
        case "unblock":
            return desk.unblock(code, "web")
        case "withdraw":
            return desk.withdraw(code, "web")
        case "reinstate":
            return desk.reinstate(code, "web")
        case "replace":
            return desk.replace(code, new_code, "web")
        case _:
            last = day_of(until) if until else None
            if until and last is None:
                raise CardRefused("not_a_day")
            return desk.renew(code, last, "web")


def with_form(answer: Callable[[Fields], Response]) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        fields = await read_form(request)
        return await run_in_threadpool(answer, fields)

    return answered
