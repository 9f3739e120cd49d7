"""What kiosks ask of the card list is answered: the same question once, a changed key to each by itself."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import msgspec

from agent.wire.messages import Alert, CardsGet, CardsPage, encode
from agent.wire.topics import of_kiosk
from server.domain.alerts import LIST_KEY_ALERT
from server.domain.arrivals import AlertArrived, CardsAsked
from server.domain.feed import KeyNotTaken

LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of the card list, and the kiosks that it is for."""

    page: CardsPage
    kiosks: tuple[str, ...]


class Pages(Protocol):
    def page(self, request: CardsGet, kiosks: Sequence[str]) -> Answer | None:
        """For those of ``kiosks`` that somebody added; ``None`` where there are none.

        Raises :class:`~server.domain.feed.KeyNotTaken`.
        """
        ...


class Publisher(Protocol):
    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Hand over at QoS 1; dropped while there is no connection, as whoever waits asks again."""
        ...


class CardAnswers:
    """``tell`` writes an alert down."""

    def __init__(self, pages: Pages, broker: Publisher, tell: Callable[[AlertArrived], None]) -> None:
        self._pages = pages
        self._broker = broker
        self._tell = tell
        self._keyless: dict[str, bool] = {}
        """What this run told of each kiosk: whether the list's key cannot be given to it."""

    def answer(self, asks: Sequence[CardsAsked]) -> None:
        """After a block all kiosks ask the same: it is read once, and told to each once."""
        asking: dict[CardsGet, dict[str, CardsAsked]] = {}
        for asked in asks:
            question = msgspec.structs.replace(asked.request, seal_to=msgspec.UNSET)
            asking.setdefault(question, {})[asked.kiosk] = asked
        for question, alike in asking.items():
            try:
                self._answer_all(question, list(alike.values()))
            except KeyNotTaken:
                self._give_the_key(list(alike.values()))

    def _give_the_key(self, asks: Sequence[CardsAsked]) -> None:
        """Sealed for each."""
        for asked in asks:
            try:
                self._answer_all(asked.request, [asked])
            except KeyNotTaken as why:
                self._note_keyless(asked, str(why))

    def _answer_all(self, request: CardsGet, asks: Sequence[CardsAsked]) -> None:
        answer = self._pages.page(request, [asked.kiosk for asked in asks])
        if answer is None or len(answer.kiosks) < len(asks):
            LOG.warning("a kiosk that was never added asks for cards and is ignored")
        if answer is None:
            return
        payload = encode(answer.page)
        for kiosk in answer.kiosks:
            self._broker.publish(of_kiosk(kiosk, "cards/page"), payload, retain=False)
        for asked in asks:
            if asked.kiosk in answer.kiosks:
                self._note_keyless(asked, "")

    def _note_keyless(self, asked: CardsAsked, why: str) -> None:
        """As an alert on the kiosk's row. By rows under a key that it lacks it would know no card."""
        if self._keyless.get(asked.kiosk) == bool(why):
            return
        if why:
            LOG.warning("kiosk=%s gets no cards: %s", asked.kiosk, why)
        alert = Alert(since=asked.at, detail=why) if why else None
        self._tell(AlertArrived(asked.kiosk, asked.at, LIST_KEY_ALERT, alert, retained=False))
        self._keyless[asked.kiosk] = bool(why)
