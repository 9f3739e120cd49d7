"""One row of a distributor's table becomes a card, or a reason that never holds the code."""

import re
from datetime import date

import pytest

from agent.wire.card_code import DEFAULT_PATTERN
from server.domain.card_file import COLUMNS, Layout, RowError
from server.domain.register import RegisterCard, last_day

PATTERN = re.compile(DEFAULT_PATTERN)
GOOD = {
    "code": "A999123453",
    "kind": "personal",
    "distributor": "Seurakunta",
    "area": "Rovaniemi",
    "issued_on": "2026-11-24",
    "valid_until": "",
    "max_children": "",
    "status": "",
}


def take(**cells: str) -> RegisterCard:
    return Layout.of(COLUMNS).card([(GOOD | cells)[name] for name in COLUMNS], PATTERN)


def test_twelve_months_with_the_first_day_counted() -> None:
    assert take().valid_until == date(2027, 11, 23)
    assert last_day(date(2024, 2, 29)) == date(2025, 2, 28)
    assert last_day(date(2023, 3, 1)) == date(2024, 2, 29)
    assert take(valid_until="31.12.2026").valid_until == date(2026, 12, 31)


def test_what_is_left_out_is_active_and_unknown() -> None:
    assert (take().status, take().max_children) == ("active", None)
    assert take(max_children="0").max_children == 0


def test_columns_may_come_in_any_order_with_others_between() -> None:
    names = ["note", *reversed(COLUMNS)]
    card = Layout.of(names).card(["x", *(GOOD[name] for name in reversed(COLUMNS))], PATTERN)
    assert card == take()


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"code": "B12"}, "code"),
        ({"code": "=HYPERLINK(1)"}, "code"),
        ({"kind": "vip"}, "kind is none of personal, community"),
        ({"status": "lost"}, "status is none of"),
        ({"distributor": " "}, "distributor"),
        ({"area": "x" * 121}, "area"),
        ({"issued_on": "24/11/2026"}, "issued_on"),
        ({"issued_on": "1899-01-01"}, "years"),
        ({"valid_until": "2026-11-23"}, "before issued_on"),
        ({"max_children": "-1"}, "max_children"),
        ({"max_children": "\u0661"}, "max_children"),
    ],
)
def test_a_wrong_cell_is_named_by_its_column_and_not_by_its_code(cells: dict[str, str], says: str) -> None:
    with pytest.raises(RowError, match=says) as raised:
        take(**cells)
    assert cells.get("code", "A999123453") not in str(raised.value)


@pytest.mark.parametrize(("header", "says"), [(["code"], "lacks kind"), ([*COLUMNS, "code"], "code twice")])
def test_wrong_columns_are_named(header: list[str], says: str) -> None:
    with pytest.raises(RowError, match=says):
        Layout.of(header)
