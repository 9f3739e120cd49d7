"""Which scans the totals hold."""

import msgspec
import pytest

from agent.wire.records import Shown
from server.domain.visits import is_counted
from tests.server.kiosk import scan


@pytest.mark.parametrize(("shown", "counted"), [("green", True), (None, True), ("staff", False)])
def test_a_scan_judged_well_counts_unless_its_visitor_was_sent_to_the_staff(
    shown: Shown | None, *, counted: bool
) -> None:
    assert is_counted(msgspec.structs.replace(scan(1), shown=shown), placed=True) is counted


def test_a_refused_a_test_and_a_misplaced_scan_do_not_count() -> None:
    assert not is_counted(scan(1, verdict="ask_staff"), placed=True)
    assert not is_counted(scan(1, test=True), placed=True)
    assert not is_counted(scan(1), placed=False)


def test_an_unchecked_scan_counts() -> None:
    assert is_counted(scan(1, verdict="unchecked"), placed=True)
