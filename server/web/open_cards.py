"""The cards that people look at: a page names its card by a random word, for the code is in no page."""

import secrets
import threading
from collections import OrderedDict
from typing import Final

MOST: Final = 500


class OpenCards:
    """Remembers the newest in memory alone."""

    def __init__(self) -> None:
        self._codes: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, code: str) -> str:
        handle = secrets.token_urlsafe(16)
        with self._lock:
            self._codes[handle] = code
            while len(self._codes) > MOST:
                self._codes.popitem(last=False)
        return handle

    def forget(self, code: str) -> None:
        """Whoever looks at it has looked at it before it was erased."""
        with self._lock:
            for handle in [handle for handle, of in self._codes.items() if of == code]:
                del self._codes[handle]

    def code(self, handle: str) -> str | None:
        """``None``: it was long ago, or the server was started anew."""
        with self._lock:
            return self._codes.get(handle)
