"""The text of ``kiosk.toml``: what ``agent.config`` reads, with a word on what a person may change."""

from dataclasses import dataclass
from typing import Final

from provisioning.toml_text import toml


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskText:
    """What differs from kiosk to kiosk."""

    kiosk: str
    venue: str
    zone: str
    host: str
    port: int
    pattern: str
    simulated: bool = False
    """A kiosk of the demo: no camera, no pins, its calendar and its data folder taken as they are."""
    insecure: bool = False
    """For the demo's loopback broker, which knows no certificates."""
    screen_port: int = 8080


def kiosk_toml(kiosk: KioskText) -> str:
    return "\n".join((_head(kiosk), _broker(kiosk), _cards(kiosk), _POLICY, _device(kiosk), _screen(kiosk)))


def _head(kiosk: KioskText) -> str:
    real = "# A machine without NTP, whose calendar is right all the same:\n# trust_clock = true\n"
    trust = "trust_clock = true\nallow_volatile_data = true\n" if kiosk.simulated else real
    return f"""\
# One kiosk. Made by: kaiku-provision add. Paths are beside this file.
kiosk = {toml(kiosk.kiosk)}
venue = {toml(kiosk.venue)}
zone = {toml(kiosk.zone)}
data = "data"
{trust}"""


def _broker(kiosk: KioskText) -> str:
    identity = """\
ca = "identity/ca.crt"
certificate = "identity/kiosk.crt"
key = "identity/kiosk.key"
"""
    return f"""\
[broker]
host = {toml(kiosk.host)}
port = {toml(kiosk.port)}
{"" if kiosk.insecure else identity}"""


def _cards(kiosk: KioskText) -> str:
    return f"""\
[cards]
list_key = "list.key"
sealing_key = "sealing.pub"
test_card = "test.card"
pattern = {toml(kiosk.pattern)}
"""


_POLICY: Final = """\
# What the venue chose; these are the defaults. To change one, take the "# " away from it and from [policy].
# [policy]
# unlisted = "accept_unchecked"       # a card that is not on the list; or "ask_staff"
# clock_unknown = "accept_unchecked"  # a card while the time is not known; or "ask_staff"
# list_stale = "mark"                 # a card list that is old; or "ask_staff"
# list_stale_hours = 24.0             # from when on it is
# repeat = "mark"                     # a personal card that comes again; or "ask_staff", "off"
# repeat_minutes = 10.0               # within these
# ask_children = true                 # the question for children
# ask_assistants = false              # and the one for assistants and interpreters
# spot_check_in = 0                   # one in so many visitors goes by the staff; 0: nobody
# question_s = 20.0                   # seconds until a question says that it ends, in 20 more
# signal_s = 5.0                      # seconds of light
# slow_write_s = 3.0                  # a disk that needs longer sends the visitor to the staff
"""


def _device(kiosk: KioskText) -> str:
    if kiosk.simulated:
        return """\
[reading]
camera = "simulated"

[lights]
driver = "simulated"
"""
    return """\
# spot_cm: from the lens to the marked spot where cards are held, for a camera that can focus.
[reading]
camera = "picamera"
# spot_cm = 12

# BCM pin numbers. Take out what is not wired. Buttons: number of children = pin.
# ring: the light around the lens.
[lights]
driver = "gpio"
green = 17
red = 27
amber = 22
buzzer = 18
# ring = 23
# The softer amber for "please ask the staff":
# reject = "amber"
# Another light or tone of a signal (README, Lights):
# patterns.out_of_order = { amber = "double_pulse", period_s = 3 }
# [tones]
# test = [[659, 0.3]]

# A loudspeaker; then take out the buzzer above. Names of devices: aplay -L. Then render the spoken prompts:
# kaiku-agent prompts --config kiosk.toml
# [sound]
# output = "alsa"
# device = "default"
# speech = true
"""


def _screen(kiosk: KioskText) -> str:
    return f"""\
# mm_per_px: 0.193 is a 7-inch screen of 800x480 (the smallest), 0.1695 a 10-inch one of 1280x800.
# reader_side: where the reader is, seen from the screen: right, left, above or below.
[screen]
port = {toml(kiosk.screen_port)}
languages = ["fi", "sv", "en"]
mm_per_px = 0.193
reader_side = "right"
# Where the staff is ("Tule ...", "Pääset sisään ..."), last words; a long word may be divided at \\u00AD:
# place.fi = {{ to = "neuvontaan", at = "neuvonnasta" }}
# farewell.fi = "Mukavaa uintia."
# Which kiosk it is and who helps, said when it is out of order:
# name = "07"
# phone = "016 000 000"
# Nothing on the screen moves:
# motion = "off"

# The staff's own page, behind a PIN: hold the screen's top right corner for three seconds.
# kaiku-agent staff-pin says the line. Words for a break: 40 characters at most.
# [staff]
# (Put that line here: pin = "scrypt$...")
# pauses = ["Palaamme klo 13."]
"""
