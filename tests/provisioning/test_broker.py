"""The broker's folder in a real Mosquitto: each kiosk its own topics, and nobody without a certificate."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.wire.messages import MAX_PAYLOAD_BYTES
from agent.wire.topics import KIOSK_READS, KIOSK_WRITES, SERVER_STATE, new_kiosk_id, of_kiosk
from provisioning import fleet as fleets
from provisioning.broker import BrokerError, Listener, lay_out
from provisioning.files import PRIVATE, write
from provisioning.revoke import revoke
from server.adapters.authority import Authority, Identity
from server.config import Fleet
from tests.provisioning.client import connected, let_in
from tests.provisioning.mosquitto import free_port, needs_mosquitto, running, tls

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LOOPBACK = Listener(hosts=["localhost", "127.0.0.1"], address="127.0.0.1", user="root")


@dataclass(frozen=True)
class House:
    """A fleet, its broker, and two kiosks with their certificates."""

    fleet: Fleet
    port: int
    folder: Path
    one: str
    other: str

    def context(self, name: str) -> ssl.SSLContext:
        return self.context_of(fleets.issue(self.fleet, name, NOW), name)

    def context_of(self, identity: Identity, name: str) -> ssl.SSLContext:
        certificate, key = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        write(certificate, identity.certificate)
        write(key, identity.key, PRIVATE)
        return tls(self.fleet.folder / "ca.crt", certificate, key)

    def server(self) -> ssl.SSLContext:
        own = self.fleet.folder
        return tls(own / "ca.crt", own / "server" / "account.crt", own / "server" / "account.key")


@pytest.fixture
def house(tmp_path: Path) -> House:
    port = free_port()
    fleet = fleets.found(tmp_path / "fleet", fleets.new_fleet("localhost", port), NOW)
    lay_out(fleet, tmp_path / "broker", LOOPBACK, NOW)
    return House(fleet, port, tmp_path, new_kiosk_id(), new_kiosk_id())


@pytest.fixture
def open_house(house: House) -> Iterator[House]:
    with running(house.folder / "broker" / "mosquitto.conf", house.port, house.folder / "broker.log"):
        yield house


def test_the_key_is_for_the_broker_only_and_nothing_secret_lies_open(house: House) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in (house.folder / "broker").iterdir()}
    assert modes.pop("broker.key") == PRIVATE
    assert set(modes) == {"access", "broker.crt", "ca.crt", "crl.pem", "mosquitto.conf"}
    assert b"PRIVATE" not in b"".join((house.folder / "broker" / name).read_bytes() for name in modes)


def test_the_folder_can_be_renewed_in_place(house: House) -> None:
    before = (house.folder / "broker" / "broker.crt").read_bytes()
    lay_out(house.fleet, house.folder / "broker", LOOPBACK, NOW)
    assert (house.folder / "broker" / "broker.crt").read_bytes() != before


def test_a_folder_that_the_configuration_cannot_name_is_refused(house: House) -> None:
    with pytest.raises(BrokerError, match="'#'"):
        lay_out(house.fleet, house.folder / "bro#ker", LOOPBACK, NOW)


@needs_mosquitto
def test_a_kiosk_may_write_its_own_topics_and_the_server_hears_them(open_house: House) -> None:
    with (
        connected(open_house.port, open_house.server()) as server,
        connected(open_house.port, open_house.context(open_house.one)) as kiosk,
    ):
        server.subscribe("entry/v1/#")
        written = [of_kiosk(open_house.one, leaf.replace("+", "camera")) for leaf in KIOSK_WRITES]
        assert [kiosk.publish(topic) for topic in written] == ["Success"] * len(written)
        assert server.until(lambda: sorted(server.topics) == sorted(written))


@needs_mosquitto
def test_a_kiosk_cannot_write_anothers_topics_nor_its_own_receipt_nor_the_servers_state(
    open_house: House,
) -> None:
    forbidden = [
        *(of_kiosk(open_house.other, leaf.replace("+", "camera")) for leaf in (*KIOSK_WRITES, "receipt")),
        *(
            of_kiosk(open_house.one, leaf)
            for leaf in ("receipt", "cards/page", "config", "status/x", "alert", "alert/x/y")
        ),
        SERVER_STATE,
        "entry/v1/k/",
        "entry/v2/anything",
    ]
    context = open_house.context(open_house.one)
    with connected(open_house.port, open_house.server()) as server:
        server.subscribe("#")
        for topic in forbidden:
            # One connection each: with max_queued_messages 0 Mosquitto 2.0.11 hangs up after a refusal.
            with connected(open_house.port, context) as kiosk:
                assert (topic, kiosk.publish(topic)) == (topic, "Not authorized")
        server.publish("entry/v1/last")
        assert server.until(lambda: bool(server.topics))
        assert server.topics == ["entry/v1/last"]


@needs_mosquitto
def test_a_kiosk_hears_its_own_topics_and_the_servers_state_only(open_house: House) -> None:
    with (
        connected(open_house.port, open_house.server()) as server,
        connected(open_house.port, open_house.context(open_house.one)) as kiosk,
    ):
        kiosk.subscribe("entry/v1/#", f"entry/v1/k/{open_house.other}/#", "#", "$SYS/#")
        own = [*(of_kiosk(open_house.one, leaf) for leaf in KIOSK_READS), SERVER_STATE]
        leaves = (*KIOSK_READS, *KIOSK_WRITES)
        others = [of_kiosk(open_house.other, leaf.replace("+", "camera")) for leaf in leaves]
        for topic in (*others, *own):  # the allowed ones last: when they are in, the others would be too
            server.publish(topic)
        assert kiosk.until(lambda: set(own) <= set(kiosk.topics))
        assert set(kiosk.topics) == set(own)


@needs_mosquitto
def test_a_kiosks_status_is_retained_for_who_comes_later(open_house: House) -> None:
    topic = of_kiosk(open_house.one, "status")
    with connected(open_house.port, open_house.context(open_house.one)) as kiosk:
        kiosk.publish(topic, b'{"state":"online"}', retain=True)
    with connected(open_house.port, open_house.server()) as server:
        server.subscribe("entry/v1/#")
        assert server.until(lambda: (topic, b'{"state":"online"}', True) in server.messages)


@needs_mosquitto
def test_without_a_certificate_nobody_gets_in(open_house: House) -> None:
    nobody = tls(open_house.fleet.folder / "ca.crt", None, None)
    assert not let_in(open_house.port, nobody)
    assert let_in(open_house.port, open_house.context(open_house.one))


@needs_mosquitto
def test_a_certificate_of_another_authority_does_not_get_in(open_house: House) -> None:
    foreign = Authority.found(NOW).client(open_house.one, NOW)
    context = open_house.context_of(foreign, "foreign")
    assert not let_in(open_house.port, context)


@needs_mosquitto
def test_a_kiosk_that_asks_for_the_servers_client_id_stays_itself(open_house: House) -> None:
    account = open_house.fleet.config.broker.account
    with (
        connected(open_house.port, open_house.server(), client_id=account) as server,
        connected(open_house.port, open_house.context(open_house.one), client_id=account) as kiosk,
    ):
        assert kiosk.publish(of_kiosk(open_house.other, "status")) == "Not authorized"
        server.subscribe("entry/v1/#")
        assert server.publish(SERVER_STATE) == "Success"
        assert server.until(lambda: SERVER_STATE in server.topics)
        assert server.ends == []


@needs_mosquitto
def test_a_revoked_kiosk_does_not_get_in_and_the_others_do(house: House) -> None:
    lost, kept = house.context(house.one), house.context(house.other)
    revoke(house.fleet, house.one, NOW)
    lay_out(house.fleet, house.folder / "broker", LOOPBACK, NOW)
    with running(house.folder / "broker" / "mosquitto.conf", house.port, house.folder / "broker.log"):
        assert let_in(house.port, kept)
        assert not let_in(house.port, lost)


@needs_mosquitto
def test_a_payload_over_the_contracts_limit_reaches_nobody(open_house: House) -> None:
    topic = of_kiosk(open_house.one, "records")
    with (
        connected(open_house.port, open_house.server()) as server,
        connected(open_house.port, open_house.context(open_house.one)) as kiosk,
    ):
        server.subscribe("entry/v1/#")
        assert kiosk.publish(topic, b"x" * MAX_PAYLOAD_BYTES) == "Success"
        assert kiosk.publish(topic, b"y" * (MAX_PAYLOAD_BYTES + 1)) != "Success"
        assert server.publish(SERVER_STATE) == "Success"
        assert server.until(lambda: SERVER_STATE in server.topics)
        assert [payload[:1] for _, payload, _ in server.messages] == [b"x", b"{"]
