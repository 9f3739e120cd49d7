"""A journal that takes what was sent for received."""

from agent.adapters.sqlite_journal import SqliteJournal
from agent.ports.journal import Batch
from agent.wire.messages import Receipt


class ForgetfulJournal(SqliteJournal):
    """What it gives to the link it takes for delivered: the fault that the whole exchange is against."""

    def batch(self, max_rows: int, max_bytes: int) -> Batch | None:
        found = super().batch(max_rows, max_bytes)
        if found is not None:
            generation = self._generation() or "0" * 32
            self.receipt(Receipt(generation=generation, epoch=found.epoch, upto=found.last))
            self.forget(-1, max_rows)
        return found
