"""The list key is changed while a fleet is at work: kiosks take it over a real broker, and nobody notices."""

import pytest

from tests.end_to_end.processes import run_module, wait_until
from tests.end_to_end.town import Town
from tests.provisioning.mosquitto import needs_mosquitto

ACCEPTED, ASK_STAFF = "light accepted", "light ask_staff"
WHOLE = "a whole list of 39 cards answers"

pytestmark = [needs_mosquitto, pytest.mark.timeout(180)]


def test_cards_are_known_by_the_new_key_after_a_restart_and_after_the_list_was_deleted(town: Town) -> None:
    town.wait_for_list(39)
    valid = iter(town.cards("valid"))
    (blocked, *_) = town.cards("blocked")
    town.show_until(next(valid), ACCEPTED)
    said = run_module("server.cli", "cards", "rotate-key", "--fleet", town.fleet)
    assert "39 cards are listed under the new key" in said
    wait_until(lambda: town.log("agent").count(WHOLE) == 2, "the list under its new key")
    town.show_until(blocked, ASK_STAFF)
    town.show_until(next(valid), ACCEPTED)

    town.agent.kill()
    town.start_agent()
    town.show_until(blocked, ASK_STAFF)
    town.show_until(next(valid), ACCEPTED)

    town.agent.stop()
    for file in (town.folder / "kiosk" / "data").glob("cards.db*"):
        file.unlink()
    town.start_agent()
    wait_until(lambda: town.log("agent").count(WHOLE) == 3, "the list once more")
    town.show_until(blocked, ASK_STAFF)
    town.show_until(next(valid), ACCEPTED)

    town.wait_for_visits(4)
    assert (town.summary()["visits"], town.summary()["unchecked"]) == (4, 0)
    town.verify()


def test_a_revoked_kiosk_that_the_broker_still_talks_to_is_not_given_the_new_key(town: Town) -> None:
    town.wait_for_list(39)
    card = town.cards("valid")[0]
    (kiosk,) = (file.stem for file in (town.fleet / "issued").glob("k-*.crt"))
    assert "2. Restart the broker" in run_module("provisioning.cli", "revoke", "--fleet", town.fleet, kiosk)
    run_module("server.cli", "cards", "rotate-key", "--fleet", town.fleet)
    wait_until(lambda: f"kiosk={kiosk} is revoked and still connected" in town.log("server"), "it asked")
    town.show_until(card, ACCEPTED)  # by the list that it has, which it keeps
    assert town.log("agent").count(WHOLE) == 1
    assert town.summary()["visits"] == 0
