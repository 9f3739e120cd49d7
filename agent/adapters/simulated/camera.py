"""The Camera port without a camera: an empty counter, before which anybody may hold a frame."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import assert_never

import numpy as np

from agent.adapters.simulated.frame_socket import FrameSocketError, Shown, Unplugged, listen, receive
from agent.adapters.simulated.scene import Light, empty_counter
from agent.ports.camera import CameraLostError, Exposure, Luma

MAX_CLIENTS = 8
NOISY_FRAMES = 4
"""Different frames of the same counter, shown in turn: no two frames of a real sensor are equal."""
COUNTER = Light(gradient=0.15, noise=2.0)


class SimulatedCamera:
    """Takes frames over the Unix socket at ``path``; each is seen until the next or until its time is up."""

    def __init__(self, path: Path, *, width: int, height: int) -> None:
        self._path = path
        self._size = (width, height)
        self._counter: list[Luma] = []
        self._server: socket.socket | None = None
        self._clients = threading.BoundedSemaphore(MAX_CLIENTS)
        self._talking: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._shown: Luma | None = None
        self._shown_until = 0.0
        self._plugged = True
        self._asked = 0

    @property
    def name(self) -> str:
        return "simulated"

    def open(self) -> None:
        rng = np.random.default_rng(0)
        self._counter = [empty_counter(self._size, COUNTER, rng) for _ in range(NOISY_FRAMES)]
        try:
            self._server = listen(self._path)
        except FrameSocketError as error:
            raise CameraLostError(str(error)) from error
        threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    @contextmanager
    def frame(self, timeout_s: float) -> Iterator[Luma]:
        if not self._counter:
            raise CameraLostError("The simulated camera was asked for a frame before it was opened.")
        if not self._plugged:
            time.sleep(timeout_s)
            raise CameraLostError(f"The simulated camera gave no frame in {timeout_s:g} s: it was unplugged.")
        self._asked += 1
        with self._lock:
            shown = self._shown if time.monotonic() < self._shown_until else None
        yield self._counter[self._asked % NOISY_FRAMES] if shown is None else shown

    def exposure(self) -> Exposure:
        return Exposure()

    def close(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        # While it still listens the name is certainly its own: nobody else takes it from a living camera.
        self._path.unlink(missing_ok=True)
        # shutdown wakes the thread that waits in accept; close alone does not.
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        with self._lock:
            for client in self._talking:
                with suppress(OSError):
                    client.shutdown(socket.SHUT_RDWR)

    def _accept(self, server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = server.accept()
                if self._clients.acquire(blocking=False):
                    threading.Thread(target=self._serve, args=(client,), daemon=True).start()
                else:
                    client.close()

    def _serve(self, client: socket.socket) -> None:
        with self._lock:
            self._talking.add(client)
        try:
            for said in receive(client):
                self._take(said)
        finally:
            with self._lock:
                self._talking.discard(client)
            client.close()
            self._clients.release()

    def _take(self, said: Shown | Unplugged) -> None:
        match said:
            case Shown(luma, hold_s):
                with self._lock:
                    self._shown, self._shown_until = luma, time.monotonic() + hold_s
            case Unplugged():
                self._plugged = False
            case _:
                assert_never(said)
