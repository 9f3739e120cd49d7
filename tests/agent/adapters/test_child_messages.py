"""The lines between agent and camera child."""

import msgspec
import pytest

from agent.adapters.child_messages import (
    ChildMessage,
    ChildSettings,
    Ended,
    LookedAt,
    Opened,
    Seen,
    UsePictures,
    message_of,
    settings_of,
    to_line,
)


@pytest.mark.parametrize(
    "message",
    [
        Opened("imx708", ("zxing-cpp 3.1.1",)),
        LookedAt((Seen("A999123453", "qr"), Seen(None, "code39")), 4.2, 77),
        Ended("No camera\nis connected."),
    ],
)
def test_a_message_is_one_line_there_and_back(message: ChildMessage) -> None:
    line = to_line(message)
    assert line.count(b"\n") == 1
    assert message_of(line) == message


def test_settings_are_one_line_there_and_back() -> None:
    settings = ChildSettings(
        camera=UsePictures(("a b.png", "ä.png")),
        width=640,
        height=480,
        frames_per_second=5,
        pattern="[A-Z]\n",
    )
    line = to_line(settings)
    assert line.count(b"\n") == 1
    assert settings_of(line) == settings


def test_a_message_shows_no_code() -> None:
    assert "A999123453" not in repr(LookedAt((Seen("A999123453", "qr"),), 4.2, 77))


@pytest.mark.parametrize(
    "line", [b"", b"hello", b"{}", b'{"type":"looked"}', b'{"type":"nonsense"}', b"\xff"]
)
def test_nonsense_is_refused(line: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        message_of(line)
