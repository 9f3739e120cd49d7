"""Who was revoked is known while the server runs, whatever becomes of the list's file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.wire.topics import new_kiosk_id
from provisioning import fleet as fleets
from provisioning.revoke import revoke
from server.adapters.revoked import RevokedKiosks

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_kiosk_that_is_revoked_while_the_server_runs_is_known_at_once(tmp_path: Path) -> None:
    fleet = fleets.found(tmp_path / "fleet", fleets.new_fleet("localhost", 8883), NOW)
    lost, other, later = (new_kiosk_id() for _ in range(3))
    for kiosk in (lost, other, later):
        fleets.issue(fleet, kiosk, NOW)
    revoked = RevokedKiosks(fleet.folder)
    assert revoked() == frozenset()
    revoke(fleet, lost, NOW)
    assert revoked() == {lost}
    revoke(fleet, later, NOW + timedelta(days=1))
    assert revoked() == {lost, later}


def test_a_list_that_cannot_be_read_forgets_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    fleet = fleets.found(tmp_path / "fleet", fleets.new_fleet("localhost", 8883), NOW)
    lost = new_kiosk_id()
    fleets.issue(fleet, lost, NOW)
    revoke(fleet, lost, NOW)
    revoked = RevokedKiosks(fleet.folder)
    assert revoked() == {lost}
    (fleet.folder / "crl.pem").write_text("half a l")
    for _ in range(2):
        assert revoked() == {lost}
    assert caplog.text.count("kiosks that were revoked are not known") == 1
    (fleet.folder / "crl.pem").unlink()
    assert revoked() == {lost}


def test_a_fleet_without_certificates_has_revoked_nobody(tmp_path: Path) -> None:
    assert RevokedKiosks(tmp_path)() == frozenset()


def test_a_folder_that_cannot_be_looked_into_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "fleet").write_text("a file")
    assert RevokedKiosks(tmp_path / "fleet")() == frozenset()
