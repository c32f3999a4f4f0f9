"""JSON as the database keeps it says what the standard library's says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import stored_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_it_writes_what_the_standard_library_writes(value: Any) -> None:
    assert stored_json.encode(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@given(VALUES)
def test_what_was_written_is_read_back(value: Any) -> None:
    assert stored_json.decode(stored_json.encode(value)) == value


@pytest.mark.parametrize("text", [' {"a": [1, "é"]} ', "\n1", "[1 ,2]"])
def test_json_of_others_is_read_too(text: str) -> None:
    assert stored_json.decode(text) == json.loads(text)


@pytest.mark.parametrize("text", ["", "[1", "[1] 2", "nothing", "{'a': 1}"])
def test_anything_else_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):
        stored_json.decode(text)


def test_an_unknown_value_is_turned_or_refused() -> None:
    assert stored_json.encoder(lambda value: sorted(value))({"a": {3, 1}}) == '{"a":[1,3]}'
    with pytest.raises(TypeError):
        stored_json.encode({"a": {1}})
