"""The configuration file: read whole, or refused with one sentence that says where and what to do."""

from pathlib import Path
from typing import Final

import pytest

from agent.config import ConfigError, load
from agent.signs import LightSign, lights_of, tunes_of

LEAST: Final = """
kiosk = "k-abcdefghij"
venue = "v-102"
[cards]
list_key = "list.key"
sealing_key = "/etc/kaiku/sealing.key"
"""
BROKER: Final = """
[broker]
host = "fleet.example"
ca = "ca.crt"
certificate = "kiosk.crt"
key = "kiosk.key"
"""


def config_of(folder: Path, text: str) -> Path:
    path = folder / "kiosk.toml"
    path.write_text(text)
    return path


def test_the_least_file_is_a_kiosk_that_stands_alone(tmp_path: Path) -> None:
    config = load(config_of(tmp_path, LEAST))
    assert (config.kiosk, config.venue, config.broker) == ("k-abcdefghij", "v-102", None)
    assert (config.zone, config.trust_clock, config.allow_volatile_data) == ("Europe/Helsinki", False, False)
    assert (config.alerts.outbox_rows, config.alerts.outbox_days) == (20_000, 7.0)


def test_paths_are_beside_the_file_unless_they_are_absolute(tmp_path: Path) -> None:
    config = load(config_of(tmp_path, LEAST + BROKER))
    assert config.data == tmp_path / "data"
    assert config.cards.list_key == tmp_path / "list.key"
    assert config.cards.sealing_key == Path("/etc/kaiku/sealing.key")
    assert config.broker is not None
    assert config.broker.ca == tmp_path / "ca.crt"
    assert config.broker.mutual_tls


def test_a_venue_has_lights_and_tones_of_its_own(tmp_path: Path) -> None:
    own = """
[lights]
reject = "amber"
patterns.paused = { red = "double_pulse", period_s = 4 }
[tones]
test = [[700, 0.1], [0, 0.1], [500, 0.1]]
ask_staff = []
[sound]
output = "alsa"
device = "plughw:CARD=Headphones"
speech = false
"""
    config = load(config_of(tmp_path, LEAST + own))
    lights = lights_of(config.lights.reject, config.lights.patterns)
    assert lights["ask_staff"] == LightSign(amber="fade")
    assert lights["paused"] == LightSign(red="double_pulse", period_s=4)
    tunes = tunes_of(config.tones)
    assert (tunes["test"], tunes["ask_staff"]) == (((700, 0.1), (0, 0.1), (500, 0.1)), ())
    assert (config.sound.output, config.sound.device, config.sound.speech) == (
        "alsa",
        "plughw:CARD=Headphones",
        False,
    )
    assert config.sound.recordings == tmp_path / "recordings"


@pytest.mark.parametrize("missing", ["ca", "certificate", "key"])
def test_tls_is_mutual_only_with_all_three_files(tmp_path: Path, missing: str) -> None:
    lines = [line for line in BROKER.splitlines() if not line.startswith(missing)]
    config = load(config_of(tmp_path, LEAST + "\n".join(lines)))
    assert config.broker is not None
    assert not config.broker.mutual_tls


