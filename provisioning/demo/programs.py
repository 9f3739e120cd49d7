"""The demo's processes: which command each is, where it logs, and how it shows that it is ready."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from provisioning.demo import loopback_broker
from provisioning.demo.house import KIOSKS, Layout, Ports
from provisioning.demo.part import Part, PartFailedError, python
from provisioning.demo.ports import LOOPBACK


@dataclass(frozen=True, slots=True)
class Programs:
    layout: Layout
    ports: Ports
    mosquitto: str | None
    """Where it is; without it the loopback broker runs."""
    web: httpx.AsyncClient

    def broker(self) -> Part:
        folder = self.layout.broker
        if self.mosquitto:
            command: tuple[str, ...] = (self.mosquitto, "-c", str(folder / "mosquitto.conf"))
        else:
            command = loopback_broker.command(folder / "iotcore.toml")
        return Part(
            name="broker", command=command, log=self._log("broker"), ready=_listens(self.ports.broker)
        )

    def server(self) -> Part:
        command = python("server.cli", "serve", *self._fleet(), *self._insecure())
        return Part(
            name="fleet server", command=command, log=self._log("server"), ready=self._answers(self.ports.web)
        )

    def kiosks(self) -> tuple[Part, ...]:
        return tuple(
            Part(
                name=f"kiosk {kiosk.folder}",
                command=python(
                    "agent.cli",
                    "run",
                    "--config",
                    str(self.layout.kiosk(kiosk) / "kiosk.toml"),
                    *self._insecure(),
                ),
                log=self._log(kiosk.folder),
                ready=self._answers(port),
            )
            for kiosk, port in zip(KIOSKS, self.ports.screens, strict=True)
        )

    def door(self, *, visitors: bool) -> Part:
        alone = () if visitors else ("--no-visitors",)
        return Part(
            name="door",
            command=python("provisioning.demo.door", str(self.layout.note), *alone),
            log=self._log("door"),
            ready=self._answers(self.ports.door),
        )

    async def import_cards(self) -> None:
        """Raises :class:`PartFailedError`."""
        log = self._log("cards")
        with log.open("wb") as words:
            importing = await asyncio.create_subprocess_exec(
                *python("server.cli", "cards", "import", *self._fleet(), str(self.layout.cards)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=words,
                stderr=words,
            )
            try:
                code = await importing.wait()
            finally:
                if importing.returncode is None:
                    importing.kill()
                    await importing.wait()
        if code:
            raise PartFailedError(f"The demo's cards could not be imported. See {log}.")

    def _fleet(self) -> tuple[str, ...]:
        # Said outright: a DATABASE_URL of this terminal is some other fleet's.
        return (
            "--fleet",
            str(self.layout.fleet),
            "--database-url",
            f"sqlite:///{self.layout.fleet / 'fleet.db'}",
        )

    def _insecure(self) -> tuple[str, ...]:
        return () if self.mosquitto else ("--insecure-demo",)

    def _log(self, name: str) -> Path:
        return self.layout.logs / f"{name}.log"

    def _answers(self, port: int) -> Callable[[], Awaitable[bool]]:
        async def answers() -> bool:
            try:
                return (await self.web.get(f"http://{LOOPBACK}:{port}/")).is_success
            except httpx.HTTPError:
                return False

        return answers


def _listens(port: int) -> Callable[[], Awaitable[bool]]:
    async def listens() -> bool:
        try:
            _, writer = await asyncio.open_connection(LOOPBACK, port)
        except OSError:
            return False
        writer.close()
        return True

    return listens
