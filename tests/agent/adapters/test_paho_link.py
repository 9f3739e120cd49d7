"""The link on a real broker that dies, freezes and comes back."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from agent.adapters.paho_link import TIMES, PahoLink, wait_s
from agent.ports.link import Incoming, LinkDown, LinkEvent, LinkUp, NotDelivered
from agent.wire.topics import new_kiosk_id, of_kiosk
from tests.broker import HOST, Mosquitto, free_port
from tests.fleet_client import FleetClient
from tests.ports.test_link import running


def link_to(port: int, kiosk: str, first_connection: int = 1) -> PahoLink:
    link = PahoLink(
        host=HOST, port=port, kiosk=kiosk, tls=None, will=lambda connection: b"lost %d" % connection
    )
    link.count_from(first_connection)
    return link


def topics_until_end(fleet: FleetClient) -> list[str]:
    """What the broker keeps: it is handed out before anything new."""
    topics = []
    while (topic := fleet.heard.get(timeout=5)[0]) != "entry/v1/end":
        topics.append(topic)
    return topics


def test_a_killed_kiosk_is_declared_lost_by_its_will(mosquitto: Mosquitto) -> None:
    kiosk = new_kiosk_id()
    command = [sys.executable, "-m", "tests.agent.adapters.link_child", str(mosquitto.port), kiosk]
    with (
        FleetClient(mosquitto, of_kiosk(kiosk, "status")) as fleet,
        subprocess.Popen(command, stdout=subprocess.PIPE) as child,
    ):
        assert child.stdout is not None
        assert child.stdout.readline() == b"up\n"
        child.kill()
        assert fleet.hear(of_kiosk(kiosk, "status")) == (b"lost 41", False)
    with FleetClient(mosquitto, of_kiosk(kiosk, "status")) as later:
        assert later.hear(of_kiosk(kiosk, "status")) == (b"lost 41", True)


def test_a_kiosk_that_says_farewell_has_no_will(mosquitto: Mosquitto) -> None:
    kiosk = new_kiosk_id()

    async def come_and_go() -> None:
        async with running(link_to(mosquitto.port, kiosk)) as events:
            await events.next(LinkUp)

    asyncio.run(come_and_go())
    with FleetClient(mosquitto, of_kiosk(kiosk, "status")) as fleet:
        assert fleet.hear(of_kiosk(kiosk, "status")) == (b"stopped", True)


def test_a_link_that_is_closed_while_it_connects_does_not_connect(mosquitto: Mosquitto) -> None:
    """Its thread would be started just as it is waited for, or be left running behind a closed link."""
    kiosk = new_kiosk_id()

    async def close_at_once() -> None:
        link = link_to(mosquitto.port, kiosk)
        first = asyncio.ensure_future(anext(link.events()))
        await asyncio.sleep(0)  # from here on a thread of its own connects
        await link.disconnect()
        assert await first == LinkDown("the link was closed while it connected")

    asyncio.run(close_at_once())
    assert not [thread.name for thread in threading.enumerate() if kiosk in thread.name]


def test_a_message_that_nobody_takes_is_not_delivered(mosquitto: Mosquitto) -> None:
    async def scene() -> NotDelivered:
        link = link_to(mosquitto.port, new_kiosk_id())
        async with running(link) as events:
            await events.next(LinkUp)
            link.publish("records", b"to nobody")
            return await events.next(NotDelivered)

    refused = asyncio.run(scene())
    assert refused.leaf == "records"
    assert refused.why.startswith("16 ")


def test_a_message_over_the_broker_s_limit_breaks_the_connection_and_not_the_kiosk(
    mosquitto: Mosquitto,
) -> None:
    async def scene() -> None:
        link = link_to(mosquitto.port, new_kiosk_id())
        async with running(link) as events:
            await events.next(LinkUp)
            link.publish("records", b"x" * 200_000)
            await events.next(LinkDown)
            await events.next(LinkUp)

    asyncio.run(scene())


def test_a_link_survives_its_broker_and_counts_its_connections(tmp_path: Path) -> None:
    async def scene(broker: Mosquitto) -> tuple[LinkUp, LinkUp]:
        async with running(link_to(broker.port, new_kiosk_id(), 7)) as events:
            first = await events.next(LinkUp)
            broker.kill()
            await events.next(LinkDown)
            await asyncio.to_thread(broker.start)
            return first, await events.next(LinkUp)

    with Mosquitto(tmp_path) as broker:
        first, second = asyncio.run(scene(broker))
    assert first == LinkUp(7)
    assert second.connection > first.connection


def test_what_a_dead_broker_took_is_not_said_again_by_the_next_connection(tmp_path: Path) -> None:
    # The outbox decides what is sent again; a link that repeats on its own has two batches in flight.
    kiosk = new_kiosk_id()

    async def scene(broker: Mosquitto) -> None:
        link = link_to(broker.port, kiosk)
        async with running(link) as events:
            await events.next(LinkUp)
            broker.freeze()
            link.publish("info", b"of the first connection", retain=True)
            broker.kill()
            await events.next(LinkDown)
            await asyncio.to_thread(broker.start)
            await events.next(LinkUp)
            link.publish("status", b"of the second connection", retain=True)
            with FleetClient(broker) as fleet:
                await asyncio.to_thread(fleet.hear, of_kiosk(kiosk, "status"))
            with FleetClient(broker) as fleet:
                fleet.say("entry/v1/end", b"")
                assert await asyncio.to_thread(topics_until_end, fleet) == [of_kiosk(kiosk, "status")]

    with Mosquitto(tmp_path) as broker:
        asyncio.run(scene(broker))


def test_a_kiosk_that_may_not_read_is_not_up() -> None:
    connack, suback = bytes.fromhex("2003000000"), bytes.fromhex("9007000100 87 87 87 87")

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(connack)
        await reader.read(1000)
        writer.write(suback)
        await reader.read(1000)
        writer.close()

    async def scene() -> LinkEvent:
        server = await asyncio.start_server(refuse, HOST, 0)
        port = server.sockets[0].getsockname()[1]
        async with server, running(link_to(port, new_kiosk_id())) as events:
            return await events.queue.get()

    assert asyncio.run(scene()) == LinkDown("135 Not authorized: the broker does not let this kiosk read")


@pytest.mark.parametrize("host", [HOST, "no-such-host.invalid"])
def test_a_broker_that_is_not_there_is_said_with_its_address(host: str) -> None:
    async def scene() -> LinkDown:
        port = free_port()
        link = PahoLink(
            host=host,
            port=port,
            kiosk=new_kiosk_id(),
            tls=None,
            will=lambda _: b"lost",
        )
        async with running(link) as events:
            down = await events.next(LinkDown)
            assert f"{host}:{port}" in down.why
            return down

    assert asyncio.run(scene()).why.startswith("no connection to the broker")


def test_a_broker_that_says_that_another_has_the_name_is_believed() -> None:
    connack, suback = bytes.fromhex("2003000000"), bytes.fromhex("9007000100 01 01 01 01")
    taken_over = bytes.fromhex("e0018e")

    async def throw_out(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(connack)
        await reader.read(1000)
        writer.write(suback + taken_over)
        await reader.read(1000)
        writer.close()

    async def scene() -> LinkDown:
        server = await asyncio.start_server(throw_out, HOST, 0)
        port = server.sockets[0].getsockname()[1]
        async with server, running(link_to(port, new_kiosk_id())) as events:
            await events.next(LinkUp)
            return await events.next(LinkDown)

    assert asyncio.run(scene()) == LinkDown("142 Session taken over", taken_over=True)


def test_a_kiosk_that_was_thrown_out_without_a_word_reads_back_who_spoke_in_its_name(
    mosquitto: Mosquitto,
) -> None:
    async def scene() -> bytes:
        kiosk = new_kiosk_id()
        async with running(link_to(mosquitto.port, kiosk)) as first:
            await first.next(LinkUp)
            other = link_to(mosquitto.port, kiosk, first_connection=70)
            async with running(other) as second:
                await second.next(LinkUp)
                other.publish("status", b"of the other", retain=True)
                await first.next(LinkDown)
                await first.next(LinkUp)
                return (await first.next(Incoming)).payload

    assert asyncio.run(scene()) == b"lost 70"  # it was thrown out in its turn: its will


def test_a_fleet_does_not_come_back_in_step() -> None:
    assert [wait_s(8.0, TIMES, spread=spread, taken_over=False) for spread in (0.0, 0.5, 1.0)] == [4, 6, 8]


def test_two_kiosks_with_one_identity_do_not_throw_each_other_out_every_second() -> None:
    assert wait_s(1.0, TIMES, spread=0.0, taken_over=True) >= TIMES.longest_pause_s
