"""A card's code masks itself wherever a text might be made of it."""

import logging
import re
import traceback
from dataclasses import dataclass

import pytest

from agent.wire.card_code import DEFAULT_PATTERN, MAX_CODE_CHARS, CardCode, card_pattern

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


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"[A-Z]\d{9}", "A" + "\u0669" * 9),
        ("(?i)[a-z]{4}", "K\u212a\u212aK"),
        ("(?i)s{3}", "s\u017fs"),
        (r"\w{4}", "ÄÄÄÄ"),
    ],
)
def test_a_card_has_ascii_letters_and_digits_only(pattern: str, text: str) -> None:
    assert CardCode.parse(text, card_pattern(pattern)) is None


@pytest.mark.parametrize(
    "pattern",
    [
        DEFAULT_PATTERN,
        r"[A-Z]\d{9}",
        "(?:A|B)[0-9]{6,9}",
        "K?[0-9]+-[0-9]+",
        "([A-Z][0-9]){5}",
        "(?:[0-9]{2})+",
        r"[*+?|(]\+[0-9]{3}",
        "(?P<area>AB|CD)[0-9]{8}",
        "(?i)a[0-9]{9}",
    ],
)
def test_usual_shapes_can_be_configured(pattern: str) -> None:
    assert card_pattern(pattern).flags & re.ASCII


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+b",
        "(a|a)*b",
        "(a+){15}b",
        "((ab)+){9}",
        "(a?){30}b",
        "a*a*a*a*b",
        "a?" * 25 + "b",
        "(a|a)" * 25,
        "a{0,9}" * 4,
        "",
        "a*",
        "(",
        r"(?u)\d+",
        "a{99999999999999}",
    ],
)
def test_a_pattern_that_could_hold_up_the_reader_or_means_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(re.error):
        card_pattern(pattern)


@pytest.mark.parametrize("pattern", ["K?[0-9]+-[0-9]+-[0-9]+b", "a?" * 17 + "b", "(?:[0-9]{2})+b"])
def test_the_slowest_patterns_that_are_taken_come_to_an_end(pattern: str) -> None:
    for text in ("0" * MAX_CODE_CHARS, "a" * MAX_CODE_CHARS, "0-" * (MAX_CODE_CHARS // 2)):
        assert CardCode.parse(text, card_pattern(pattern)) is None


@pytest.mark.parametrize("typed", ["A999123453", " a999 123 453", "A999-123-453", "a999123453\t"])
def test_a_code_is_typed_as_people_do(typed: str) -> None:
    assert CardCode.typed(typed, PATTERN) == CardCode("A999123453")


@pytest.mark.parametrize("typed", ["", "A99912345", "B A999123453", "A.999.123.453"])
def test_what_is_no_code_is_typed_for_none(typed: str) -> None:
    assert CardCode.typed(typed, PATTERN) is None
