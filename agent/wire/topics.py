"""The topics of the contract, in one place: who may write what is in the broker's access file."""

import base64
import re
import secrets
from typing import Final

ROOT: Final = "entry/v1"
SERVER_STATE: Final = f"{ROOT}/server/state"

KIOSK_ID: Final = re.compile(r"k-[a-z2-7]{10}")
SERVER_ID: Final = re.compile(r"s-[a-z2-7]{10}")

ALERT_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")

KIOSK_WRITES: Final = ("status", "info", "health", "records", "cards/get", "reply", "alert/+")
"""Below ``k/{id}/``, as filters; the kiosk publishes these."""
KIOSK_READS: Final = ("status", "receipt", "cards/page", "cmd")
"""Below ``k/{id}/``; the kiosk subscribes to these, and to ``server/state``."""


def new_kiosk_id() -> str:
    return f"k-{_base32()}"


def new_server_id() -> str:
    return f"s-{_base32()}"


def of_kiosk(kiosk: str, leaf: str) -> str:
    """``entry/v1/k/{kiosk}/{leaf}``."""
    return f"{ROOT}/k/{kiosk}/{leaf}"


def of_alert(name: str) -> str:
    """The leaf of the alert ``name``; an empty payload clears it."""
    return f"alert/{name}"


def alert_in(leaf: str) -> str | None:
    """The name of the alert whose leaf this is; ``None`` where it is none, or has no name of the contract."""
    head, _, name = leaf.partition("/")
    return name if head == "alert" and ALERT_NAME.fullmatch(name) else None


def split(topic: str) -> tuple[str, str] | None:
    """``(kiosk, leaf)`` of a kiosk's topic; ``None`` for any other and for a name the CA never signs."""
    parts = topic.split("/", 4)
    if len(parts) != 5 or "/".join(parts[:2]) != ROOT or parts[2] != "k":  # noqa: PLR2004
        return None
    return (parts[3], parts[4]) if KIOSK_ID.fullmatch(parts[3]) else None


def _base32() -> str:
    return base64.b32encode(secrets.token_bytes(7)).decode().lower()[:10]
