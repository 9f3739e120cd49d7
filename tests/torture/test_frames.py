"""Frames are found in a stream however it is torn, and a receipt can be told from all else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.torture.frames import Frames, kind_of, puback, publish_in

TOPIC = b"entry/v1/k/k-aaaaaaaaaa/receipt"
NO_PROPERTIES = b"\0"


def publish(payload: bytes, packet_id: bytes = b"\0\7") -> bytes:
    """At QoS 1."""
    body = len(TOPIC).to_bytes(2) + TOPIC + packet_id + NO_PROPERTIES + payload
    length = bytes([len(body) & 0x7F | 0x80, len(body) >> 7]) if len(body) > 127 else bytes([len(body)])
    return b"\x32" + length + body


STREAM = [b"\x20\x03\0\0\0", publish(b"{}"), puback(b"\0\7"), publish(b"x" * 500), b"\xd0\0"]
KINDS = ["CONNACK", "PUBLISH receipt", "PUBACK", "PUBLISH receipt", "PINGRESP"]


@given(st.lists(st.integers(0, len(b"".join(STREAM))), max_size=30))
def test_a_stream_gives_the_same_frames_wherever_it_is_torn(tears: list[int]) -> None:
    whole, frames, found, before = b"".join(STREAM), Frames(), list[bytes](), 0
    for tear in [*sorted(tears), len(whole)]:
        found += frames.feed(whole[before:tear])
        before = tear
    assert found == STREAM


@pytest.mark.parametrize(("frame", "kind"), list(zip(STREAM, KINDS, strict=True)))
def test_a_frame_says_what_it_is(frame: bytes, kind: str) -> None:
    assert kind_of(frame) == kind


@pytest.mark.parametrize("payload", [b"{}", b"x" * 500])
def test_a_message_said_once_more_at_qos_0_is_the_same_but_for_its_number(payload: bytes) -> None:
    published = publish_in(publish(payload))
    assert published is not None
    assert (published.topic, published.packet_id) == (TOPIC.decode(), b"\0\7")
    again = publish_in(published.unasked)
    assert again is not None
    assert (again.topic, again.packet_id, again.unasked) == (TOPIC.decode(), None, published.unasked)
    assert Frames().feed(published.unasked) == [published.unasked]
    assert published.unasked.endswith(TOPIC + NO_PROPERTIES + payload)
