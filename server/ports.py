"""What the server's pages need of the store."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Protocol

from agent.wire.commands import CommandName
from server.domain.desk import CardView, Erased
from server.domain.figures import By, CopiedKiosk, Letters, Overview, Reread, Summary
from server.domain.headings import Given
from server.domain.history import Import, PlaceImport, Way, Wish
from server.domain.keeping import YearKept
from server.domain.outcome import Outcome
from server.domain.staff import KioskStaff
from server.domain.statistics import Statistics
from server.domain.uploads import Checked, Tell


class Figures(Protocol):
    """Reads for people and programs. Called from a worker thread; each call is one transaction.

    Raises :class:`~agent.told.ToldError` while the store cannot be read.
    """

    def summary(self, first: date | None, last: date | None, by: By) -> Summary:
        """Visits from ``first`` to ``last``, both included; ``None`` is today in the fleet's zone."""
        ...

    def overview(self) -> Overview: ...

    def letters(self, after: int | None = None) -> Letters:
        """The newest, or those that follow another page: ``after`` is that one's ``next``."""
        ...


class DeadLetters(Protocol):
    """Raises :class:`~agent.told.ToldError` as :class:`Figures` does."""

    def retry(self) -> Reread:
        """Read every dead letter once more, a bounded piece in each transaction.

        What was read before an error stays read.
        """
        ...


class MemoryCards(Protocol):
    """Where a kiosk's memory card was copied or put back: which of the cards are gone.

    Raises :class:`~server.domain.endings.EndingRefused` where nothing is changed.
    """

    def copied(self) -> tuple[CopiedKiosk, ...]: ...

    def end(self, kiosk: str, epoch: str, way: Way) -> None:
        """The card whose latest start is ``epoch`` is gone. The word is void once it writes again."""
        ...

    def take_back(self, kiosk: str, epoch: str) -> None: ...


class KioskDesk(Protocol):
    """Raises :class:`~server.domain.staff.NoSuchKiosk`."""

    def of(self, kiosk: str) -> KioskStaff: ...

    def command(self, kiosk: str, name: CommandName, args: bytes) -> None:
        """Have the kiosk do this; ``args`` is JSON, as the contract has it for ``name``.

        Raises :class:`~server.domain.staff.CodeNotSent` where its words hold a card's code.
        """
        ...

    def type(self, kiosk: str, code: str) -> None:
        """Have it judge the card of this ``code``. Raises :class:`~server.domain.staff.CodeNotSent`."""
        ...


class Changes(Protocol):
    """Tells the web's event streams that the store changed."""

    def watch(self) -> AsyncIterator[None]:
        """Yields after each change, and never more often than twice a second. Ends when the server stops."""
        ...


class CardDesk(Protocol):
    """One card at a time. ``code`` is as a person types it.

    Raises :class:`~server.domain.desk.CardRefused` where the card stays as it is.
    """

    def find(self, code: str) -> CardView: ...

    def block(self, code: str, way: Way) -> CardView: ...

    def unblock(self, code: str, way: Way) -> CardView: ...

    def withdraw(self, code: str, way: Way) -> CardView: ...

    def reinstate(self, code: str, way: Way) -> CardView:
        """Take a withdrawal back: the card is what it was before, active or blocked."""
        ...

    def renew(self, code: str, until: date | None, way: Way) -> CardView: ...

    def erase(self, code: str, way: Way) -> Erased:
        """All cards of the person, for good."""
        ...

    def replace(self, code: str, new_code: str, way: Way) -> CardView:
        """Gives the new one."""
        ...


class CardFiles(Protocol):
    """Files of cards that people send, and the imports that came of files.

    Raises :class:`~server.domain.uploads.FileRefused`, :class:`~server.domain.uploads.UploadGone`,
    :class:`~server.domain.history.RowsRefused`, :class:`~server.domain.history.KeyChanged` and
    :class:`~server.domain.undoing.UndoRefused`.
    """

    def shown(self, file_name: str) -> str:
        """As it may be shown: people put codes into names of files."""
        ...

    def keep(self, sent: BinaryIO) -> str:
        """Write a file down, and give the token that names it for an hour."""
        ...

    def check(self, token: str, file_name: str, given: Given, wish: Wish, tell: Tell) -> Checked:
        """``tell`` is told how far it is."""
        ...

    def take(self, token: str, file_name: str, given: Given, wish: Wish, tell: Tell) -> Outcome: ...

    def forget(self, token: str) -> None: ...

    def imports(self) -> list[Import]:
        """The newest first."""
        ...

    def place_imports(self) -> list[PlaceImport]:
        """Those of venues and distributors, the newest first."""
        ...

    def undo(self, import_id: int, way: Way, tell: Tell = ...) -> int:
        """How many cards are what they were before. ``tell`` is told how far it is."""
        ...


class CardYears(Protocol):
    """The years' figures about cards, and what each year still knows of them."""

    def of_year(self, year: int | None, area: str | None = None) -> Statistics:
        """``None`` is this year. Raises :class:`~server.domain.statistics.AreaUnknown`."""
        ...

    def years(self) -> list[int]:
        """Those with visits or issued cards, the newest first."""
        ...

    def kept(self) -> list[YearKept]:
        """The newest first."""
        ...

    def lock(self, year: int, *, force: bool = False) -> None:
        """Destroy the year's key. Raises :class:`~server.domain.keeping.YearRefused`."""
        ...


@dataclass(frozen=True, slots=True)
class Register:
    """What the pages of cards are made of."""

    desk: CardDesk
    files: CardFiles
    years: CardYears


@dataclass(frozen=True, slots=True)
class AtKiosks:
    """What the pages of single kiosks are made of."""

    memory: MemoryCards | None = None
    staff: KioskDesk | None = None
