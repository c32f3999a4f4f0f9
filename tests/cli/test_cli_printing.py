"""Tables that fit and steer no terminal."""

from __future__ import annotations

import io
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.cli import printing

TEXT = st.text(st.characters(), max_size=30)


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("abc", 5, "abc  "),
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日… "),
        ("ação", 4, "ação"),
        ("a\u0301b", 2, "a\u0301b"),
        ("abc", 1, "…"),
    ],
)
def test_a_text_takes_exactly_its_cells(text: str, width: int, shown: str) -> None:
    assert printing.padded(text, width) == shown
    assert printing.cells(shown) == width


@given(TEXT, st.integers(1, 40))
def test_padding_always_fills_the_width(text: str, width: int) -> None:
    assert printing.cells(printing.padded(text, width)) == width


@given(st.lists(st.integers(1, 60), min_size=1, max_size=8), st.integers(10, 200))
def test_squeezing_fits_or_leaves_every_column_narrow(wide: list[int], room: int) -> None:
    before = list(wide)
    printing.squeeze(wide, room)
    assert all(new <= old for new, old in zip(wide, before, strict=True))
    line = sum(wide) + len(printing.GAP) * (len(wide) - 1)
    assert line <= room or max(wide) <= printing.NARROWEST


@given(st.lists(st.lists(TEXT, min_size=3, max_size=3), max_size=4))
def test_no_text_of_a_customer_steers_the_terminal(rows: list[list[str]]) -> None:
    stream = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        printing.table(("A", "B", "C"), rows)
        printing.pairs([(row[0], row[1]) for row in rows])
    out = stream.getvalue()
    assert {char for char in out if unicodedata.category(char) in ("Cc", "Cs")} <= {"\n"}
    assert out.count("\n") >= len(rows) + 1


def test_columns_align(capsys: pytest.CaptureFixture[str]) -> None:
    printing.table(("ID", "SUM"), [("a", "1"), ("long", "1000")], right=frozenset({1}))
    assert capsys.readouterr().out == "ID     SUM\na        1\nlong  1000\n"


def test_further_lines_of_a_value_are_indented_and_empty_values_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    printing.pairs([("text", "one\ntwo"), ("none", ""), ("to", "x")])
    assert capsys.readouterr().out == "text  one\n      two\nto    x\n"


def test_json_is_plain_ascii_whatever_stands_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    printing.as_json({"title": "a\x1b[31m\u202e\ud800é"})
    assert capsys.readouterr().out == '{"title": "a\\u001b[31m\\u202e\\ud800\\u00e9"}\n'
