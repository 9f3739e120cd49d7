"""The keys of a kiosk's card lists: the one of its enrolment, and those that the server gave it since."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec import UNSET, UnsetType

from agent.ports.card_list import ListHead, Table
from agent.wire.card_key import ListKey
from agent.wire.key_box import KeyBox
from agent.wire.messages import CardsPage, WireError
from agent.wire.sealing import SealBroken


@dataclass
class HeldKeys:
    """``first`` is the one of the enrolment; what is for this run alone is sealed to ``box``."""

    first: ListKey
    box: KeyBox
    _keys: dict[Table, ListKey] = field(default_factory=dict)
    """Of the two lists, as far as they are there."""

    def read(self, heads: Mapping[Table, ListHead | None]) -> None:
        """As they lie on the disk."""
        self._keys = {table: head.key or self.first for table, head in heads.items() if head}

    def forget(self) -> None:
        self._keys.clear()

    def fill_begins(self, key: ListKey) -> None:
        self._keys["fill"] = key

    def fill_answers(self) -> None:
        self._keys["live"] = self._keys.pop("fill")

    def of(self, table: Table) -> ListKey:
        return self._keys.get(table, self.first)

    def named_by(self, page: CardsPage) -> ListKey:
        """Raises :class:`WireError` for a page under a key that this kiosk neither holds nor was given."""
        if page.sealed_key is not UNSET:
            return self._opened(page.sealed_key, page.key_id)
        for key in (self.first, *self._keys.values()):
            if page.key_id in (key.id, UNSET):  # a server without key ids has the first key
                return key
        raise WireError("a card page under a list key that this kiosk does not have")

    def _opened(self, sealed: bytes, key_id: str | UnsetType) -> ListKey:
        try:
            key = self.box.open(sealed)
        except SealBroken as error:
            raise WireError(str(error)) from error
        if key.id != key_id:
            raise WireError("a card page with another list key than it names")
        return key
