"""Values written as YAML: whatever they are they come back the same, and people like to read them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from core.boardfile import dump, yaml12

ODD = [
    "yes", "No", "off", "y", "1e3", "1_000", "0x1F", "null", "~", "true", "2026-12-01", "12:30:45", ".inf", "=", "<<",
    "---", "...", "- a", "? a", "a:", "a: b", "a #b", "#a", "a,b", "[a", "{a}", "*a", "&a", "!a", "%a", "@a", "`a", "|",
    ">", " a", "a ", "\ta", "a\tb", "\n", "a\n", "a\n\n", "\na", "a\n  b\n", "a\n \nb", "a\n\n\nb\n", "  a\nb",
    "a\r\nb", "a\rb", "a\x85b", "a\u2028b\nc", "\ufeffa", "a\ufeff\n", "\x1b[31m", "\x7f", "\u202e", "'", '"', "\\",
    "\\n", "😀", "é\nç", "a" * 200, "line one\nline two: x # y\n---\n...\n\tz",
]  # fmt: skip
SIGNS = " \n\t:#-'\"\\|>&*!%@`,[]{}?yesno1e3.\x85\u2028\u2029\ufeff\r~é😀=<\x7f\x1b"

texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
    st.text(alphabet=SIGNS, max_size=12),
    st.sampled_from(ODD),
)
scalars = st.one_of(
    texts,
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
)


@given(st.dictionaries(texts, values, max_size=5))
def test_what_is_written_is_read_back_the_same(tree: dict[str, Any]) -> None:
    written = dump(tree)
    assert yaml12.load(written, "f") == tree
    assert yaml12.load(written.encode().replace(b"\n", b"\r\n"), "f") == tree


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), texts, min_size=1))
def test_another_reader_reads_the_same(tree: dict[str, str]) -> None:
    assert YAML(typ="safe", pure=True).load(dump(tree)) == tree


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_stay_what_they_are_wherever_they_stand(text: str) -> None:
    tree = {"a": text, "b": [text, [text]], "c": {"d": {"e": text, "f": text}}, "g": [{"h": text, "i": [text]}]}
    assert yaml12.load(dump(tree), "f") == tree


def test_it_looks_as_people_write_it() -> None:
    tree = {
        "funil": 1,
        "users": [
            {"id": "ana", "name": "Ana Souza", "mailboxes": ["ana@loja.example"], "phone": "+5511", "hours": {}, "x": 1}
        ],
        "stages": [{"id": "won", "name": "Deal won", "color": "#7BD500", "kind": "success"}],
        "rules": [
            {
                "id": "mail",
                "when": {"all": [{"field": "deal.amount", "op": ">", "value": 5000}]},
                "settings": {"subject": "Hi: you", "body": "<p>one</p>\n<p>two</p>\n", "more": "a\nb"},
            }
        ],
        "none": None,
        "empty": [],
    }
    assert (
        dump(tree)
        == """\
funil: 1
users:
  - id: ana
    name: Ana Souza
    mailboxes: [ana@loja.example]
    phone: "+5511"
    hours: {}
    x: 1
stages:
  - {id: won, name: Deal won, color: "#7BD500", kind: success}
rules:
  - id: mail
    when:
      all:
        - {field: deal.amount, op: ">", value: 5000}
    settings:
      subject: "Hi: you"
      body: |
        <p>one</p>
        <p>two</p>
      more: |-
        a
        b
none: null
empty: []
"""
    )
