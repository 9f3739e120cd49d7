"""The staff of a whole town: at the kiosk behind the PIN, and at the fleet's page over the broker."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from agent.pin import hash_pin
from tests.end_to_end.processes import wait_until
from tests.end_to_end.town import Town
from tests.provisioning.mosquitto import needs_mosquitto

ACCEPTED, ASK_STAFF = "light accepted", "light ask_staff"
PIN = "471147"

pytestmark = [needs_mosquitto, pytest.mark.timeout(180)]


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    file = tmp_path / "kiosk" / "kiosk.toml"
    file.write_text(f'{file.read_text()}\n[staff]\npin = "{hash_pin(PIN)}"\n')
    try:
        yield made.start()
    finally:
        made.stop()


def test_a_refused_card_is_let_in_from_afar_a_code_is_typed_and_the_kiosk_paused(staffed: Town) -> None:
    staffed.wait_for_list(39)
    kiosk = re.search(r"k-[a-z2-7]{10}", (staffed.folder / "kiosk" / "kiosk.toml").read_text())
    assert kiosk
    (blocked, *_), (valid, other, *_) = staffed.cards("blocked"), staffed.cards("valid")
    site = {"sec-fetch-site": "same-origin"}
    screen = staffed.agent.wait_for_line("screen ").removeprefix("screen ").strip()
    with (
        httpx.Client(base_url=staffed.address, headers=site, trust_env=False) as fleet,
        httpx.Client(base_url=screen, trust_env=False) as door,
    ):

        def page() -> str:
            return fleet.get(f"/kiosks/{kiosk[0]}/staff").text

        def say(**fields: str) -> None:
            assert fleet.post("/staff/say", data={"kiosk": kiosk[0], **fields}).status_code == httpx.codes.OK

        staffed.show_until(blocked, ASK_STAFF)
        wait_until(lambda: 'name="epoch"' in page(), "the refused card at the fleet's page")
        record = re.search(
            r'name="epoch" value="(\w+)">\s*<input type="hidden" name="seq" value="(\d+)"', page()
        )
        assert record
        say(what="let_in", epoch=record[1], seq=record[2], children="2", reason="checked")
        staffed.agent.wait_for_line(ACCEPTED, 1)
        staffed.wait_for_visits(1)
        assert (staffed.summary()["by_hand"], staffed.summary()["children"]) == (1, 2)
        wait_until(lambda: "Päästä sisään: <b>tehty</b>" in page(), "the reply")

        assert door.post("/staff/enter", json={"pin": PIN}).status_code == httpx.codes.NO_CONTENT
        typed = door.post("/staff/say/code", json={"code": f"{valid.code[:4].lower()} {valid.code[4:]}"})
        assert typed.status_code == httpx.codes.NO_CONTENT
        staffed.agent.wait_for_line(ACCEPTED, 2)
        staffed.wait_for_visits(2)

        say(what="type", code=f"{other.code[:4].lower()} {other.code[4:]}")
        staffed.agent.wait_for_line(ACCEPTED, 3)
        staffed.wait_for_visits(3)

        say(what="pause", message="Palaamme klo 13.")
        wait_until(lambda: "Tauolle: <b>tehty</b>" in page(), "the reply")
        wait_until(lambda: "Kioski on tauolla." in page(), "the kiosk's own word")
        with door.stream("GET", "/staff/events") as events:
            assert any("Tauolla: Palaamme klo 13." in line for line in events.iter_lines())
        assert blocked.code not in page()
        assert valid.code not in page()
        assert other.code not in page()
    logs = "".join(staffed.log(name) for name in ("agent", "server", "broker"))
    assert valid.code not in logs
    assert other.code not in logs
    assert PIN not in logs
    staffed.verify()
