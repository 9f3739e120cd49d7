"""The access file allows exactly the contract's topics."""

from agent.wire.topics import KIOSK_READS, KIOSK_WRITES, new_server_id
from provisioning.access import access_rules

ACCOUNT = new_server_id()


def rules() -> set[str]:
    lines = access_rules(ACCOUNT).splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def test_a_kiosk_may_write_exactly_its_own_topics_of_the_contract() -> None:
    writes = {line for line in rules() if line.startswith("pattern write")}
    assert writes == {f"pattern write entry/v1/k/%u/{leaf}" for leaf in KIOSK_WRITES}


def test_a_kiosk_may_read_exactly_its_own_topics_and_the_servers_state() -> None:
    reads = {line for line in rules() if line.startswith("pattern read ")}
    own = {f"pattern read entry/v1/k/%u/{leaf}" for leaf in KIOSK_READS}
    assert reads == {*own, "pattern read entry/v1/server/state"}


def test_nobody_else_but_the_servers_account_is_named() -> None:
    rest = {line for line in rules() if not line.startswith("pattern")}
    assert rest == {f"user {ACCOUNT}", "topic readwrite entry/v1/#"}


def test_the_rules_for_all_kiosks_stand_before_those_of_an_account() -> None:
    """Mosquitto counts what follows a ``user`` line as that user's."""
    lines = access_rules(ACCOUNT).splitlines()
    assert max(i for i, line in enumerate(lines) if line.startswith("pattern")) < lines.index(
        f"user {ACCOUNT}"
    )
