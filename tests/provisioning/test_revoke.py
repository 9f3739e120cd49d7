"""A lost kiosk goes on the fleet's list, under its own name only."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.wire.topics import new_kiosk_id
from provisioning import fleet as fleets
from provisioning.revoke import KioskUnknownError, revoke
from server.adapters.authority import revoked_serials, serial_of

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_the_list_grows_by_one_kiosk_at_a_time_and_forgets_none(tmp_path: Path) -> None:
    fleet = fleets.found(tmp_path / "fleet", fleets.new_fleet("localhost", 8883), NOW)
    lost = [new_kiosk_id(), new_kiosk_id()]
    serials = {serial_of(fleets.issue(fleet, kiosk, NOW).certificate) for kiosk in lost}
    for kiosk in (*lost, lost[0]):
        revoke(fleet, kiosk, NOW)
    assert revoked_serials(fleets.read(fleet, "crl.pem")) == serials


@pytest.mark.parametrize("name", ["k-aaaaaaaaaa", "../../ca", ""])
def test_a_kiosk_that_is_not_of_this_fleet_is_refused(tmp_path: Path, name: str) -> None:
    fleet = fleets.found(tmp_path / "fleet", fleets.new_fleet("localhost", 8883), NOW)
    with pytest.raises(KioskUnknownError):
        revoke(fleet, name, NOW)
