"""Clock on Linux: CLOCK_BOOTTIME, the calendar, and whether the kernel calls the calendar synchronised."""

import ctypes
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from agent.adapters.stopwatch import boottime_ms
from agent.core.moment import Moment

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
_STA_UNSYNC: Final = 0x0040


class _Timex(ctypes.Structure):
    """The head of ``struct timex``, adjtimex(2); the rest is read by nobody here."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_long * 32),
    )


class SystemClock:
    """``trusted`` takes the calendar as right without asking the kernel: a laptop, a demo."""

    def __init__(self, *, trusted: bool) -> None:
        self._boot_id = _BOOT_ID.read_text().strip()
        self._trusted = trusted
        self._libc = ctypes.CDLL(None, use_errno=True)

    def now(self) -> Moment:
        utc = datetime.now(UTC)
        return Moment(
            boot_id=self._boot_id,
            boottime_ms=boottime_ms(),
            wall_utc=utc.replace(microsecond=utc.microsecond // 1000 * 1000),
            synced=self._trusted or self._synchronised(),
        )

    def _synchronised(self) -> bool:
        """STA_UNSYNC is cleared by any NTP client that keeps the kernel's clock."""
        timex = _Timex()
        if self._libc.adjtimex(ctypes.byref(timex)) < 0:
            return False
        return not timex.status & _STA_UNSYNC
