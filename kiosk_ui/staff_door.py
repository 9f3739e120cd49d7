"""Who may see the staff's page: a throttled PIN, and sessions that end when nobody does anything."""

import asyncio
import hashlib
import math
import secrets
from dataclasses import dataclass
from typing import Final

from agent.core.throttle import Throttle
from agent.pin import is_pin
from agent.ports.clock import Clock

IDLE_S: Final = 600.0
MAX_SESSIONS: Final = 8


@dataclass(frozen=True, slots=True)
class Shut:
    """A PIN was not looked at, or was wrong; the next one is looked at in ``wait_s`` seconds."""

    wait_s: int
    wrong: bool


class StaffDoor:
    """``pin_hash`` is the configuration's; empty: nobody gets in."""

    def __init__(self, pin_hash: str, clock: Clock) -> None:
        self._pin_hash = pin_hash
        self._clock = clock
        self._throttle = Throttle()
        self._looking = False
        self._sessions: dict[bytes, float] = {}
        """By the hash of what the browser holds: when it did something last."""

    @property
    def exists(self) -> bool:
        return bool(self._pin_hash)

    async def enter(self, pin: str) -> str | Shut:
        """What the browser is to hold, or why not. One PIN at a time, and none while the door is shut."""
        waits = self._throttle.wait_s(self._now())
        if self._looking or waits > 0:
            return Shut(max(1, math.ceil(waits)), wrong=False)
        self._looking = True
        try:
            right = await asyncio.to_thread(is_pin, pin, self._pin_hash)
        finally:
            self._looking = False
        if not right:
            self._throttle = self._throttle.after_wrong(self._now())
            return Shut(math.ceil(self._throttle.wait_s(self._now())), wrong=True)
        self._throttle = Throttle()
        session = secrets.token_urlsafe(32)
        self._forget_idle()
        while len(self._sessions) >= MAX_SESSIONS:
            del self._sessions[min(self._sessions, key=self._sessions.__getitem__)]
        self._sessions[_name(session)] = self._now()
        return session

    def is_open(self, session: str | None) -> bool:
        """Whether ``session`` has not ended. Watching alone does not keep it."""
        self._forget_idle()
        return session is not None and _name(session) in self._sessions

    def did_something(self, session: str | None) -> bool:
        """Likewise, and it goes on."""
        if session is None or not self.is_open(session):
            return False
        self._sessions[_name(session)] = self._now()
        return True

    def leave(self, session: str | None) -> None:
        if session is not None:
            self._sessions.pop(_name(session), None)

    def _forget_idle(self) -> None:
        now = self._now()
        self._sessions = {name: used for name, used in self._sessions.items() if now - used < IDLE_S}

    def _now(self) -> float:
        return self._clock.now().seconds


def _name(session: str) -> bytes:
    """Looking one up by its hash tells nothing of how near a guess was."""
    return hashlib.sha256(session.encode()).digest()
