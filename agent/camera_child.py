"""The camera child: a process of its own that looks and decodes, so that a crash of either is an event.

Started by the agent as ``python -m agent.camera_child FD``: settings come as one line on stdin, messages go
to the pipe FD, and the end of stdin is the end of the parent. Texts that are no card's never leave it.
"""

import io
import itertools
import os
import re
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, assert_never

from agent.adapters.aside import AsideThread
from agent.adapters.child_messages import (
    MAX_READS,
    CheckedPicture,
    ChildMessage,
    ChildSettings,
    Ended,
    LookedAt,
    Opened,
    Seen,
    UsePicamera,
    UsePictures,
    UseSocket,
    UseUsb,
    settings_of,
    to_line,
)
from agent.adapters.engines import ENGINES, open_engines
from agent.adapters.live import LiveDecoder, Rescued
from agent.adapters.picamera import Picamera
from agent.adapters.picture_check import checked
from agent.adapters.rescue import first_look, rescue_steps
from agent.adapters.simulated.camera import SimulatedCamera
from agent.adapters.simulated.picture_camera import PictureCamera
from agent.adapters.stopwatch import Pace, Stopwatch, boottime_ms
from agent.adapters.usb_camera import UsbCamera
from agent.core.attention import rules_for
from agent.core.looking import Counts
from agent.core.reads import recognise
from agent.ports.camera import Camera, CameraLostError, Luma
from agent.ports.decoder import Decoder, DecoderMissingError, Found
from agent.wire.card_code import card_pattern

EXIT_BUG = 1
EXIT_LOST = 3
"""No camera, no frame or no decoder: said to the parent in words, too."""
GRACE_S = 1.0
"""For closing the camera when the parent is gone; picamera2's stop may block for ever."""

CHECK_S = 1.0
"""How often the picture is measured."""

Tell = Callable[[ChildMessage], None]


class Cards(NamedTuple):
    """What is ours: the shape of the codes, and the text of the fleet's test card."""

    pattern: re.Pattern[str]
    test_card: str = ""


def main() -> None:
    # Ctrl-C reaches the whole group; the parent ends this process in its own time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent_gone = threading.Event()
    code = EXIT_BUG
    try:
        # Unbuffered, because a buffered reader's lock would be held by the thread that waits for the end.
        stdin = io.FileIO(0, closefd=False)
        messages = io.FileIO(int(sys.argv[1]), "w")
        settings = settings_of(stdin.readline())
        threading.Thread(target=_notice_parent, args=(stdin, parent_gone), daemon=True).start()
        code = run(settings, lambda message: _say(messages, message), parent_gone)
    except Exception as bug:  # noqa: BLE001  (ended here in any case, and without its text, which may hold a code)
        traceback.print_tb(bug.__traceback__)
        _note(type(bug).__name__)
    finally:
        # Not by the interpreter's way out: a camera that hangs has threads that never end.
        os._exit(code)


def _note(text: str) -> None:
    """For the operator's journal, where stderr goes."""
    sys.stderr.write(f"camera child: {text}\n")
    sys.stderr.flush()


def _say(messages: io.FileIO, message: ChildMessage) -> None:
    line = memoryview(to_line(message))
    while line:
        line = line[messages.write(line) :]


def _notice_parent(stdin: io.FileIO, parent_gone: threading.Event) -> None:
    while stdin.read(4096):
        pass
    parent_gone.set()
    time.sleep(GRACE_S)
    os._exit(0)


def run(settings: ChildSettings, tell: Tell, parent_gone: threading.Event) -> int:
    """Look until the parent is gone or nothing can be seen; gives the exit code."""
    try:
        engines = open_engines(ENGINES)
        for note in engines.notes:
            _note(note)
        camera = make_camera(settings)
        camera.open()
        look_on(camera, engines.decoders, settings, tell, parent_gone)
    except (CameraLostError, DecoderMissingError) as error:
        # The camera is not closed: after a lost frame that may block for ever, and the process ends anyway.
        tell(Ended(str(error)))
        return EXIT_LOST
    except BrokenPipeError:
        return 0
    camera.close()
    return 0


