"""A camera child that shows a card again and again, and notes when: the bench's clock starts here."""

import os
import struct
import sys
import time

from agent.adapters.child_messages import LookedAt, Opened, Seen, settings_of, to_line

AWAY_S = 0.02
"""Between two cards; they differ, so nobody need be away for 2 s."""


def main() -> None:
    stamps, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    settings_of(sys.stdin.buffer.readline())
    with os.fdopen(int(sys.argv[4]), "wb", buffering=0) as messages, open(stamps, "wb") as file:  # noqa: PTH123
        messages.write(to_line(Opened("bench", ("none",))))
        time.sleep(0.5)
        for number in range(first, first + count):
            seen = Seen(f"A{number:09}", "qr")
            file.write(struct.pack("=Q", time.monotonic_ns()))
            file.flush()
            messages.write(to_line(LookedAt((seen,), 0.0)))
            time.sleep(AWAY_S)
        sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
