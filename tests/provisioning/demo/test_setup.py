"""The demo sets itself up once, whole, and again from the start where it was cut short."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.config import load as load_kiosk
from provisioning.adapters.store import open_places
from provisioning.demo.house import KIOSKS, Layout, Ports
from provisioning.demo.setup import DemoError, kiosk_id, only_demo_in, set_up, settle
from server.config import load

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PORTS = Ports(broker=18830, web=18000, door=18001, screens=(18081, 18082, 18083))


@pytest.fixture
def layout(tmp_path: Path) -> Iterator[Layout]:
    with only_demo_in(tmp_path / "demo") as layout:
        yield layout


def ids(layout: Layout) -> list[str]:
    return [kiosk_id(layout, kiosk) for kiosk in KIOSKS]


def test_a_second_set_up_changes_nothing(layout: Layout) -> None:
    set_up(layout, NOW)
    before = ids(layout), load(layout.fleet).config.broker.account, (layout.fleet / "ca.crt").read_bytes()
    set_up(layout, NOW)
    assert (
        ids(layout),
        load(layout.fleet).config.broker.account,
        (layout.fleet / "ca.crt").read_bytes(),
    ) == before


@pytest.mark.parametrize("lost", ["kiosks/teatteri", "fleet/fleet.toml", "fleet/fleet.db", "kiosks"])
def test_a_set_up_that_was_cut_short_is_made_anew(layout: Layout, lost: str) -> None:
    set_up(layout, NOW)
    (layout.home / "set-up-done").unlink()
    path = layout.home / lost
    path.rename(layout.home / "gone")
    set_up(layout, NOW)
    assert len(set(ids(layout))) == len(KIOSKS)
    with open_places(load(layout.fleet), None) as places:
        assert {venue.name for venue in places.list_venues()} == {kiosk.venue for kiosk in KIOSKS}


def test_every_kiosk_is_at_its_venue_and_simulated(layout: Layout) -> None:
    set_up(layout, NOW)
    settle(layout, PORTS, NOW, insecure=False)
    with open_places(load(layout.fleet), None) as places:
        for kiosk, port in zip(KIOSKS, PORTS.screens, strict=True):
            config = load_kiosk(layout.kiosk(kiosk) / "kiosk.toml")
            venue = places.find_venue(config.venue)
            assert venue is not None
            assert venue.name == kiosk.venue
            assert (config.reading.camera, config.lights.driver) == ("simulated", "simulated")
            assert config.screen.port == port
            assert config.trust_clock
            assert config.allow_volatile_data


def test_with_mosquitto_everything_speaks_mutual_tls(layout: Layout) -> None:
    set_up(layout, NOW)
    settle(layout, PORTS, NOW, insecure=False)
    assert load(layout.fleet).config.broker.tls_files is not None
    for kiosk in KIOSKS:
        broker = load_kiosk(layout.kiosk(kiosk) / "kiosk.toml").broker
        assert broker is not None
        assert broker.mutual_tls
        assert (broker.host, broker.port) == ("127.0.0.1", PORTS.broker)
    assert "require_certificate true" in (layout.broker / "mosquitto.conf").read_text()


def test_a_machine_that_loses_or_gets_mosquitto_keeps_its_kiosks(layout: Layout) -> None:
    set_up(layout, NOW)
    before = ids(layout)
    settle(layout, PORTS, NOW, insecure=True)
    assert load(layout.fleet).config.broker.tls_files is None
    broker = load_kiosk(layout.kiosk(KIOSKS[0]) / "kiosk.toml").broker
    assert broker is not None
    assert not broker.mutual_tls
    settle(layout, PORTS, NOW, insecure=False)
    assert load(layout.fleet).config.broker.tls_files is not None
    assert ids(layout) == before


def test_two_demos_do_not_share_a_folder(layout: Layout) -> None:
    with pytest.raises(DemoError, match=r"runs in .* already"), only_demo_in(layout.home):
        pass


def test_the_folder_is_free_again_after_a_demo(tmp_path: Path) -> None:
    for _ in range(2):
        with only_demo_in(tmp_path / "demo"):
            pass


def test_a_folder_of_somebody_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "kiosks").mkdir()
    with pytest.raises(DemoError, match="KAIKU_DEMO_DIR"), only_demo_in(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["kiosks"]


def test_a_file_in_the_place_of_the_folder_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("mine")
    with pytest.raises(DemoError, match="KAIKU_DEMO_DIR"), only_demo_in(tmp_path / "demo"):
        pass
