"""Files of cards on the page: sent, checked, shown, taken, undone; and how far that is while it lasts."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Final, Protocol

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from server.domain.history import KeyChanged
from server.domain.names import as_written
from server.domain.outcome import MostGone, RowsRefused
from server.domain.undoing import UndoRefused
from server.domain.uploads import Checked, FileRefused, Tell, UploadGone
from server.ports import CardFiles
from server.web import file_words
from server.web.card_pages import CardPages
from server.web.cards import NO_STORE, Fields, with_form
from server.web.choosing import PARAMETER
from server.web.forms import HEADING, VALUE, given_in, read_upload, wish_in
from server.web.language import gettext as _
from server.web.language import language, mark
from server.web.work import Work

CHECK: Final = "/cards/check"
TAKE: Final = "/cards/take"
FORGET: Final = "/cards/forget"
UNDO: Final = "/cards/undo"
WORK: Final = "/cards/work/{name}"
FORMS: Final = (TAKE, FORGET, UNDO)
UPLOADS: Final = (CHECK,)

_DIGITS: Final = 15
"""Of a number that every database takes."""

_GONE: Final = mark("Tiedosto ei ole enää tallessa. Lähetä se uudelleen.")
_LONG_AGO: Final = mark("Tulos ei ole enää tallessa. Katso tuonneista, tuliko tiedosto.")


class Home(Protocol):
    """The page of cards with what is to be said on it."""

    def __call__(
        self,
        *,
        said: str = "",
        refused: str = "",
        why: Sequence[str] = (),
        wrong_at: str = "",
        status: HTTPStatus = HTTPStatus.OK,
    ) -> Response: ...


class FileRoutes:
    """What is quick is answered at once; else the browser is sent to a page that tells how far it is."""

    def __init__(self, files: CardFiles, pages: CardPages, home: Home, work: Work) -> None:
        self._files = files
        self._pages = pages
        self._home = home
        self._work = work

    def install(self, app: FastAPI) -> None:
        app.add_route(CHECK, self._check, methods=["POST"])
        app.add_route(TAKE, with_form(self._take), methods=["POST"])
        app.add_route(FORGET, with_form(self._forget), methods=["POST"])
        app.add_route(UNDO, with_form(self._undo), methods=["POST"])
        app.add_route(WORK, lambda request: self._came(request.path_params["name"]), methods=["GET"])
        app.add_route(f"{WORK}/now", lambda request: self._now(request.path_params["name"]), methods=["GET"])

    async def _check(self, request: Request) -> Response:
        try:
            async with read_upload(request) as upload:
                token = await run_in_threadpool(self._files.keep, upload.content)
        except FileRefused as error:
            return await run_in_threadpool(self._no_file, error)
        name, fields = self._files.shown(upload.file_name), upload.fields

        def checked(tell: Tell) -> Response:
            found = self._files.check(token, name, given_in(fields), wish_in(fields), tell)
            return self._checked(found, fields)

        return await run_in_threadpool(self._do, name, checked)

    def _take(self, fields: Fields) -> Response:
        token, name = fields.get("token", ""), self._files.shown(fields.get("file_name", ""))

        def taken(tell: Tell) -> Response:
            try:
                done = self._files.take(token, name, given_in(fields), wish_in(fields), tell)
            except RowsRefused as error:  # the register has changed since the file was checked
                return self._checked(Checked("", name, error.outcome), fields)
            return self._home(said=file_words.imported(done))

        return self._do(name, taken)

    def _forget(self, fields: Fields) -> Response:
        self._files.forget(fields.get("token", ""))
        return self._home(said=_("Tiedosto on poistettu. Mitään ei tuotu."))

    def _undo(self, fields: Fields) -> Response:
        asked = fields.get("id", "")
        number = int(asked) if asked.isdecimal() and len(asked) <= _DIGITS else 0

        def undone(tell: Tell) -> Response:
            try:
                count = self._files.undo(number, "web", tell)
            except UndoRefused as error:
                return self._home(
                    refused=file_words.undo_refused(error),
                    why=[file_words.in_the_way(one) for one in error.examples],
                    wrong_at="import",
                    status=HTTPStatus.CONFLICT,
                )
            return self._home(said=file_words.undone(count))

        return self._do(_("Tuonnin {number} peruminen").format(number=number), undone)

    def _do(self, name: str, act: Callable[[Tell], Response]) -> Response:
        def answered(tell: Tell) -> Response:
            try:
                return act(tell)
            except UploadGone:
                return self._home(refused=_(_GONE), wrong_at="file", status=HTTPStatus.GONE)
            except FileRefused as error:
                return self._no_file(error)
            except MostGone as error:
                return self._home(
                    refused=file_words.most_gone(error.outcome),
                    wrong_at="file",
                    status=HTTPStatus.CONFLICT,
                )
            except KeyChanged:
                words = _(file_words.KEY_CHANGED)
                return self._home(refused=words, wrong_at="file", status=HTTPStatus.CONFLICT)

        job, answer = self._work.begin(name, answered)
        if answer is not None:
            return answer
        return RedirectResponse(WORK.format(name=job), HTTPStatus.SEE_OTHER, NO_STORE)

    def _came(self, name: str) -> Response:
        job = self._work.job(name)
        if job is None:
            return self._home(refused=_(_LONG_AGO), wrong_at="file", status=HTTPStatus.GONE)
        answer = job.answer()
        if answer is not None:
            return answer
        now = f"{WORK.format(name=name)}/now?{PARAMETER}={language()}"
        return HTMLResponse(self._pages.work(job.what, job.step, now), headers=NO_STORE)

    def _now(self, name: str) -> Response:
        """Done is also what failed or was forgotten: the page itself says so."""
        job = self._work.job(name)
        step = job.step if job else None
        done = job is None or job.is_over
        found = {"words": file_words.far(step), "share": file_words.share(step), "done": done}
        return JSONResponse(found, headers=NO_STORE)

    def _no_file(self, error: FileRefused) -> Response:
        words, status = file_words.fault(error.fault), HTTPStatus.UNPROCESSABLE_ENTITY
        return self._home(refused=words, wrong_at="file", status=status)

    def _checked(self, found: Checked, fields: Fields) -> Response:
        faulty = found.outcome.faulty
        status = HTTPStatus.UNPROCESSABLE_ENTITY if faulty else HTTPStatus.OK
        return HTMLResponse(self._pages.checked(found, self._onward(fields)), status, NO_STORE)

    def _onward(self, fields: Mapping[str, str]) -> dict[str, str]:
        """What was said of the file, for the button that takes it. No row uses a value with a code in it."""
        return {
            name: text
            for name, text in fields.items()
            if text
            and (
                name in ("gone", "shorten", "reopen")
                or name.startswith(HEADING)
                or (name.startswith(VALUE) and self._files.shown(plain := as_written(text)) == plain)
            )
        }
