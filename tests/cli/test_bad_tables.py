"""CSV files by anybody: taken, or refused with line, column and reason; what is ours comes back as it was."""

from __future__ import annotations

import csv
import io
import unicodedata
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.importing.formulas import guarded, plain
from tests.cli.bad_ground import Door
from tests.cli.cli_ground import Shell, at_noon

FIELDS: Final = """
fields:
  - {id: qty, type: number}
  - {id: ready, type: bool}
  - {id: tags, type: list, multiple: true, options: [a, b]}
  - {id: notes, type: text}
"""


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Door:
    shell = at_noon(tmp_path_factory.mktemp("tables"))
    shell.ok("apply", "-", stdin=FIELDS)
    return Door(shell)


FILES: Final[dict[str, tuple[bytes, str]]] = {
    "a million columns": (b"title" + b",c" * 1_000_000 + b"\nx", "has 1000001 columns; 16384 at most are read"),
    "a million cells": (b"title\nx" + b",y" * 1_000_000, "line 2: the row has 1000001 cells and the header 1"),
    "a cell of 10 MB": (b"title,tracking\nx," + b"y" * 10_000_000, "line 2, tracking: more than 1000000 characters"),
    "a line of 17 MB": (b"title\n" + b"y" * 17_000_000, "line 2, is longer than 16777216 characters"),
    "an open quotation": (b'title\n"' + b"x\n" * 500_000, "line 2: its last quotation mark is never closed"),
    "half a character": (b"\xff\xfet", "cannot be read as utf-16: save it as UTF-8"),
    "a spreadsheet": (b"PK\x03\x04", "is a spreadsheet or archive: save it as “CSV UTF-8”"),
    "all bytes": (bytes(range(256)) * 10, "save it as UTF-8"),
    "two marks": (b"\xef\xbb\xbf" * 2 + b"title\nx", "is no field; did you mean “title”?"),
    "a NUL in the header": (b"ti\0tle\nx", "is no field"),
    "an endless column": (b"x" * 1_000_000 + b"\ny", "is no field"),
    "no number": (b"title,amount\nx,NaN", "line 2, amount: field “amount”: “NaN” is not a number"),
    "an endless stage": (b"title,stage\nx," + b"n" * 100_000, "pipeline sales has no stage"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_in_a_sentence(door: Door, name: str) -> None:
    content, sentence = FILES[name]
    said = door("deal", "import", "-", stdin=content)
    assert (said.status, said.out) == (1, "")
    assert sentence in said.err


CELLS: Final = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(
    [
        "",
        "D1",
        "maria",
        "=1+1",
        "'=1+1",
        '"',
        ";",
        "1.234,5",
        "2026-12-24",
        "won",
        "\0",
        "\x1b[m",
        "a@b.c",
        "WORK:x",
        "+55119",
    ]
)


@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=5),
    head=st.lists(
        st.sampled_from(["title", "name", "amount", "stage", "contact", "email", "phone", "id", "notes", "qty", ""]),
        min_size=1,
        max_size=4,
    ),
    what=st.sampled_from(["deal", "contact", "company"]),
    more=st.sampled_from([(), ("--skip-bad",), ("--dry-run",), ("--json",)]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_table_is_taken_or_refused(
    door: Door, rows: list[list[str]], head: list[str], what: str, more: tuple[str, ...], encoding: str
) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    door(what, "import", "-", *more, stdin=text.getvalue().encode(encoding))


@given(cell=st.text(max_size=12) | st.text(st.sampled_from("'=+-@\t|%12.,a"), max_size=6))
def test_what_a_spreadsheet_would_compute_is_marked_and_comes_back(cell: str) -> None:
    shown = guarded(cell)
    assert plain(shown) == cell
    assert not shown.startswith(("=", "@", "\t")) or shown == ""
    if shown[:1] in "+-" and shown:
        assert shown[1:].replace(".", "").replace(",", "").isdigit()


# What was imported is what is exported --------------------------------------------------------------------------------

LINE: Final = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)
DEALS: Final = st.lists(
    st.fixed_dictionaries(
        {
            "title": LINE,
            "amount": st.decimals(-(10**9), 10**9, places=2).map(str) | st.just(""),
            "currency": st.sampled_from(["BRL", "USD", ""]),
            "stage": st.sampled_from(["new", "delivery", "won", ""]),
            "responsible": st.sampled_from(["ana", ""]),
            "contact": st.sampled_from(["maria", ""]),
            "company": st.sampled_from(["acme", ""]),
            "close_date": st.dates().map(str) | st.just(""),
            "fields.notes": LINE | st.just(""),
            "fields.qty": st.integers(-(10**6), 10**6).map(str) | st.just(""),
            "fields.ready": st.sampled_from(["true", "false", ""]),
            "fields.tags": st.sampled_from(["a", "a;b", ""]),
        }
    ),
    min_size=1,
    max_size=6,
)


def written(rows: list[dict[str, str]]) -> str:
    text = io.StringIO()
    table = csv.DictWriter(text, list(rows[0]))
    table.writeheader()
    table.writerows({name: guarded(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shell, Shell]:
    """Two houses with the same people, one of which is emptied for each example."""
    shells = []
    for name in ("one", "two"):
        shell = at_noon(tmp_path_factory.mktemp(name))
        shell.ok("apply", "-", stdin=FIELDS)
        shells.append(shell)
    return shells[0], shells[1]


@given(rows=DEALS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_an_export_of_what_was_imported_gives_it_back(two: tuple[Shell, Shell], rows: list[dict[str, str]]) -> None:
    one, other = two
    one.ok("deal", "import", "-", stdin=written(rows))
    exported = one.ok("export")
    other.ok("apply", "-", "--prune", stdin=exported)
    assert other.ok("export") == exported
    listed = one.ok("deal", "list", "--csv")
    assert other.ok("deal", "list", "--csv") == listed
    found = {deal["title"] for deal in one.json("deal", "list")}
    assert {unicodedata.normalize("NFC", row["title"]) for row in rows} <= found


def test_a_list_of_deals_as_csv_is_imported_as_it_was(tmp_path: Path) -> None:
    shells = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        shell = at_noon(tmp_path / name)
        shell.ok("apply", "-", stdin=FIELDS)
        shells.append(shell)
    one, other = shells
    rows = [{"title": "=1+1", "amount": "-5", "fields.notes": "@x", "stage": "won"}, {"title": "'b'", "amount": "",
             "fields.notes": "-a", "stage": ""}]  # fmt: skip
    one.ok("deal", "import", "-", stdin=written(rows))
    listed = one.ok("deal", "list", "--csv")
    assert ",'=1+1," in listed
    assert ",-5.00," in listed
    other.ok("deal", "remove", "D1")
    without = "".join(line for line in listed.splitlines(keepends=True) if not line.startswith("D1,"))
    other.ok("deal", "import", "-", stdin=without)
    assert other.ok("deal", "list", "--csv") == without