WRONG: Final = {
    "no TOML": ("kiosk = ", "cannot be read"),
    "not UTF-8": ("venue = '\udcff'", "cannot be read"),
    "empty": ("", "`kiosk`"),
    "unknown key": (LEAST + "colour = 'red'", "colour"),
    "unknown table": ("tyre = 1\n" + LEAST, "tyre"),
    "wrong type": (LEAST.replace('"v-102"', "102"), "$.venue"),
    "a name that no CA signs": (LEAST.replace("k-abcdefghij", "+"), "$.kiosk"),
    "a pattern that is none": (LEAST + "pattern = '['", "cards.pattern"),
    "a pattern that takes nothing for a card": (LEAST + "pattern = ''", "cards.pattern"),
    "a zone that is none": ("zone = 'Mars/Olympus'\n" + LEAST, "Europe/Helsinki"),
    "a zone that is a path": ("zone = '../../etc/passwd'\n" + LEAST, "Europe/Helsinki"),
    "a port out of range": (LEAST + "[broker]\nhost = 'h'\nport = 70000", "$.broker.port"),
    "a pin that no Pi has": (LEAST + "[lights]\ngreen = 99", "$.lights.green"),
    "a pin given twice": (LEAST + "[lights]\ngreen = 22", "pin 22"),
    "a button on a light's pin": (LEAST + "[lights.buttons]\n1 = 17", "pin 17"),
    "the staff's button on a light's pin": (LEAST + "[lights]\nlet_in = 17", "pin 17"),
    "a button for ten": (LEAST + "[lights.buttons]\n10 = 5", "$.lights.buttons"),
    "a softness that is none": (LEAST + "[lights]\nreject = 'green'", "$.lights.reject"),
    "a light of no signal": (LEAST + "[lights.patterns]\nmaybe = {}", "$.lights.patterns"),
    "a lamp that is none": (LEAST + "[lights.patterns]\ntest = { blue = 'steady' }", "blue"),
    "a movement that is none": (LEAST + "[lights.patterns]\ntest = { amber = 'strobe' }", "amber"),
    "two signals with one light": (
        LEAST + "[lights.patterns]\npaused = { amber = 'steady' }",
        "look the same",
    ),
    "a softness in the light of a pause": (
        LEAST + "[lights]\nreject = 'amber'\npatterns.paused = { amber = 'fade' }",
        "ask_staff and paused look the same",
    ),
    "green for a refusal": (LEAST + "[lights.patterns]\nask_staff = { green = 'fade' }", "may not be green"),
    "a quick fade": (
        LEAST + "[lights.patterns]\nask_staff = { red = 'fade', period_s = 0.5 }",
        "once a second",
    ),
    "a flicker": (
        LEAST + "[lights.patterns]\nout_of_order = { amber = 'double_pulse', period_s = 0.5 }",
        "3 times in a second",
    ),
    "a tone of no signal": (LEAST + "[tones]\nmaybe = []", "$.tones"),
    "a tone that is too high": (LEAST + "[tones]\ntest = [[4000, 0.1]]", "$.tones"),
    "a note without a length": (LEAST + "[tones]\ntest = [[440]]", "$.tones"),
    "a tone that is too long": (LEAST + "[tones]\ntest = [[440, 0.5], [440, 0.5]]", "shorter than 0.7 s"),
    "two signals with one tone": (LEAST + "[tones]\nask_staff = [[440, 0.1], [523, 0.1]]", "sound the same"),
    "sound that comes from nowhere": (LEAST + "[sound]\noutput = 'hdmi'", "$.sound.output"),
    "a time that never ends": (LEAST + "[policy]\nquestion_s = inf", "$.policy.question_s"),
    "an entry of the top in a section": (
        LEAST + "[screen]\ntrust_clock = true",
        "kiosk.toml: trust_clock is no entry of [screen]; it belongs at the top of the file. Correct",
    ),
    "an entry of another section": (
        LEAST + "[screen]\nunlisted = 'ask_staff'",
        "unlisted is no entry of [screen]; it belongs to [policy].",
    ),
    "an entry of a section that may be left out": (
        LEAST + "certificate = 'k.crt'",
        "certificate is no entry of [cards]; it belongs to [broker].",
    ),
    "an entry of two sections at the top": (
        "port = 1\n" + LEAST,
        "port is no entry of the top of the file; it belongs to [broker] or to [screen].",
    ),
    "an unknown entry in a section": (LEAST + "[screen]\ncolour = 1", "`colour` - at `$.screen`"),
    "a section in a section": (
        LEAST + "[screen]\npolicy.unlisted = 'ask_staff'",
        "policy is no entry of [screen]; it belongs at the top of the file.",
    ),
    "a policy that is none": (LEAST + "[policy]\nunlisted = 'reject'", "$.policy.unlisted"),
    "an alert before the first record": (LEAST + "[alerts]\noutbox_rows = 0", "$.alerts.outbox_rows"),
    "a PIN as it is typed": (LEAST + "[staff]\npin = '4711'", "kaiku-agent staff-pin"),
    "words of a break that do not fit": (LEAST + f"[staff]\npauses = ['{'x' * 41}']", "$.staff.pauses"),
    "a word that is wider than the screen": (
        LEAST + "[screen.place.fi]\nto = 'neuvontapisteeseen'\nat = 'neuvonnasta'",
        'to: "neuvontapisteeseen" does not fit on the screen that sends visitors to the staff; "neuvonta',
    ),
    "a place that is too long": (
        LEAST + "[screen.place.en]\nto = 'to the desk'\nat = 'at the desk on the left'",
        'screen.place.en.at: "at the desk on the left" does not fit on the screen of a kiosk that is out',
    ),
    "a place that is kept on one line": (
        LEAST + "[screen.place.en]\nto = 'to~the~information'\nat = 'at the desk'",
        "screen.place.en.to",
    ),
    "a farewell that is too long": (
        LEAST + "[screen.farewell]\nfi = 'Mukavaa päivää ja hyvää matkaa'",
        "screen.farewell.fi",
    ),
    "a name that is too long": (LEAST + "[screen]\nname = 'Pääovi'", "screen.name"),
    "a number that is too long": (LEAST + "[screen]\nphone = '+358 40 123 4567 / 8'", "screen.phone"),
    "a side that is none": (LEAST + "[screen]\nreader_side = 'behind'", "$.screen.reader_side"),
    "words of a break that are wider than the screen": (
        LEAST + f"[staff]\npauses = ['{'W' * 9}']",
        f'staff.pauses: "{"W" * 9}" does not fit on the screen of a break; "{"W" * 8}" would',
    ),
    "one language twice": (
        LEAST + '[screen]\nlanguages = ["fi", "sv", "fi"]',
        "screen.languages names one twice",
    ),
    "no language": (LEAST + "[screen]\nlanguages = []", "$.screen.languages"),
}


@pytest.mark.parametrize(("text", "says"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_file_is_one_sentence_that_names_file_and_place(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ConfigError) as refusal:
        load(path)
    sentence = str(refusal.value)
    assert says in sentence
    assert sentence.startswith(str(path))
    assert "\n" not in sentence


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="kaiku-provision add"):
        load(tmp_path / "kiosk.toml")


def test_a_folder_in_the_file_s_place_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)
