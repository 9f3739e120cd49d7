"""Ports are those asked for, else those of last time, else free ones."""

import socket
from pathlib import Path

import pytest

from provisioning.demo.house import KIOSKS, Layout
from provisioning.demo.ports import PortTakenError, WantedPorts, choose

ANY = WantedPorts(web=None, screen=None, broker=None)


def test_all_ports_differ_and_there_is_a_screen_a_kiosk(tmp_path: Path) -> None:
    ports = choose(ANY, Layout(home=tmp_path))
    everyone = [ports.broker, ports.web, ports.door, *ports.screens]
    assert len(set(everyone)) == 3 + len(KIOSKS)


def test_the_next_start_has_the_same_addresses(tmp_path: Path) -> None:
    assert choose(ANY, Layout(home=tmp_path)) == choose(ANY, Layout(home=tmp_path))


def test_a_port_that_somebody_took_meanwhile_is_replaced(tmp_path: Path) -> None:
    before = choose(ANY, Layout(home=tmp_path))
    with socket.create_server(("127.0.0.1", before.web)):
        after = choose(ANY, Layout(home=tmp_path))
    assert after.web != before.web
    assert after.broker == before.broker


def test_a_port_that_is_asked_for_is_taken_as_it_is(tmp_path: Path) -> None:
    free = choose(ANY, Layout(home=tmp_path)).web
    wanted = WantedPorts(web=None, screen=free, broker=None)
    ports = choose(wanted, Layout(home=tmp_path))
    assert ports.screens[0] == free
    assert ports.web != free


@pytest.mark.parametrize("name", ["web", "screen", "broker"])
def test_a_port_in_use_is_a_sentence_that_names_the_setting(tmp_path: Path, name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        wanted = WantedPorts(**{"web": None, "screen": None, "broker": None, name: port})
        with pytest.raises(PortTakenError, match=f"Port {port} is in use.*KAIKU_{name.upper()}_PORT"):
            choose(wanted, Layout(home=tmp_path))


def test_a_broken_memory_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text("{")
    choose(ANY, Layout(home=tmp_path))


def test_one_port_asked_for_twice_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(PortTakenError, match="Two of the KAIKU"):
        choose(WantedPorts(web=45010, screen=45010, broker=None), Layout(home=tmp_path))
