"""What a libcamera camera is asked to do, of what it says that it can: pure, for every model alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

AE_SHORT: Final = 1
"""AeExposureModeEnum.Short"""
FLICKER_MANUAL: Final = 1
"""AeFlickerModeEnum.Manual"""
AF_MANUAL: Final = 0
"""AfModeEnum.Manual"""
AF_CONTINUOUS: Final = 2
"""AfModeEnum.Continuous"""
FLICKER_US: Final = 10_000
"""Lamps at 50 Hz are bright a hundred times in a second."""
CM_PER_M: Final = 100.0

Advertised = Mapping[str, tuple[Any, Any, Any]]
"""As ``Picamera2.camera_controls``: least, most and usual value of each control that the camera has."""
Controls = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    frame_us: int
    """A frame's time, which bounds its exposure."""
    spot_cm: float | None = None
    """From the lens to the marked spot; ``None``: the camera looks for the focus itself, without end."""


def controls_for(wanted: Wanted, advertised: Advertised) -> Controls:
    """The controls to set: none that the camera lacks, no value outside of what it takes."""
    return {
        **_frame_time(wanted.frame_us, advertised),
        **_if_taken(advertised, AeExposureMode=AE_SHORT),
        # Both or neither: a manual mode without its period, or the other way round, means nothing.
        **_if_taken(advertised, AeFlickerMode=FLICKER_MANUAL, AeFlickerPeriod=FLICKER_US),
        **_focus(wanted.spot_cm, advertised),
    }


def _frame_time(frame_us: int, advertised: Advertised) -> Controls:
    if "FrameDurationLimits" not in advertised:
        return {}
    least, most, _ = advertised["FrameDurationLimits"]
    time_us = int(min(max(frame_us, least), most))
    return {"FrameDurationLimits": (time_us, time_us)}


def _focus(spot_cm: float | None, advertised: Advertised) -> Controls:
    if spot_cm is not None and "LensPosition" in advertised:
        least, most, _ = advertised["LensPosition"]
        # In dioptres; a lens that cannot come so near goes as near as it can.
        lens = min(max(CM_PER_M / spot_cm, float(least)), float(most))
        if manual := _if_taken(advertised, AfMode=AF_MANUAL):
            return {**manual, "LensPosition": lens}
    return _if_taken(advertised, AfMode=AF_CONTINUOUS)


def _if_taken(advertised: Advertised, **controls: int) -> Controls:
    """All of ``controls``, or none where the camera does not take one of them."""
    for name, value in controls.items():
        if name not in advertised:
            return {}
        least, most, _ = advertised[name]
        if not least <= value <= most:
            return {}
    return controls
