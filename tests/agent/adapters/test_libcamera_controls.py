"""Whatever a camera advertises, it is asked for nothing that it lacks and no value that it refuses."""

from hypothesis import given
from hypothesis import strategies as st

from agent.adapters.libcamera_controls import (
    AE_SHORT,
    AF_CONTINUOUS,
    AF_MANUAL,
    FLICKER_MANUAL,
    FLICKER_US,
    Advertised,
    Wanted,
    controls_for,
)

MODULE_3: Advertised = {
    "AeExposureMode": (0, 3, 0),
    "AeFlickerMode": (0, 1, 0),
    "AeFlickerPeriod": (100, 1_000_000, None),
    "AfMode": (0, 2, 0),
    "ExposureTime": (1, 66_666, 20_000),
    "FrameDurationLimits": (33_333, 120_000, 33_333),
    "LensPosition": (0.0, 32.0, 1.0),
}
"""As the Raspberry Pi Camera Module 3 says, in short."""
NAMES = st.sampled_from([*MODULE_3, "Brightness", "NoiseReductionMode"])
BOUNDS = st.tuples(st.integers(-5, 50_000), st.integers(0, 200_000)).map(lambda two: (two[0], sum(two), None))
ADVERTISED = st.dictionaries(NAMES, BOUNDS)
WANTED = st.builds(
    Wanted,
    frame_us=st.integers(1_000, 1_000_000),
    spot_cm=st.none() | st.floats(4, 200, allow_nan=False),
)


@given(WANTED, ADVERTISED)
def test_nothing_is_asked_for_that_the_camera_does_not_take(wanted: Wanted, advertised: Advertised) -> None:
    for name, value in controls_for(wanted, advertised).items():
        least, most, _ = advertised[name]
        both = value if name == "FrameDurationLimits" else (value, value)
        assert least <= min(both) <= max(both) <= most


@given(WANTED, ADVERTISED)
def test_what_belongs_together_comes_together(wanted: Wanted, advertised: Advertised) -> None:
    controls = controls_for(wanted, advertised)
    assert ("LensPosition" in controls) == (controls.get("AfMode") == AF_MANUAL)
    assert ("AeFlickerPeriod" in controls) == ("AeFlickerMode" in controls)
    assert "LensPosition" not in controls or wanted.spot_cm is not None


@given(WANTED)
def test_a_camera_without_controls_is_asked_for_nothing(wanted: Wanted) -> None:
    assert controls_for(wanted, {}) == {}


def test_a_camera_that_can_focus_is_set_to_the_marked_spot() -> None:
    assert controls_for(Wanted(frame_us=33_333, spot_cm=20), MODULE_3) == {
        "AeExposureMode": AE_SHORT,
        "AeFlickerMode": FLICKER_MANUAL,
        "AeFlickerPeriod": FLICKER_US,
        "AfMode": AF_MANUAL,
        "FrameDurationLimits": (33_333, 33_333),
        "LensPosition": 5.0,
    }


def test_without_a_marked_spot_it_looks_for_the_focus_itself() -> None:
    controls = controls_for(Wanted(frame_us=33_333), MODULE_3)
    assert controls["AfMode"] == AF_CONTINUOUS
    assert "LensPosition" not in controls


def test_a_camera_of_fixed_focus_still_gets_its_exposure() -> None:
    fixed = {name: bounds for name, bounds in MODULE_3.items() if name not in ("AfMode", "LensPosition")}
    controls = controls_for(Wanted(frame_us=20_000, spot_cm=20), fixed)
    assert controls == {
        "AeExposureMode": AE_SHORT,
        "AeFlickerMode": FLICKER_MANUAL,
        "AeFlickerPeriod": FLICKER_US,
        "FrameDurationLimits": (33_333, 33_333),
    }
