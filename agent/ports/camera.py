"""Camera: gives the luma plane of the newest frame. Lives in the camera child."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from agent.told import ToldError

Luma = npt.NDArray[np.uint8]
"""Brightness, shape (height, width), dtype uint8; rows and pixels may be strided, so a view needs no copy."""


class CameraLostError(ToldError):
    """No camera, or no frame in time. The text says what a person can do about it."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the camera itself says of a frame; ``None`` where it does not."""

    exposure_ms: float | None = None
    lux: float | None = None


class Camera(Protocol):
    @property
    def name(self) -> str:
        """Model, for the fleet's page; known once opened."""
        ...

    def open(self) -> None:
        """Start capturing. Raises :class:`CameraLostError`."""
        ...

    def frame(self, timeout_s: float) -> AbstractContextManager[Luma]:
        """Lend the newest frame; nobody keeps it after the ``with``.

        Raises :class:`CameraLostError` where none comes in ``timeout_s``. After that the camera MUST
        NOT be asked again: the process ends (a timed-out picamera2 request leaks its buffer).
        """
        ...

    def exposure(self) -> Exposure:
        """Of the frame that is lent now; asked within its ``with``. Elsewhere nothing is known."""
        ...

    def close(self) -> None:
        """Release the device. May be called twice, and on a camera that never opened."""
        ...
