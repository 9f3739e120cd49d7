"""The server's own clock and dice."""

import secrets
import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    return datetime.now(UTC)


def stopwatch() -> float:
    """Seconds that never run backwards."""
    return time.monotonic()


def new_process() -> str:
    """128 random bits: names this start of a server."""
    return secrets.token_hex(16)


def new_generation() -> str:
    """128 random bits: names this database, so that a restored one is told from the lost one."""
    return secrets.token_hex(16)
