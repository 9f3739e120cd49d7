"""MQTT 5 frames in a stream of bytes: where one ends, and what it is."""

from dataclasses import dataclass
from typing import Final

NAMES: Final = {
    1: "CONNECT",
    2: "CONNACK",
    3: "PUBLISH",
    4: "PUBACK",
    8: "SUBSCRIBE",
    9: "SUBACK",
    12: "PINGREQ",
    13: "PINGRESP",
    14: "DISCONNECT",
}
PUBLISH: Final = 3


@dataclass(frozen=True, slots=True)
class Publish:
    """``packet_id`` is ``None`` at QoS 0; ``unasked`` is the same message at QoS 0, which nobody answers."""

    topic: str
    packet_id: bytes | None
    unasked: bytes


class Frames:
    """Takes bytes as they come, and gives the frames that are whole."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, more: bytes) -> list[bytes]:
        self._rest += more
        found = []
        while (end := _end(self._rest)) is not None and end <= len(self._rest):
            found.append(self._rest[:end])
            self._rest = self._rest[end:]
        return found


def kind_of(frame: bytes) -> str:
    """``CONNECT``, ``PUBACK`` …; a PUBLISH with the last part of its topic: ``PUBLISH records``."""
    name = NAMES.get(frame[0] >> 4, "other")
    published = publish_in(frame)
    return f"{name} {published.topic.rsplit('/', 1)[-1]}" if published else name


def publish_in(frame: bytes) -> Publish | None:
    """The frame as a PUBLISH, if it is one."""
    if frame[0] >> 4 != PUBLISH:
        return None
    body = frame[_head(frame)[0] :]
    topic_end = 2 + int.from_bytes(body[:2])
    asked = bool(frame[0] & 0b0110)
    rest_at = topic_end + 2 if asked else topic_end
    message = body[:topic_end] + body[rest_at:]
    unasked = bytes([PUBLISH << 4]) + _length(len(message)) + message
    return Publish(body[2:topic_end].decode(), body[topic_end:rest_at] if asked else None, unasked)


def puback(packet_id: bytes) -> bytes:
    """Success, in its short form."""
    return b"\x40\x02" + packet_id


def _end(data: bytes) -> int | None:
    """Where the first frame ends; ``None`` while its length is not whole."""
    start, length = _head(data)
    return None if start == 0 else start + length


def _head(data: bytes) -> tuple[int, int]:
    """Where the body starts (0 while unknown), and its length: seven bits a byte, the low ones first."""
    length = 0
    for at, byte in enumerate(data[1:5]):
        length |= (byte & 0x7F) << (7 * at)
        if byte < 0x80:
            return at + 2, length
    return 0, 0


def _length(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
