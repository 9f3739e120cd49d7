"""Rows become facts, whatever a kiosk sends in their place."""

import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from agent.wire.canonical import digest
from agent.wire.messages import Records, decode, encode
from server.domain.facts import Content, Refusal, Scanned, name_rows, read, type_of
from tests.server.kiosk import batch, open_code, opened, scan, sealed

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)
FIELDS = sorted(scan(1).__struct_fields__)


def read_all(message: Records) -> list[Content]:
    return [read(row, open_code) for row in name_rows(decode(encode(message), Records))]


@given(anything)
def test_any_json_in_the_place_of_a_row_is_read_or_refused(value: object) -> None:
    row = json.dumps(value).encode()
    contents = read_all(batch([row], first=0))
    assert all(isinstance(content, Refusal) for content in contents)


@given(st.sampled_from(FIELDS), anything)
def test_any_value_in_any_field_is_read_or_refused(field: str, value: object) -> None:
    document = json.loads(msgspec.json.encode(scan(1))) | {field: value}
    (content,) = read_all(batch([json.dumps(document).encode()], first=1))
    assert isinstance(content, Scanned | Refusal)
    if isinstance(content, Refusal):
        assert len(content.why) <= 256


def test_a_row_s_name_is_its_place_and_the_digest_of_its_canonical_form() -> None:
    spaced = b'{ "seq": 5,\n "type": "opened/1" }'
    first, second = name_rows(batch([b"{}", spaced], first=4))
    assert (first.seq, second.seq) == (4, 5)
    assert second.digest == digest(b'{"seq":5,"type":"opened/1"}')
    assert second.body == spaced


def test_fields_of_a_later_version_are_read_over_and_keep_their_bytes() -> None:
    document = json.loads(msgspec.json.encode(scan(1))) | {"later": {"x": 1}}
    row = json.dumps(document).encode()
    message = batch([row], first=1)
    assert isinstance(read_all(message)[0], Scanned)
    assert name_rows(message)[0].body == row


def test_contents_know_their_type() -> None:
    contents = read_all(batch([opened(), scan(1), b"{}"]))
    assert [type_of(content) for content in contents] == ["opened/1", "scan/1", ""]


def test_a_refusal_holds_nothing_of_the_row() -> None:
    secret = "A999123453"  # noqa: S105  (a card's code)
    rows = [
        json.dumps({"type": secret}).encode(),
        json.dumps(json.loads(msgspec.json.encode(scan(1))) | {"verdict": secret}).encode(),
        msgspec.json.encode(scan(2, code_sealed=sealed(secret + "\n"))),
    ]
    for content in read_all(batch(rows, first=0)):
        assert isinstance(content, Refusal)
        assert secret not in content.why
