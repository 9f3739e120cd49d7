"""Equal facts have equal bytes, whoever wrote them down and in whatever order."""

import json

from hypothesis import given
from hypothesis import strategies as st

from agent.wire.canonical import DIGEST_BYTES, canonical, canonical_record, digest
from agent.wire.messages import decode_record
from tests.agent.examples import scan
from tests.agent.wire.test_golden import golden

texts = st.text('aAzö€🙂"\\/\n\0 ', max_size=8)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)


def test_a_record_s_canonical_bytes_are_pinned() -> None:
    assert canonical_record(scan()) == (
        b'{"card_kind":"personal","clock":{"boot_id":"6f0c1c1e","boottime_ms":91822,"synced":true,'
        b'"wall_utc":"2026-11-24T06:13:31.822000Z"},"code_sealed":"c2VhbGVk","event":null,'
        b'"judged_by_date":"2026-11-24","list":{"age_s":840,"revision":55121},"marks":[],'
        b'"party":{"adults":1,"assistants":0,"children":null},"reason":"listed","seq":0,"shown":null,'
        b'"symbology":"qr","test":false,"type":"scan/1","venue":"v-102","verdict":"accepted"}'
    )


def test_a_record_read_back_has_the_same_bytes() -> None:
    body = canonical_record(scan())
    assert canonical_record(decode_record(body)) == body
    assert canonical(body) == body


@given(st.dictionaries(texts, json_values, max_size=6))
def test_order_and_blanks_change_neither_bytes_nor_digest(document: dict[str, object]) -> None:
    one = json.dumps(document).encode()
    other = json.dumps(dict(reversed(document.items())), indent=3, ensure_ascii=False).encode()
    assert canonical(one) == canonical(other) == canonical(canonical(one))
    assert digest(one) == digest(other)
    assert json.loads(canonical(one)) == document


def test_another_value_is_another_digest() -> None:
    document = json.loads(golden("scan-1"))
    document["party"]["children"] = 3
    changed = digest(json.dumps(document).encode())
    assert changed != digest(golden("scan-1"))
    assert len(changed) == DIGEST_BYTES
