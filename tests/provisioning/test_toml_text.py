"""What is written as TOML reads back as it was."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.toml_text import toml, with_entry


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_reads_back_as_it_was(text: str) -> None:
    assert tomllib.loads(f"a = {toml(text)}") == {"a": text}


def test_one_entry_changes_and_every_other_line_stays() -> None:
    before = '# head\nport = 1\n[broker]\n# why\nport = 2 # here\nhost = "a"\n[web]\nport = 3\n'
    after = with_entry(before, "broker", "port", 9)
    assert after == '# head\nport = 1\n[broker]\n# why\nport = 9\nhost = "a"\n[web]\nport = 3\n'


def test_an_entry_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match=r"web\.port"):
        with_entry("[broker]\nport = 1\n", "web", "port", 2)
