"""What the ingest needs of a store and of a broker, and what either may answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.wire.messages import Receipt
from server.card_answers import Pages, Publisher
from server.command_sender import OpenCommands
from server.domain.arrivals import Written
from server.domain.feed import ListState


@dataclass(frozen=True, slots=True)
class Kept:
    """After a commit: the receipts by kiosk, and how many messages came from kiosks that nobody added."""

    receipts: tuple[tuple[str, Receipt], ...]
    strangers: int


class StoreUnavailable(Exception):  # noqa: N818  (a state of the world)
    """Nothing can be written now. Without a receipt every kiosk sends again."""


class TermOver(Exception):  # noqa: N818  (likewise)
    """It is no longer for this process to take records in; the text says why. Nothing was written."""


class NotStored(Exception):  # noqa: N818  (what happened to these messages)
    """These messages were not taken; others may be."""


class Store(Pages, OpenCommands, Protocol):
    """Each call is one transaction, committed when it returns.

    Raises :class:`StoreUnavailable` or :class:`NotStored`, and :class:`TermOver` wherever something is
    written or is to be announced.
    """

    def renew(self) -> None:
        """Go on being the one that takes records in; to be said every :data:`server.domain.lease.RENEW_S`."""
        ...

    def write(self, arrivals: Sequence[Written], unread: str = "") -> Kept:
        """``unread`` says why rows are kept as they came, as dead letters, without a look into them."""
        ...

    def list_state(self) -> ListState: ...


class Broker(Publisher, Protocol):
    def dropped(self) -> bool:
        """Whether anything found no room in the inbox since this was last asked."""
        ...

    def ask_again(self) -> None:
        """Have all retained messages delivered once more."""
        ...
