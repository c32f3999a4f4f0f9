"""YAML 1.2 as board files are written in: what values mean, where they stand, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.boardfile import yaml12
from core.boardfile.places import dotted, undotted
from core.errors import BadInput


def load(text: str | bytes) -> Any:
    return yaml12.load(text, "f")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("2026-12-01", "2026-12-01"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("<<", "<<"),
        ("=", "="),
        ("-", None),
        ("-1x", "-1x"),
        ("true", True),
        ("False", False),
        ("tRue", "tRue"),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-12", -12),
        ("0o17", 15),
        ("0x1F", 31),
        ("017", 17),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("-1.5E-2", -0.015),
        ("'12'", "12"),
        ('"true"', "true"),
        ("!!str 12", "12"),
        ("! 12", "12"),
        ("!!int '12'", 12),
        ("!!float 12", 12),
        ("!!null ''", None),
        ("|\n  a\n  b\n", "a\nb\n"),
        (">\n  a\n  b\n", "a b\n"),
        ('"\\u00e7\\n"', "ç\n"),
        ('"\\ud83d\\ude00"', "😀"),
        ('"\\U0001F600"', "😀"),
    ],
)
def test_a_scalar_means_what_the_core_schema_says(text: str, value: object) -> None:
    found = load(f"key: {text}") if text != "-" else load("- \n")[0]
    found = found["key"] if isinstance(found, dict) else found
    assert found == value
    assert isinstance(found, type(value))


@pytest.mark.parametrize("text", ["+5511987650001", "007", "1.10", "0x1F", "1e3", "12345678901234567.89"])
def test_a_number_remembers_how_it_was_written(text: str) -> None:
    assert load(f"key: {text}")["key"].written == text


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"", None),
        (b"# nothing\n", None),
        (b"\xef\xbb\xbfa: 1", {"a": 1}),
        ("\ufeffa: 1", {"a": 1}),
        ("a: ç".encode("utf-16"), {"a": "ç"}),
        (b"a: 1\r\nb:\r\n  - x\r\n", {"a": 1, "b": ["x"]}),
        (b"a: |\r\n  x\r\n  y\r\n", {"a": "x\ny\n"}),
        (b"%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
        (b"{a: [1, {b: c}], d: }", {"a": [1, {"b": "c"}], "d": None}),
        (b'{"a": "x\\/y", "b": [true, null, 1.5]}', {"a": "x/y", "b": [True, None, 1.5]}),
        (b"a: &x {b: 1}\nc: *x\nd: [*x, *x]", {"a": {"b": 1}, "c": {"b": 1}, "d": [{"b": 1}, {"b": 1}]}),
        (b"1: a\nyes: b\nnull: c\n'': d", {"1": "a", "yes": "b", "null": "c", "": "d"}),
        (b"? a\n: b", {"a": "b"}),
    ],
)
def test_files_of_all_manners_are_read(content: str | bytes, value: object) -> None:
    assert load(content) == value


@pytest.mark.parametrize(
    ("content", "place", "says"),
    [
        ("a: [1, 2", "1:9", "no YAML"),
        ("a: 1\n b: 2", "2:3", "one indentation"),
        ("title: Order: 5", "1:13", "in quotes"),
        ("a:\n\t- b", "2:1", "a tab"),
        ("a: @b", "1:4", "in quotes"),
        ("a: 'b\n", "2:1", "quoted scalar"),
        ('a: "\\q"', "1:6", "escape"),
        ('a: "\\UFFFFFFFF"', "1:1", "no YAML"),
        ("- a\nb: c", "2:1", "no YAML"),
        ("a: 1\nb: 2\na: 3", "3:1", "“a” stands in line 1"),
        ("{a: 1, 'a': 2}", "1:8", "“a” stands in line 1"),
        ("a: 1\n---\nb: 2", "2:1", "second document"),
        ("a: !ruby/object x", "1:4", "no tags"),
        ("a: !!set {b}", "1:4", "no tags"),
        ("a: !!int x", "1:4", "“x” is no int"),
        ("a: *b", "1:4", "“&b”"),
        ("a: &b [1, *b]", "1:11", "inside what it repeats"),
        ("{[a]: 1}", "1:2", "key"),
        ("&k a: 1\n*k : 2", "2:1", "“&k”"),
        ("x: &k a\n*k : 2", "2:1", "not an alias"),
        ("a: .inf", "1:4", "no number"),
        ("a: [.nan]", "1:5", "no number"),
        ("a: 1e999", "1:4", "no number"),
        ("a: " + "9" * 5000, "1:4", "5000 characters"),
        ("a: \x1b[31m", "1:4", "U+001B"),
        ("a: b\n\x00", "2:1", "U+0000"),
        ('a: "\\0"', "1:4", "NUL"),
        ('a: "\\ud83d"', "1:4", "surrogate"),
        ("a: " + "[" * 60, "1:43", "40 levels"),
        (b"a: 1\nb: \xff", "2:4", "UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "1:1", "UTF-8"),
        (b"\xff\xfe\x00", "1:1", "UTF-8"),
    ],
)
def test_what_is_no_board_file_is_refused_with_its_place(content: str | bytes, place: str, says: str) -> None:
    with pytest.raises(BadInput) as refused:
        load(content)
    assert str(refused.value).startswith(f"f:{place}: ")
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_aliases_that_multiply_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(BadInput, match="repeats too much"):
        load("\n".join(lines))


def test_every_key_value_and_item_has_its_place() -> None:
    read = load('a: 1\nb:\n  - {c: "x", d: [1,\n      2]}\n  -\n    e: |\n      text\n')
    first, second = read["b"]
    assert (read.keys_at["a"], read.values_at["a"]) == (("f", 1, 1), ("f", 1, 4))
    assert (read.keys_at["b"], read.values_at["b"]) == (("f", 2, 1), ("f", 3, 3))
    assert read["b"].items_at == [("f", 3, 5), ("f", 6, 5)]
    assert (first.keys_at["c"], first.values_at["c"]) == (("f", 3, 6), ("f", 3, 9))
    assert first["d"].items_at == [("f", 3, 18), ("f", 4, 7)]
    assert (second.keys_at["e"], second.values_at["e"]) == (("f", 6, 5), ("f", 6, 8))


@given(st.text(alphabet=" \n\t:#-'\"\\|>&*!%@`,[]{}?ab1~\r\x85\u2028\x00\ud800é😀", max_size=40))
def test_whatever_text_comes_it_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        load(text)
    except BadInput as refused:
        assert str(refused).startswith("f:")


@given(st.binary(max_size=40))
def test_whatever_bytes_come_they_are_read_or_refused_with_a_place(content: bytes) -> None:
    try:
        load(content)
    except BadInput as refused:
        assert str(refused).startswith("f:")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("deals",), "deals"),
        (("pipelines", 0, "rules", 12, "when", "all", 1), "pipelines[0].rules[12].when.all[1]"),
    ],
)
def test_a_path_is_written_as_people_read_it(path: tuple[str | int, ...], text: str) -> None:
    assert dotted(path) == text
    assert undotted(text) == path
