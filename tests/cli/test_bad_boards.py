"""Board files that are wrong anywhere: refused in one sentence with its place, or taken; nothing in between."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.boardfile import yaml12
from core.boardfile.types import plain
from tests.cli.bad_ground import Door
from tests.cli.cli_ground import shell_in

FULL: Final = (Path(__file__).parents[1] / "core" / "full.yaml").read_text(encoding="utf-8")
TREE: Final = plain(yaml12.load(FULL, "full.yaml"))
JUNK: Final[list[Any]] = [
    *(None, True, 0, -1, 2**64, 10**400, 1e308, 1.5, "", "x", " ", "a" * 5000, "\0", "\ud800", "\x1b[31m", "\u202ea"),
    *("{{ x", "{% for i in range(10**9) %}a{% endfor %}", "{{ ''.__class__.__mro__ }}", "2026-13-45", "25:99"),
    *("9" * 20 + "w", "-1h", "mon-sun", "1e999999999", "+55119", "../../etc/passwd", "(a+)+$", "=1+1"),
    *([], {}, [[]], [None], {"a": 1}, {"id": "x"}, [{"id": "x"}], {"": ""}, {"file": "/etc/passwd"}),
    *({"all": []}, {"any": [{"field": "deal.amount", "op": ">", "value": []}]}, {"not": {}}),
    *({"after": "1d", "of": "nope"}, {"at": "12:00", "of": "close_date"}),
]


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of everything in a tree, itself left out."""
    if path:
        yield path
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inside:
        yield from places(value, (*path, key))


PLACES: Final = list(places(TREE))


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Draw the full board with one to three things dropped, replaced, renamed, doubled or put elsewhere."""
    tree = copy.deepcopy(TREE)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(PLACES))
        try:
            parent = tree
            for key in path[:-1]:
                parent = parent[key]
            change(draw, tree, parent, path[-1])
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change has taken it away
    return json.dumps(tree, ensure_ascii=False).encode("utf-8", "surrogatepass")


def change(draw: st.DrawFn, tree: Any, parent: Any, key: Any) -> None:
    how = draw(st.sampled_from(["drop", "junk", "junk", "junk", "rename", "double", "elsewhere", "retype"]))
    if how == "drop":
        del parent[key]
    elif how == "rename" and isinstance(parent, dict):
        names = [f"{key}x", f"x{key}", str(key).upper(), "id", "", "\0", "a" * 3000, "\x1b[31m", "<<"]
        parent[draw(st.sampled_from(names))] = parent.pop(key)
    elif how == "double" and isinstance(parent, list):
        parent.append(copy.deepcopy(parent[key]))
    elif how == "elsewhere":
        found = TREE
        for step in draw(st.sampled_from(PLACES)):
            found = found[step]
        parent[key] = copy.deepcopy(found)
    elif how == "retype":
        parent[key] = draw(st.sampled_from([str(parent[key]), [parent[key]], {"x": parent[key]}]))
    else:
        parent[key] = copy.deepcopy(draw(st.sampled_from(JUNK)))


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Door:
    made = Door(shell_in(tmp_path_factory.mktemp("boards")))
    assert made("apply", "-", stdin=FULL.encode()).status == 0
    return made


@given(board=mutated(), words=st.sampled_from([("apply", "-"), ("apply", "-", "--prune"), ("lint", "-")]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_board_that_is_wrong_anywhere_is_refused_with_its_place(
    door: Door, board: bytes, words: tuple[str, ...]
) -> None:
    said = door(*words, stdin=board)
    if said.status == 0:
        assert door("export").status == 0


LAUGHS: Final = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)
TEXTS: Final[dict[str, tuple[bytes, str]]] = {
    "billion laughs": (LAUGHS.encode(), "stdin:6:15: “*a4” makes the file endless"),
    "endless nesting": (b"funil: 1\nconstants: {a: " + b"[" * 100_000, "nested deeper than 40 levels"),
    "endless mappings": (b"{a: " * 50_000, "nested deeper than 40 levels"),
    "a doubled section": (b"funil: 1\nusers: []\nusers: []\n", "stdin:3:1: the key “users” stands in line 2 already"),
    "a doubled key": (b"constants: {a: 1, a: 2}", "stdin:1:19: the key “a” stands in line 1 already"),
    "a number as key": (b"funil: 1\n1: 2\n", "stdin:2:1: unknown key “1”"),
    "a list as key": (b"? [a, b]\n: c\n", "a key is a word, not a list or a mapping"),
    "an escaped NUL": (b'constants: {a: "\\0"}', "stdin:1:16: a character that cannot be kept (NUL)"),
    "a NUL": (b"funil: 1\n\0users: []\n", "stdin:2:1: the character U+0000 cannot stand in a YAML file"),
    "half a character": (b'constants: {a: "\\ud800"}', "half of a character (a lone surrogate)"),
    "an escape code": (b"funil: 1\x1b[31m\n", "stdin:1:9: the character U+001B"),
    "Latin 1": ("users: [{id: a, name: João}]".encode("latin-1"), "stdin:1:25: this is no text in UTF-8"),
    "UTF-16 without a mark": ("funil: 1\n".encode("utf-16-le"), "U+0000"),
    "a tab": (b"funil: 1\nusers:\n\t- id: a\n", "stdin:3:1: this is no YAML: a tab stands here; indent with spaces"),
    "a tag": (b"users: !!python/object/apply:os.system [x]", "a board file has no tags"),
    "a second document": (b"funil: 1\n---\nfunil: 1\n", "a second document begins here"),
    "a list on top": (b"- a\n", "a board file has keys like “pipelines” and “deals” on top"),
    "an endless number": (b"constants: {a: " + b"9" * 100_000 + b"}", "a number of 100000 characters"),
    "a number out of reach": (b"constants: {a: 1e999999999}", "no number that can be kept"),
    "infinity": (b"constants: {a: .inf}", "no number that can be kept"),
    "an open quotation": (b'"' + b"\\" * 100_000, "this is no YAML"),
    "another version": (b"funil: 2\n", "board files of version 1 (funil: 1), not “2”"),
    "a misspelt section": (b"pipelnes: []\n", "stdin:1:1: unknown key “pipelnes”: did you mean “pipelines”?"),
    "a misspelt key": (b"users: [{id: a, nmae: x}]", "did you mean “name”?"),
    "no connection": (
        b"pipelines: [{id: sales, rules: [{id: r9, stage: new, kind: sms, settings: {text: x, provider: nope}}]}]",
        "nope",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_no_board_file_is_refused_with_line_and_column(door: Door, name: str) -> None:
    content, sentence = TEXTS[name]
    said = door("apply", "-", stdin=content)
    assert (said.status, said.out) == (1, "")
    assert sentence in said.err


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + FULL.encode(),
        FULL.encode("utf-16"),
        FULL.replace("\n", "\r\n").encode(),
        FULL.replace("\n", "\r").encode(),
    ],
    ids=["a mark", "UTF-16", "CR LF", "CR"],
)
def test_what_other_editors_write_is_the_same_board(door: Door, content: bytes) -> None:
    door("apply", "-", "--prune", stdin=FULL.encode())
    before = door("export").out
    assert door("apply", "-", stdin=content).status == 0
    assert door("export").out == before


@given(
    content=st.binary(max_size=60)
    | st.text(st.sampled_from("{}[]:,-&*!|>'\"%@#?\n \tab0"), max_size=60).map(str.encode)
)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_board_file_or_refused(door: Door, content: bytes) -> None:
    door("apply", "-", "--dry-run", stdin=content)
