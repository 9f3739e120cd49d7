"""The text of ``kiosk.toml``: what it offers in comments is what the agent takes."""

import re
from pathlib import Path

from agent.config import load
from agent.signs import LightSign
from provisioning.kiosk_toml import KioskText, kiosk_toml

TEXT = kiosk_toml(
    KioskText(
        kiosk="k-abcdefghij", venue="v-102", zone="Europe/Helsinki", host="h", port=8883, pattern="A[0-9]{9}"
    )
)


def test_every_setting_that_is_offered_can_be_taken(tmp_path: Path) -> None:
    offered = re.compile(r"^# (?=\[?[a-z_.]+(\]| = ))", re.MULTILINE)
    path = tmp_path / "kiosk.toml"
    path.write_text(offered.sub("", TEXT))
    config = load(path)
    assert config.lights.reject == "amber"
    assert config.lights.patterns["out_of_order"] == LightSign(amber="double_pulse", period_s=3)
    assert config.tones["test"] == ((659, 0.3),)
    assert (config.sound.output, config.sound.device, config.sound.speech) == ("alsa", "default", True)
    assert (config.reading.spot_cm, config.lights.ring) == (20, 23)
    assert (config.screen.reader_side, config.screen.motion) == ("right", "off")
    assert (config.screen.name, config.screen.phone) == ("07", "016 000 000")
    assert config.screen.place["fi"].to == "neuvontaan"
    assert config.screen.farewell["fi"] == "Mukavaa uintia."
