"""A CSV file as any program writes it, read as text and records."""

from __future__ import annotations

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core import fields
from core.errors import BadInput, FunilError
from core.importing import numbers, table
from core.importing.bringing import Wish
from core.importing.deals import DealReader, meaning, people, suggest
from core.importing.header import meanings
from core.importing.report import Problem
from core.importing.source import LONGEST_LINE, Source
from core.importing.table import DELIMITERS, Record, Table
from core.model.deal import Deal
from tests.core.sample_house import ACME, MARIA, house

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-32")


def table_of(content: bytes, known: str = "title") -> Table:
    return Table(Source(io.BytesIO(content), "f.csv"), lambda name: name == known)


@given(
    rows=st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=6),
    delimiter=st.sampled_from(DELIMITERS),
    end=st.sampled_from(("\r\n", "\n", "\r")),
    encoding=st.sampled_from(ENCODINGS),
)
@example(rows=[['a "b" c', "x\r\ny"]], delimiter=";", end="\n", encoding="utf-16")
def test_what_was_written_is_read(rows: list[list[str]], delimiter: str, end: str, encoding: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([["title", "b"], *rows])
    read = table_of(text.getvalue().encode(encoding))
    assert (read.delimiter, read.names) == (delimiter, ("title", "b"))
    assert [list(record.cells) for record in read.records()] == [row for row in rows if any(map(str.strip, row))]


@given(content=st.binary(max_size=200), head=st.sampled_from((b"", b"title,b\n", b"\xff\xfe", b"\xef\xbb\xbf", b"PK")))
def test_any_bytes_are_read_or_refused(content: bytes, head: bytes) -> None:
    with suppress(BadInput):
        read = table_of(head + content)
        lines = [record.line for record in read.records()]
        assert lines == sorted(lines)


@given(content=st.text(st.sampled_from('title,amount;"\n\r\t 1.x=\0é'), max_size=80))
def test_any_row_becomes_a_deal_or_a_problem(content: str) -> None:
    ground = house()
    with suppress(FunilError):
        read = table_of(("title,amount,qty\n" + content).encode())
        found = meanings(read.names, {}, lambda n: meaning(n, ground), lambda n: suggest(n, ground))
        reader = DealReader(ground, people(ground, (MARIA,), (ACME,)), read.names, found)
        for record in read.records():
            assert isinstance(reader.read(record), Deal | Problem)


LINES = [
    ("title\na\nb\n", [2, 3]),
    ("title\n\na\n\n\nb", [3, 6]),
    ('title\n"a\nb\nc"\nd\n', [2, 5]),
    ("title\r\na\r\nb\r\n", [2, 3]),
    ("title\ra\rb\r", [2, 3]),
    ("sep=;\ntitle;b\na;\n", [3]),
    ("\n\ntitle\na\n", [4]),
    ("title\nx\x0by\x85z\u2028\na\n", [2, 3]),
    ("title,b\n,\n ,\t\na,b\n", [4]),
]


@pytest.mark.parametrize(("text", "lines"), LINES)
def test_a_record_knows_the_line_of_the_file_on_which_it_begins(text: str, lines: list[int]) -> None:
    assert [record.line for record in table_of(text.encode()).records()] == lines


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [
        ("title,amount", ","),
        ("title;amount", ";"),
        ("title\tamount", "\t"),
        ("title;amount,in,euros", ";"),
        ('"a;b;c;d",title', ","),
        ("title", ","),
        ("x;y", ";"),
        ("sep=;\ntitle,amount;b", ";"),
        ("sep=|\ntitle|b", "|"),
    ],
)
def test_the_delimiter_is_found_in_the_header(header: str, delimiter: str) -> None:
    assert table_of(f"{header}\n".encode()).delimiter == delimiter


@pytest.mark.parametrize(
    ("content", "encoding", "title"),
    [
        ("título\nação".encode(), "utf-8", "ação"),
        ("título\nação".encode("utf-8-sig"), "utf-8-sig", "ação"),
        ("título\nação".encode("utf-16"), "utf-16", "ação"),
        (b"\xfe\xff" + "título\nação".encode("utf-16-be"), "utf-16", "ação"),
        ("título\nação €".encode("cp1252"), "cp1252", "ação €"),
        (b"a\n" + b"x" * (1024 * 1024 - 3) + "é".encode(), "utf-8", "x" * (1024 * 1024 - 3) + "é"),
    ],
)
def test_the_encoding_is_told_or_guessed(content: bytes, encoding: str, title: str) -> None:
    source = Source(io.BytesIO(content), "f.csv")
    assert (source.encoding, source.guessed) == (encoding, encoding == "cp1252")
    assert [line.strip() for line in source.lines()][1] == title


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "f.csv is empty: its first line must name the columns"),
        (b"\n \n\t\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"PK\x03\x04\x14\x00", "is a spreadsheet or archive"),
        (b"title\nok\n\x81\x8d", "f.csv cannot be read as cp1252: save it as UTF-8"),
        (b"\xff\xfea", "f.csv cannot be read as utf-16"),
        (b"title\n" + b"x" * (LONGEST_LINE + 2), "line 2, is longer than 16777216 characters"),
    ],
)
def test_what_is_no_csv_is_refused_with_its_line(content: bytes, sentence: str) -> None:
    with pytest.raises(BadInput) as refused:
        list(table_of(content).records())
    assert sentence in str(refused.value)


def test_a_cell_without_end_is_refused_where_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "LONGEST_LINE", 1000)
    with pytest.raises(BadInput, match="line 3: a cell is longer than 1000 characters; is a quotation mark not closed"):
        list(table_of(b'title\nok\n"' + b"x\n" * 600).records())


def test_a_quotation_that_is_never_closed_is_told_of() -> None:
    records = list(table_of(b'title,b\na,b\nc,"d\ne,f\n').records())
    assert records == [Record(2, ["a", "b"]), Record(3, ["c", "d\ne,f\n"], open=True)]


def test_the_csv_modules_own_limit_stays_as_it_was() -> None:
    before = csv.field_size_limit()
    records = table_of(b"title\n" + b"x" * 200_000 + b"\ny\n").records()
    assert len(next(records).cells[0]) == 200_000
    list(records)
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234.56", "1234.56"),
        ("1.234", "1.234"),
        ("1.234,56", "1234.56"),
        ("-1.234.567,8", "-1234567.8"),
        ("1,234.56", "1234.56"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("12,5", "12.5"),
        ("1234,56", "1234.56"),
        ("0,125", "0.125"),
        ("1234,567", "1234.567"),
        ("1.23,4,5", "1.23,4,5"),
        ("1.2.3", "1.2.3"),
        ("1,23,4", "1,23,4"),
        ("R$ 5", "R$ 5"),
        ("٣,٥", "٣,٥"),
    ],
)
def test_a_number_that_can_mean_one_thing_only_is_understood(text: str, number: str) -> None:
    assert numbers.plain(fields.BUILTIN["deal.amount"], text) == number


@pytest.mark.parametrize("text", ["1,234", "-12,345", "999,000"])
def test_a_number_that_can_mean_two_things_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="can mean two numbers"):
        numbers.plain(fields.BUILTIN["deal.amount"], text)


def test_a_wish_tells_of_few_problems_unless_asked() -> None:
    assert Wish().problems == 20
