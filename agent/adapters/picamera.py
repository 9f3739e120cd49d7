"""The Camera port on picamera2: the luma plane of the low resolution stream, lent without a copy."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from agent.ports.camera import CameraLostError, Luma

BUFFERS = 4
MICROSECONDS = 1_000_000
LEAST_FRAMES_PER_SECOND = 30.0
AE_SHORT = 1
"""libcamera's AeExposureModeEnum.Short."""
AF_CONTINUOUS = 2
"""libcamera's AfModeEnum.Continuous."""


class Picamera:
    def __init__(self, *, width: int, height: int, frames_per_second: float) -> None:
        self._wanted = (width, height)
        self._frame_us = round(MICROSECONDS / max(frames_per_second, LEAST_FRAMES_PER_SECOND))
        self._size = (width, height)
        self._name = "picamera2"
        # picamera2 has no types, and is only on a Raspberry Pi.
        self._camera: Any = None
        self._mapped_array: Any = None
        self._lost = False

    @property
    def name(self) -> str:
        return self._name

    def open(self) -> None:
        try:
            from picamera2 import MappedArray, Picamera2  # noqa: PLC0415  (from the system, on a Pi only)
        except ImportError as error:
            raise CameraLostError(
                "picamera2 is not installed. On Raspberry Pi OS: sudo apt install python3-picamera2"
                " --no-install-recommends, and make the environment with --system-site-packages."
            ) from error
        self._mapped_array = MappedArray
        try:
            if not Picamera2.global_camera_info():
                raise CameraLostError(  # noqa: TRY301  (passes through below as it is)
                    "No camera is connected. Switch off, seat the ribbon cable, and try:"
                    " rpicam-hello --list-cameras"
                )
            self._camera = Picamera2()
            self._start(self._camera)
        except CameraLostError:
            raise
        except Exception as error:  # picamera2 raises RuntimeError, IndexError, KeyError, OSError …
            raise CameraLostError(
                f"The camera cannot be started ({type(error).__name__}: {error})."
                " Does another program use it? Is the ribbon cable seated?"
            ) from error

    def _start(self, camera: Any) -> None:  # noqa: ANN401  (picamera2 has no types)
        self._name = str(camera.camera_properties.get("Model", "picamera2"))
        stream = {"size": self._wanted, "format": "YUV420"}
        camera.configure(
            camera.create_video_configuration(
                main=stream,
                lores=stream,
                buffer_count=BUFFERS,
                # The next frame, never one that has been waiting.
                queue=False,
                controls=self._advertised(camera),
            )
        )
        # Format and size are changed silently where the camera cannot do them (NV12, aligned widths).
        self._size = camera.camera_config["lores"]["size"]
        camera.start()

    def _advertised(self, camera: Any) -> dict[str, object]:  # noqa: ANN401  (picamera2 has no types)
        """A control that this camera does not have would raise."""
        wanted: dict[str, object] = {
            # A frame's time bounds its exposure, and a long one blurs the bars in a moving hand. So the
            # camera is faster than the looking; frames nobody asks for are recycled unseen.
            "FrameDurationLimits": (self._frame_us, self._frame_us),
            "AeExposureMode": AE_SHORT,
            "AfMode": AF_CONTINUOUS,
        }
        return {name: value for name, value in wanted.items() if name in camera.camera_controls}

    @contextmanager
    def frame(self, timeout_s: float) -> Iterator[Luma]:
        if self._camera is None or self._lost:
            raise CameraLostError("The camera is not open.")
        width, height = self._size
        try:
            request = self._camera.capture_request(wait=timeout_s)
        except TimeoutError as error:
            # The request stays queued and would take a buffer for ever: never ask again.
            self._lost = True
            raise CameraLostError(
                f"The camera gave no frame in {timeout_s:g} s. If this repeats, seat the ribbon cable."
            ) from error
        try:
            with self._mapped_array(request, "lores", write=False) as mapped:
                # Rows may keep the stride's padding, and below them lie the colour planes.
                yield mapped.array[:height, :width]
        finally:
            request.release()

    def close(self) -> None:
        camera, self._camera = self._camera, None
        # After a lost frame stop() may block for ever; the end of the process releases the device.
        if camera is not None and not self._lost:
            camera.stop()
            camera.close()
