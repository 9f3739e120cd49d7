"""One process of the demo: started, waited for until it is ready, started again a few times, ended."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agent.told import ToldError

READY_S: Final = 60.0
POLL_S: Final = 0.1
END_S: Final = 8.0
RESTARTS: Final = 3
RESTART_PAUSE_S: Final = 1.0
HEALTHY_S: Final = 60.0
"""A part that ran so long begins anew with its restarts."""


class PartFailedError(ToldError):
    """A process did not come up, or ended again and again. The text names its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is run, where its words go, and how it is known to be ready."""

    name: str
    command: Sequence[str]
    log: Path
    ready: Callable[[], Awaitable[bool]]


def python(program: str, *arguments: str) -> tuple[str, ...]:
    """A ``main`` of ours in this very Python: ``agent.cli`` needs no script on the PATH."""
    start = f"from {program} import main; main()"
    return (sys.executable, "-P", "-c", start, *arguments)


class Parts:
    """All processes of the demo, in the order they were started."""

    def __init__(self) -> None:
        self._kept: list[list[asyncio.Task[None]]] = []

    async def start(self, *parts: Part) -> None:
        """Start side by side and wait until all are ready. Raises :class:`PartFailedError`."""
        kept = [asyncio.create_task(_Keeper(part).keep(), name=part.name) for part in parts]
        self._kept.append(kept)
        await asyncio.gather(*(_until_ready(part, one) for part, one in zip(parts, kept, strict=True)))

    async def watch(self) -> None:
        """Wait until a part has ended too often. Raises :class:`PartFailedError`."""
        everyone = [one for group in self._kept for one in group]
        done, _ = await asyncio.wait(everyone, return_when=asyncio.FIRST_COMPLETED)
        for one in done:
            one.result()

    async def end(self) -> None:
        """The last started first: nobody loses what it still needs."""
        while self._kept:
            group = self._kept.pop()
            for one in group:
                one.cancel()
            await asyncio.gather(*group, return_exceptions=True)


async def _until_ready(part: Part, kept: "asyncio.Task[None]") -> None:
    try:
        async with asyncio.timeout(READY_S):
            while not await part.ready():
                await asyncio.wait([kept], timeout=POLL_S)
                if kept.done():
                    kept.result()
    except TimeoutError:
        raise PartFailedError(f"The {part.name} was not ready in {READY_S:g} s. {_see(part)}") from None


class _Keeper:
    def __init__(self, part: Part) -> None:
        self._part = part

    async def keep(self) -> None:
        """Run until cancelled; then the process is gone."""
        loop = asyncio.get_running_loop()
        ends = code = 0
        while ends <= RESTARTS:
            began = loop.time()
            code = await self._run_once()
            ends = 1 if loop.time() - began > HEALTHY_S else ends + 1
            await asyncio.sleep(RESTART_PAUSE_S)
        raise PartFailedError(
            f"The {self._part.name} ended {ends} times (last with {code}). {_see(self._part)}"
        )

    async def _run_once(self) -> int:
        process = await self._start()
        try:
            return await process.wait()
        finally:
            await asyncio.shield(_end(process))

    async def _start(self) -> asyncio.subprocess.Process:
        tether = (sys.executable, "-P", "-m", "provisioning.demo.tether", str(os.getpid()))
        with self._part.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *tether,
                *self._part.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,  # Ctrl-C at the terminal is for the demo, which ends its parts in order
            )


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask, wait, insist; and sweep up what it may have left in its group."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), END_S)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _see(part: Part) -> str:
    last = _last_words(part.log)
    return f"See {part.log}" + (f" ({last})" if last else "") + "."


def _last_words(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1][:200] if lines else ""
