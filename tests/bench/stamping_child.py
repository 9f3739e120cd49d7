"""A camera child that shows a card, waits for its light and shows the next: the bench's clock starts here."""

import os
import random
import struct
import sys
import time

from agent.adapters.child_messages import LookedAt, Opened, Seen, settings_of, to_line
from agent.adapters.stopwatch import boottime_ms

AWAY_S = 0.02
"""Between a light and the next card, if nothing else is said; they differ, so nobody need be away for 2 s."""


def main() -> None:
    stamps, lights, first, count, *more, pipe = sys.argv[1:]
    away_s, spread_s = [float(said) for said in more] + [AWAY_S, 0.0][len(more) :]
    settings_of(sys.stdin.buffer.readline())
    with (
        os.fdopen(int(pipe), "wb", buffering=0) as messages,
        open(stamps, "wb") as file,  # noqa: PTH123
        open(lights, "rb", buffering=0) as lit,  # noqa: PTH123
    ):
        messages.write(to_line(Opened("bench", ("none",))))
        time.sleep(0.5)
        for number in range(int(first), int(first) + int(count)):
            seen = Seen(f"A{number:09}", "qr")
            file.write(struct.pack("=Q", time.monotonic_ns()))
            file.flush()
            messages.write(to_line(LookedAt((seen,), 0.0, boottime_ms())))
            lit.read(1)
            time.sleep(away_s + random.random() * spread_s)  # noqa: S311  (no secret)
        sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
