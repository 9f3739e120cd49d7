"""Names that are signed, and topics that are taken apart."""

import pytest

from agent.wire.topics import (
    KIOSK_ID,
    KIOSK_READS,
    KIOSK_WRITES,
    SERVER_ID,
    SERVER_STATE,
    alert_in,
    new_kiosk_id,
    new_server_id,
    of_alert,
    of_kiosk,
    split,
)
from tests.agent.examples import KIOSK


@pytest.mark.parametrize("leaf", sorted({*KIOSK_WRITES, *KIOSK_READS}))
def test_a_kiosk_s_topic_comes_apart_as_it_was_put_together(leaf: str) -> None:
    assert split(of_kiosk(KIOSK, leaf)) == (KIOSK, leaf)


@pytest.mark.parametrize(
    "name",
    ["+", "#", "", "k-", "k-abcdefghi", "k-abcdefghijk", "k-ABCDEFGHIJ", "k-abcdefghi1", "k-abcdefghij\n"],
    ids=repr,
)
def test_a_name_that_is_never_signed_has_no_topics(name: str) -> None:
    assert split(of_kiosk(name, "records")) is None


@pytest.mark.parametrize(
    "topic",
    [
        SERVER_STATE,
        "",
        "entry/v1",
        "entry/v1/k",
        f"entry/v1/k/{KIOSK}",
        f"entry/v2/k/{KIOSK}/status",
        f"entry/v1/s/{KIOSK}/status",
        f"/entry/v1/k/{KIOSK}/status",
        f"x/entry/v1/k/{KIOSK}/status",
        "entry/v1/k/s-abcdefghij/status",
        "$SYS/broker/version",
    ],
)
def test_any_other_topic_is_of_no_kiosk(topic: str) -> None:
    assert split(topic) is None


def test_new_names_are_of_the_signed_form_and_never_the_other_s() -> None:
    kiosks = {new_kiosk_id() for _ in range(100)}
    assert len(kiosks) == 100
    assert all(KIOSK_ID.fullmatch(name) and not SERVER_ID.fullmatch(name) for name in kiosks)
    assert SERVER_ID.fullmatch(new_server_id())


def test_an_alert_s_name_comes_out_of_its_leaf_and_any_other_leaf_has_none() -> None:
    assert alert_in(of_alert("identity-twice")) == "identity-twice"
    assert [alert_in(leaf) for leaf in ("alert", "alert/", "alert/+", "alert/A1", "alert/a/b", "status")] == [
        None
    ] * 6