def look_on(
    camera: Camera,
    engines: Sequence[Decoder],
    settings: ChildSettings,
    tell: Tell,
    parent_gone: threading.Event,
) -> None:
    """Frame by frame, at a steady pace. Raises :class:`CameraLostError`."""
    cards = Cards(card_pattern(settings.pattern), settings.test_card)
    decoder = live_decoder(engines, settings.frames_per_second, cards)
    failures = Failures(engines)
    pace = Pace(settings.frames_per_second)
    check_every = max(round(settings.frames_per_second * CHECK_S), 1)
    for number in itertools.count(1):
        with camera.frame(settings.frame_timeout_s) as luma:
            if number == 1:
                tell(Opened(camera.name, tuple(engine.name for engine in engines)))
            tell(look(luma, decoder, cards))
            decoder.then(luma)
            if number % check_every == 0:
                picture = checked(luma, camera.exposure())
                tell(CheckedPicture(picture, counts_of(number, engines, decoder)))
        failures.note()
        if parent_gone.is_set():
            return
        pace.wait()


def counts_of(frames: int, engines: Sequence[Decoder], decoder: LiveDecoder) -> Counts:
    return Counts(
        frames, tuple(engine.failures for engine in engines), decoder.retouch_failures, decoder.unread
    )


def live_decoder(engines: Sequence[Decoder], frames_per_second: float, cards: Cards) -> LiveDecoder:
    steps = rescue_steps(engines)
    aside: AsideThread[Rescued] = AsideThread()
    rules = rules_for(frames_per_second, len(steps))
    return LiveDecoder(first_look(engines), steps, rules, lambda found: _is_card(found, cards), aside)


class Failures:
    """Says for the operator's journal that an engine failed on pictures: each time they have doubled."""

    def __init__(self, engines: Sequence[Decoder]) -> None:
        self._engines = engines
        self._said = dict.fromkeys(range(len(engines)), 0)

    def note(self) -> None:
        for number, engine in enumerate(self._engines):
            if engine.failures >= max(2 * self._said[number], 1):
                self._said[number] = engine.failures
                _note(f"{engine.name} failed on {engine.failures} pictures so far; they count as unread.")


def look(luma: Luma, decoder: LiveDecoder, cards: Cards) -> LookedAt:
    at_ms = boottime_ms()
    stopwatch = Stopwatch()
    found = decoder.first(luma)
    decode_ms = stopwatch.ms()
    seen = sorted((_seen(one, cards) for one in found), key=_is_foreign)  # a wall of codes hides no card
    return LookedAt(tuple(seen[:MAX_READS]), round(decode_ms, 2), at_ms)


def _is_foreign(seen: Seen) -> bool:
    return seen.code is None and not seen.test


def _is_card(found: Found, cards: Cards) -> bool:
    read = recognise(found.text, found.symbology, cards.pattern, cards.test_card)
    return read.test or read.code is not None


def _seen(found: Found, cards: Cards) -> Seen:
    """Here a foreign text ends: only that there was one goes on."""
    read = recognise(found.text, found.symbology, cards.pattern, cards.test_card)
    return Seen(read.code.reveal() if read.code else None, found.symbology, read.test)


def make_camera(settings: ChildSettings) -> Camera:
    width, height = settings.width, settings.height
    match settings.camera:
        case UsePicamera(spot_cm):
            rate = settings.frames_per_second
            return Picamera(width=width, height=height, frames_per_second=rate, spot_cm=spot_cm)
        case UseUsb(device, mjpeg):
            rate = settings.frames_per_second
            return UsbCamera(device, width=width, height=height, frames_per_second=rate, mjpeg=mjpeg)
        case UseSocket(path):
            return SimulatedCamera(Path(path), width=width, height=height)
        case UsePictures(files, hold_s, gap_s):
            paths = [Path(file) for file in files]
            return PictureCamera(paths, width=width, height=height, hold_s=hold_s, gap_s=gap_s)
        case _:
            assert_never(settings.camera)


if __name__ == "__main__":
    main()
