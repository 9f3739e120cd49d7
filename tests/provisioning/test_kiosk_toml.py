"""The text of ``kiosk.toml``: what it offers in comments is what the agent takes."""

import re
import tomllib
from pathlib import Path
from typing import Final

import msgspec

from agent.config import PolicyConfig, load
from agent.signs import LightSign
from provisioning.kiosk_toml import KioskText, kiosk_toml

TEXT = kiosk_toml(
    KioskText(
        kiosk="k-abcdefghij", venue="v-102", zone="Europe/Helsinki", host="h", port=8883, pattern="A[0-9]{9}"
    )
)

OFFERED: Final = re.compile(r"^# (?=\[?[a-z_.]+(\]| = ))", re.MULTILINE)


def test_the_policy_in_comments_is_the_one_without_them(tmp_path: Path) -> None:
    section = OFFERED.sub("", TEXT).split("[policy]\n")[1].split("\n\n")[0]
    assert list(tomllib.loads(section)) == [field.name for field in msgspec.structs.fields(PolicyConfig)]
    path = tmp_path / "kiosk.toml"
    path.write_text(OFFERED.sub("", TEXT))
    assert load(path).policy == PolicyConfig()


def test_a_machine_without_ntp_finds_its_entry_at_the_top(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text(TEXT)
    assert not load(path).trust_clock
    path.write_text(TEXT.replace("# trust_clock", "trust_clock"))
    assert load(path).trust_clock


def test_sections_of_readme_that_are_named_are_there() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    for heading in re.findall(r"\(README, ([^)]+)\)", TEXT):
        assert re.search(rf"^#+ {re.escape(heading)}$", readme, re.MULTILINE), heading


def test_the_spot_is_where_the_mounting_sheet_has_it() -> None:
    sheet = (Path(__file__).parents[2] / "provisioning" / "MOUNTING.md").read_text()
    said = re.findall(r"spot_cm = (\d+)", sheet)
    assert said
    assert said == re.findall(r"spot_cm = (\d+)", TEXT)


def test_every_setting_that_is_offered_can_be_taken(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text(OFFERED.sub("", TEXT))
    config = load(path)
    assert config.lights.reject == "amber"
    assert config.lights.patterns["out_of_order"] == LightSign(amber="double_pulse", period_s=3)
    assert config.tones["test"] == ((659, 0.3),)
    assert (config.sound.output, config.sound.device, config.sound.speech) == ("alsa", "default", True)
    assert (config.reading.spot_cm, config.lights.ring) == (12, 23)
    assert (config.screen.reader_side, config.screen.motion) == ("right", "off")
    assert (config.screen.name, config.screen.phone) == ("07", "016 000 000")
    assert config.screen.place["fi"].to == "neuvontaan"
    assert config.screen.farewell["fi"] == "Mukavaa uintia."
