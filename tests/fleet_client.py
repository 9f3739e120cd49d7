"""The other side of a kiosk's link: a plain MQTT client that hears all and may say anything."""

import queue
import time
from dataclasses import dataclass, field
from typing import Final, Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from tests.broker import HOST, Mosquitto

WAIT_S: Final = 10.0

Heard = tuple[str, bytes, bool]
"""Topic, payload, and whether it was a retained one from before."""


@dataclass
class FleetClient:
    """Connected and subscribed from ``with`` on; an empty ``topic`` listens to nothing."""

    broker: Mosquitto
    topic: str = "entry/v1/#"
    heard: "queue.Queue[Heard]" = field(default_factory=queue.Queue)
    _subscribed: "queue.Queue[bool]" = field(default_factory=queue.Queue)

    def __enter__(self) -> Self:
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self._client.on_message = self._on_message
        self._client.on_subscribe = self._on_subscribe
        self._client.connect(HOST, self.broker.port)
        self._client.loop_start()
        if self.topic:
            self._client.subscribe(self.topic, qos=1)
            self._subscribed.get(timeout=WAIT_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        del self._client  # paho closes its inner sockets with its last reference

    def say(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        self._client.publish(topic, payload, 1, retain).wait_for_publish(WAIT_S)

    def hear(self, topic: str) -> tuple[bytes, bool]:
        """The next message on ``topic``; others before it are dropped."""
        deadline = time.monotonic() + WAIT_S
        while True:
            heard, payload, retained = self.heard.get(timeout=max(0.0, deadline - time.monotonic()))
            if heard == topic:
                return payload, retained

    def _on_message(self, _c: paho.Client, _u: object, message: paho.MQTTMessage) -> None:
        self.heard.put((message.topic, bytes(message.payload), message.retain))

    def _on_subscribe(
        self, _c: paho.Client, _u: object, _mid: int, _codes: list[ReasonCode], _p: object
    ) -> None:
        self._subscribed.put(True)
