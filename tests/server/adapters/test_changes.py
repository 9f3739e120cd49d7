"""Pages hear of changes from any thread, not too often, and of the server's end."""

import asyncio
import threading
import time

from server.adapters.changes import QUIET_S, StoreChanges


def test_a_change_told_by_another_thread_wakes_every_watcher_and_closing_ends_them() -> None:
    changes = StoreChanges()
    heard: list[float] = []
    both = threading.Barrier(3)

    async def watch() -> None:
        waiting = changes.watch()
        first = asyncio.ensure_future(anext(waiting, None))
        await asyncio.sleep(0)  # the watcher registers itself
        await asyncio.to_thread(both.wait, 10)
        await first
        heard.append(time.monotonic())
        async for _ in waiting:
            heard.append(time.monotonic())  # noqa: PERF401  (the other thread counts them as they come)

    threads = [threading.Thread(target=asyncio.run, args=(watch(),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    both.wait(10)
    end = time.monotonic() + 10
    while len(heard) < 4 and time.monotonic() < end:
        changes.notify()
    changes.close()
    for thread in threads:
        thread.join(10)
    assert len(heard) >= 4
    assert not any(thread.is_alive() for thread in threads)
    assert max(heard) - min(heard) >= QUIET_S * 0.9


def test_after_the_end_nobody_waits() -> None:
    changes = StoreChanges()
    changes.close()
    changes.notify()

    async def count() -> int:
        return len([None async for _ in changes.watch()])

    assert asyncio.run(count()) == 0
