"""The broker through paho: messages into the ingest's queue, answers out. Reconnects by itself."""

import logging
import socket
import ssl
from collections.abc import Callable
from datetime import datetime
from queue import Full, Queue
from typing import Final

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from agent.wire.messages import MAX_PAYLOAD_BYTES
from agent.wire.topics import KIOSK_WRITES, of_kiosk
from server.config import BrokerConfig, ConfigError
from server.ingest import Connected, Delivered, Item

LOG = logging.getLogger("kaiku.mqtt")

KEEPALIVE_S: Final = 30
LONGEST_PAUSE_S: Final = 30
TOPIC_ROOM_BYTES: Final = 1024
"""Above the largest payload: the broker keeps what is longer to itself."""
PATIENCE_S: Final = 1.0
"""Waiting slows the broker down; waiting for long would lose the connection."""
TAKEN_OVER: Final = 142


class PahoBroker:
    """One connection under the fleet's account. :meth:`start` returns at once, broker or no broker."""

    def __init__(
        self,
        config: BrokerConfig,
        tls: ssl.SSLContext | None,
        inbox: Queue[Item],
        now: Callable[[], datetime],
    ) -> None:
        self._config = config
        self._inbox = inbox
        self._now = now
        self._dropped = 0
        self._dropped_told = 0
        self._failed = False
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=config.account, protocol=MQTTProtocolVersion.MQTTv5
        )
        self._client.reconnect_delay_set(1, LONGEST_PAUSE_S)
        self._client.on_socket_open = _at_once
        self._client.on_connect = self._on_connect
        self._client.on_connect_fail = self._on_connect_fail
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        if tls:
            self._client.tls_set_context(tls)

    def start(self) -> None:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho's own gap
        properties.SessionExpiryInterval = 0
        properties.MaximumPacketSize = MAX_PAYLOAD_BYTES + TOPIC_ROOM_BYTES
        self._client.connect_async(
            self._config.host,
            self._config.port,
            keepalive=KEEPALIVE_S,
            clean_start=True,
            properties=properties,
        )
        self._client.loop_start()

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        if self._client.is_connected():  # else paho would queue it for a day that has other answers
            self._client.publish(topic, payload, qos=1, retain=retain)

    def dropped(self) -> bool:
        before, self._dropped_told = self._dropped_told, self._dropped
        return self._dropped_told != before

    def ask_again(self) -> None:
        """A subscription made once more is answered with all that is retained."""
        if self._client.is_connected():  # else the next connection subscribes
            _subscribe(self._client)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(
        self,
        client: mqtt.Client,
        userdata: object,
        flags: mqtt.ConnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        del userdata, flags, properties
        if reason.is_failure:
            LOG.error("broker refuses the account: %s", reason)
            return
        self._failed = False
        LOG.info("connected host=%s port=%d", self._config.host, self._config.port)
        _subscribe(client)
        self._put(Connected())

    def _on_connect_fail(self, client: mqtt.Client, userdata: object) -> None:
        del client, userdata
        if not self._failed:  # once, not at every try
            self._failed = True
            LOG.warning("no broker at host=%s port=%d, trying on", self._config.host, self._config.port)

    def _on_disconnect(
        self,
        client: mqtt.Client,
        userdata: object,
        flags: mqtt.DisconnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        del client, userdata, flags, properties
        if reason.value == TAKEN_OVER:
            LOG.error("another server took this account's place: unless they share a database, stop one")
        LOG.info("disconnected: %s", reason)

    def _on_message(self, client: mqtt.Client, userdata: object, message: mqtt.MQTTMessage) -> None:
        del client, userdata
        self._put(Delivered(message.topic, bytes(message.payload), self._now(), message.retain))

    def _put(self, item: Item) -> None:
        try:
            self._inbox.put(item, timeout=PATIENCE_S)
        except Full:  # no receipt: the kiosk sends records again; what is retained is asked for again
            self._dropped += 1
            if self._dropped.bit_count() == 1:  # at 1, 2, 4, 8 ...: told, but not flooding
                LOG.warning("ingest is behind, %d messages will be asked for or sent again", self._dropped)


def _at_once(client: mqtt.Client, userdata: object, sock: object) -> None:
    """The kernel holds a small packet back until the one before has been acknowledged: 40 ms each way."""
    del client, userdata
    if isinstance(sock, socket.socket):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _subscribe(client: mqtt.Client) -> None:
    client.subscribe([(of_kiosk("+", leaf), SubscribeOptions(qos=1)) for leaf in KIOSK_WRITES])


def tls_of(config: BrokerConfig) -> ssl.SSLContext | None:
    """Only this fleet's authority is believed. Raises :class:`ConfigError`."""
    if not config.tls_files:
        return None
    ca, certificate, key = config.tls_files
    try:
        context = ssl.create_default_context(cafile=ca)
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"The certificate files under [broker] in fleet.toml cannot be used: {error}"
        ) from None
    return context
