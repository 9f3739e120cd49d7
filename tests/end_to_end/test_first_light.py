"""A real card picture ends as a visit on the fleet's page, and nothing on the way loses or doubles one."""

import pytest

from tests.end_to_end.town import Town
from tests.provisioning.mosquitto import needs_mosquitto

ACCEPTED, ASK_STAFF = "light accepted", "light ask_staff"

pytestmark = [needs_mosquitto, pytest.mark.timeout(180)]


def test_card_pictures_end_as_visits_and_refused_ones_do_not(town: Town) -> None:
    town.wait_for_list(39)  # 40 pictures, one of which is not on the list
    valid = town.cards("valid")[:3]
    for card in valid:
        town.show_until(card, ACCEPTED)
    for card in town.cards("expired", "blocked"):
        town.show_until(card, ASK_STAFF)
    town.hold_up_foreign("https://example.org/pay?A999123453")
    (community,) = town.cards("community")
    town.show_until(community, ACCEPTED)
    town.wait_for_visits(4)
    sums = town.summary()
    assert (sums["visits"], sums["uses"], sums["adults"]) == (4, 4, 4)
    assert sums["unchecked"] == 0
    for by in ("day", "hour"):
        assert town.summary(by) == sums


def test_no_code_is_ever_in_a_log_or_on_the_page(town: Town) -> None:
    town.wait_for_list(39)
    card = town.cards("valid")[0]
    town.show_until(card, ACCEPTED)
    town.wait_for_visits(1)
    page = town.page()
    for text in (page, *(town.log(name) for name in ("broker", "server", "agent")), *town.agent.lines):
        assert card.code not in text
    assert "Rovaniemen uimahalli" in page


def test_broker_agent_and_server_die_in_turn_and_each_visit_is_counted_once(town: Town) -> None:
    town.wait_for_list(39)
    cards = iter(town.cards("valid"))
    town.show_until(next(cards), ACCEPTED)
    town.wait_for_visits(1)

    town.broker.kill()
    for _ in range(3):
        town.show_until(next(cards), ACCEPTED)
    town.broker.start()

    town.show_until(next(cards), ACCEPTED)
    town.agent.kill()
    town.start_agent()
    town.show_until(next(cards), ACCEPTED)

    town.server.stop()
    for _ in range(3):
        town.show_until(next(cards), ACCEPTED)
    town.server.start().wait_for_line("The fleet's page", 2)

    town.server.kill()
    town.show_until(next(cards), ACCEPTED)
    town.server.start().wait_for_line("The fleet's page", 3)

    town.wait_for_visits(10)
    assert town.summary()["visits"] == len(town.agent.said(ACCEPTED)) == 10
    town.verify()


def test_a_card_still_held_up_when_the_agent_is_killed_is_green_again_and_one_visit(town: Town) -> None:
    town.wait_for_list(39)
    card = town.cards("valid")[0]
    town.show_until(card, ACCEPTED)
    town.agent.kill()
    town.start_agent()
    town.show_until(card, ACCEPTED)
    town.show_until(town.cards("valid")[1], ACCEPTED)
    town.wait_for_visits(2)
    assert town.summary()["visits"] == 2


def test_a_server_restored_from_a_backup_gets_back_what_came_since_and_tells_the_same(town: Town) -> None:
    town.wait_for_list(39)
    cards = iter(town.cards("valid"))
    for _ in range(2):
        town.show_until(next(cards), ACCEPTED)
    town.wait_for_visits(2)
    town.server_command("backup", town.folder / "yesterday.db")
    town.agent.stop()  # an epoch ends, which has all its receipts
    town.start_agent()
    for _ in range(3):
        town.show_until(next(cards), ACCEPTED)
    town.wait_for_visits(5)
    before = town.summary("hour")
    town.server.stop()
    town.server_command("restore", town.folder / "yesterday.db")
    town.server.start().wait_for_line("The fleet's page", 2)
    town.wait_for_visits(5)
    assert town.summary("hour") == before
    town.verify()
