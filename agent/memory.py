"""What this kiosk knows of its own memory: whether what an earlier start wrote is here."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from agent.core.memory import Mark, is_of_another_life, still_missed, why_volatile
from agent.ports.data_folder import DataFolder
from agent.ports.journal import NO_START, LastStart, Start
from agent.wire.messages import Status

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Memory:
    """``allowed`` takes a folder that forgets as it is: a demo, a test."""

    folder: DataFolder
    boot_id: str
    allowed: bool = False
    later: Callable[[Callable[[], None]], None] = lambda work: work()
    """Has a slow piece of work done beside the loop."""
    forgot: Callable[[], None] = lambda: None
    """Told when it turns out at work that something is missing."""
    why: str = ""
    """Why nothing may show green; empty where the memory holds."""
    _start: Start | None = None
    _left: Mark | None = field(default=None)

    def last_start(self) -> LastStart:
        """Of which start the folder knows, beside the journal."""
        self._left = self.folder.mark()
        return LastStart(self._left.start, self._left.epoch) if self._left else NO_START

    def began(self, start: Start) -> None:
        """Judge the memory at a start that the journal has written down, and leave its mark."""
        self._start = start
        if kind := why_volatile(self.folder.place()):
            self._doubt(
                f"the data folder lies on {kind}: it forgets everything when the power goes."
                " Switch the overlay off, or name a folder on the card as data in kiosk.toml"
            )
        elif start.lost:
            self._doubt("an earlier start is known of that is not in the journal: its file was lost")
        elif still_missed(self._left, self.boot_id):
            self._doubt("in this boot records of an earlier start were missing. Switch off and on once more")
        elif self._left is not None and self._left.missed_in:
            log.warning("what was written before the last power-off is here: the disk remembers again")
        self._leave(missed=bool(self.why) and not kind)

    def heard(self, status: Status) -> None:
        """The broker has a status of this kiosk's name."""
        own = self._start.ordinal if self._start else 0
        if self.why or not is_of_another_life(status.connection, status.boot_id, own, self.boot_id):
            return
        self._doubt(
            f"the fleet heard of connection {status.connection} of this kiosk, of a start that its journal"
            " does not know: the disk forgot it, was put back to an older state, or runs twice"
        )
        if self.why:
            self.later(lambda: self._leave(missed=True))
            self.forgot()

    def _doubt(self, why: str) -> None:
        if self.allowed:
            log.warning("%s (allow_volatile_data takes it so)", why)
            return
        self.why = why
        log.error("OUT OF ORDER: %s", why)

    def _leave(self, *, missed: bool) -> None:
        if self._start is None:
            return
        mark = Mark(
            start=self._start.ordinal,
            boot_id=self.boot_id,
            epoch=self._start.epoch,
            missed_in=self.boot_id if missed else "",
        )
        try:
            self.folder.leave(mark)
        except OSError as error:
            log.error("the mark of this start cannot be left: %s", error)  # noqa: TRY400  (it says it all)
