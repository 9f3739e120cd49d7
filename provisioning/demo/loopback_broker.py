"""The broker for a machine without Mosquitto: MQTT 5 on loopback, no certificates, no access rules."""

import sys
from importlib.util import find_spec
from pathlib import Path

from agent.wire.messages import MAX_PAYLOAD_BYTES

OFF = "Varmenteet ja käyttöoikeudet eivät ole päällä. / Certificates and access rules are OFF."
NOTICE = f"Mosquitto puuttuu. {OFF} To have them: apt install mosquitto"
LEFT_OUT = f"Välittäjänä iotcore, ei Mosquitto. {OFF}"


def installed() -> bool:
    return find_spec("iotcore") is not None


def command(configuration: Path) -> tuple[str, ...]:
    # Below CRITICAL it writes a line a packet.
    return (sys.executable, "-P", "-m", "iotcore", "--config", str(configuration), "--log-level", "CRITICAL")


def configuration(port: int) -> str:
    """Its listener for MQTT 5 can be had by file only; the payload limit leaves room for topic and header."""
    return f"""\
id = 0

[router]
id = 0
max_connections = 100
max_outgoing_packet_count = 200
max_segment_size = 10485760
max_segment_count = 10

[v5.1]
name = "demo"
listen = "127.0.0.1:{port}"
next_connection_delay_ms = 1

[v5.1.connections]
connection_timeout_ms = 60000
max_payload_size = {MAX_PAYLOAD_BYTES + 1024}
max_inflight_count = 100
"""
