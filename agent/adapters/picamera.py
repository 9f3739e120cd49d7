"""The Camera port on picamera2: the luma plane of the low resolution stream, lent without a copy."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from agent.adapters.libcamera_controls import Wanted, controls_for
from agent.ports.camera import CameraLostError, Exposure, Luma

BUFFERS: Final = 4
MICROSECONDS: Final = 1_000_000
LEAST_FRAMES_PER_SECOND: Final = 30.0
"""A frame's time bounds its exposure, and a long one blurs the bars in a moving hand. So the camera is faster
than the looking; frames nobody asks for are recycled unseen."""
LUMA_FIRST: Final = ("YUV420", "YVU420", "NV12", "NV21")
"""picamera2's names of the formats whose first plane is the brightness."""


class Picamera:
    def __init__(
        self, *, width: int, height: int, frames_per_second: float, spot_cm: float | None = None
    ) -> None:
        frame_us = round(MICROSECONDS / max(frames_per_second, LEAST_FRAMES_PER_SECOND))
        self._wanted_size = (width, height)
        self._wanted = Wanted(frame_us=frame_us, spot_cm=spot_cm)
        self._size = (width, height)
        self._name = "picamera2"
        # picamera2 has no types, and is only on a Raspberry Pi.
        self._camera: Any = None
        self._mapped_array: Any = None
        self._lent: Any = None
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
            self._lost = True
            raise
        except Exception as error:  # picamera2 raises RuntimeError, IndexError, KeyError, OSError …
            self._lost = True
            raise CameraLostError(
                f"The camera cannot be started ({type(error).__name__}: {error})."
                " Does another program use it? Is the ribbon cable seated?"
            ) from error

    def _start(self, camera: Any) -> None:  # noqa: ANN401  (picamera2 has no types)
        self._name = str(camera.camera_properties.get("Model", "picamera2"))
        stream = {"size": self._wanted_size, "format": "YUV420"}
        camera.configure(
            # With queue=False the next frame is given, never one that has been waiting.
            camera.create_video_configuration(main=stream, lores=stream, buffer_count=BUFFERS, queue=False)
        )
        # Format and size are changed silently where the camera cannot do them (NV12, aligned widths).
        given = camera.camera_config["lores"]
        if given["format"] not in LUMA_FIRST:
            raise CameraLostError(
                f"The camera {self._name} gives {given['format']}, which has no plane of brightness."
                " Connect a Raspberry Pi camera."
            )
        self._size = given["size"]
        # Only now: what the camera takes depends on its mode.
        camera.set_controls(controls_for(self._wanted, camera.camera_controls))
        camera.start()

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
        self._lent = request
        try:
            with self._mapped_array(request, "lores", write=False) as mapped:
                # Rows may keep the stride's padding, and below them lie the colour planes.
                yield mapped.array[:height, :width]
        finally:
            self._lent = None
            request.release()

    def exposure(self) -> Exposure:
        if self._lent is None:
            return Exposure()
        metadata = self._lent.get_metadata()
        exposure_us, lux = metadata.get("ExposureTime"), metadata.get("Lux")
        return Exposure(
            exposure_ms=round(exposure_us / 1000, 2) if exposure_us is not None else None,
            lux=round(float(lux), 1) if lux is not None else None,
        )

    def close(self) -> None:
        camera, self._camera = self._camera, None
        # After a lost frame stop() may block for ever, and one that did not start has nothing to stop; the
        # end of the process releases the device.
        if camera is not None and not self._lost:
            camera.stop()
            camera.close()
