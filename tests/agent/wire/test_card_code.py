"""A card's code masks itself wherever a text might be made of it."""

import logging
import re
import traceback
from dataclasses import dataclass

import pytest

from agent.wire.card_code import DEFAULT_PATTERN, MAX_CODE_CHARS, CardCode

TEXT = "A999123453"
CODE = CardCode(TEXT)
PATTERN = re.compile(DEFAULT_PATTERN)


@dataclass(frozen=True)
class Holder:
    code: CardCode


@pytest.mark.parametrize(
    "shown",
    [
        repr(CODE),
        str(CODE),
        f"{CODE}",
        f"{CODE!r}",
        "{}".format(CODE),  # noqa: UP032  (the very thing that is tried)
        "%s %r" % (CODE, CODE),  # noqa: UP031  (likewise)
        repr([CODE]),
        repr({"code": CODE}),
        repr(Holder(CODE)),
        str(KeyError(CODE)),
        repr(ValueError(CODE)),
    ],
)
def test_no_text_made_of_a_code_holds_it(shown: str) -> None:
    assert TEXT not in shown
    assert "•••" in shown


def test_a_code_in_an_exception_s_traceback_is_masked() -> None:
    shown = traceback.format_exception(ValueError(CODE))
    assert TEXT not in "".join(shown)


def test_a_code_in_a_log_line_is_masked(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("test").warning("read %s and %r", CODE, Holder(CODE))
    assert TEXT not in caplog.text


def test_a_format_that_would_show_characters_is_an_error_without_them() -> None:
    with pytest.raises(TypeError) as error:
        f"{CODE:>20}"
    assert TEXT not in str(error.value)


def test_reveal_is_the_one_way_out() -> None:
    assert CODE.reveal() == TEXT


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("A999123453", "A•••••••53"),
        ("ABCDEFGH", "A•••••GH"),
        ("ABCDEFG", "••••••G"),
        ("ABCDE", "••••E"),
        ("ABCD", "••••"),
        ("", ""),
    ],
)
def test_a_mask_tells_two_visits_apart_and_gives_no_short_code_away(text: str, masked: str) -> None:
    assert CardCode(text).masked() == masked


@pytest.mark.parametrize("text", ["A999123453", " A999123453\r\n", "\tA999123453"])
def test_a_text_of_the_card_s_shape_is_a_code(text: str) -> None:
    assert CardCode.parse(text, PATTERN) == CODE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a999123453",
        "A99912345",
        "A9991234531",
        "A999123453 A999123453",
        "A99912345\N{ARABIC-INDIC DIGIT THREE}",
        "https://example.org/A999123453",
        "'; DROP TABLE cards; --",
        "\0A999123453",
        "A999123453" + " " * MAX_CODE_CHARS,
        "x" * 4096,
    ],
    ids=lambda text: repr(text[:20]),
)
def test_any_other_text_is_not_ours(text: str) -> None:
    assert CardCode.parse(text, PATTERN) is None


def test_a_text_too_long_for_a_card_never_meets_the_pattern() -> None:
    # A venue's own pattern may be slow on long texts, and a QR code carries 4 KB.
    assert CardCode.parse("a" * (MAX_CODE_CHARS + 1), re.compile("(a+)+b")) is None


def test_equal_codes_are_one_in_a_set_and_no_text_equals_a_code() -> None:
    assert len({CODE, CardCode(TEXT)}) == 1
    assert CODE != TEXT
