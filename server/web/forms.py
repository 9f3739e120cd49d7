"""Forms as browsers send them, bounded in size and read once."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import BinaryIO, Final

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import Request

from server.domain.faults import Fault
from server.domain.headings import Given
from server.domain.history import GonePolicy, Wish
from server.domain.uploads import FileRefused
from server.web.problems import BadRequestError

MAX_FORM_BYTES: Final = 16 << 10
MAX_UPLOAD_BYTES: Final = 64 << 20
"""A million rows of CSV."""
MAX_FIELD_CHARS: Final = 200
_MAX_FIELDS: Final = 30

HEADING: Final = "heading_"
VALUE: Final = "value_"


class _TooLongError(MultiPartException):
    """One of the parser's own errors: by these alone it closes what it has written."""


@dataclass(frozen=True, slots=True)
class Upload:
    fields: dict[str, str]
    file_name: str
    content: BinaryIO


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form without a file."""
    try:
        return _texts(await FormParser(request.headers, _bounded(request, MAX_FORM_BYTES)).parse())
    except _TooLongError:
        raise BadRequestError("The form is too long.") from None


@asynccontextmanager
async def read_upload(request: Request) -> AsyncIterator[Upload]:
    """A form with its file, which lasts as long as the ``with``. Raises FileRefused."""
    stream = _bounded(request, MAX_UPLOAD_BYTES)
    parser = MultiPartParser(
        request.headers, stream, max_files=1, max_fields=_MAX_FIELDS, max_part_size=MAX_FORM_BYTES
    )
    try:
        form = await parser.parse()
    except _TooLongError:
        raise FileRefused(Fault("too_large", detail=f"{MAX_UPLOAD_BYTES >> 20} MB")) from None
    except MultiPartException:
        raise BadRequestError("Send the form as the page has it.") from None
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise FileRefused(Fault("no_file"))
        name = file.filename.replace("\\", "/").rsplit("/", 1)[-1]
        yield Upload(_texts(form), name[:MAX_FIELD_CHARS], file.file)
    finally:
        await form.close()


def given_in(fields: Mapping[str, str]) -> Given:
    """What a person says of a file beside it; empty fields say nothing."""
    return Given(_said(fields, HEADING), _said(fields, VALUE))


def wish_in(fields: Mapping[str, str]) -> Wish:
    gone: GonePolicy = "withdraw" if fields.get("gone") == "withdraw" else "keep"
    asked = {name: fields.get(name) == "yes" for name in ("shorten", "reopen", "withdraw_most")}
    return Wish(gone, **asked)


def _said(fields: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {
        name.removeprefix(prefix): text.strip()
        for name, text in fields.items()
        if name.startswith(prefix) and text.strip()
    }


def _texts(form: FormData) -> dict[str, str]:
    texts = {name: text for name, text in form.items() if isinstance(text, str)}
    if any(len(text) > MAX_FIELD_CHARS for text in texts.values()):
        raise BadRequestError("A field of the form is too long.")
    if any("\0" in text for text in texts.values()):
        raise BadRequestError("A field of the form has a NUL character, which is no text.")
    return texts


async def _bounded(request: Request, most: int) -> AsyncGenerator[bytes]:
    length = 0
    async for part in request.stream():
        length += len(part)
        if length > most:
            raise _TooLongError("")
        yield part
