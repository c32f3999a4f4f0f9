"""A CSV file's records: RFC 4180, and what spreadsheets make of it."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final

from core.errors import BadInput
from core.i18n import N_
from core.importing.source import LONGEST_LINE, Source

DELIMITERS: Final = (",", ";", "\t")
MOST_COLUMNS: Final = 16_384
"""As many as a spreadsheet has."""
_TOLD: Final = re.compile(r'"?sep=(.)"?\s*')
"""How Excel tells a file's delimiter, on a line before the header."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row. ``line`` is the line of the file on which it begins; ``open`` that its last quotation mark is never
    closed."""

    line: int
    cells: Sequence[str]
    open: bool = False

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        return not any(map(str.strip, self.cells))


class Table:
    """The records of a file below its header. Raises ``BadInput`` for an empty file.

    The delimiter is told by the file, or it is the one with which ``known`` finds most column names in the header.
    """

    def __init__(self, source: Source, known: Callable[[str], bool]) -> None:
        self.source = source
        self._skip, told = _told(source)
        self.delimiter = told or self._sniffed(known)
        header = self._header(self.delimiter)
        if header is not None and len(header.cells) > MOST_COLUMNS:
            words = N_("{file} has {n} columns; {most} at most are read")
            raise BadInput(words, file=source.name, n=len(header.cells), most=MOST_COLUMNS)
        if header is None:
            raise BadInput(N_("{file} is empty: its first line must name the columns"), file=source.name)
        self.names = tuple(cell.strip() for cell in header.cells)

    def records(self) -> Iterator[Record]:
        """Yield what stands below the header, blank rows left out. Raises ``BadInput``."""
        found = self._all(self.delimiter)
        next(found)
        return found

    def _sniffed(self, known: Callable[[str], bool]) -> str:
        def worth(delimiter: str) -> tuple[int, int]:
            header = self._header(delimiter)
            cells = header.cells if header else ()
            return sum(known(cell.strip()) for cell in cells[:MOST_COLUMNS]), len(cells)

        return max(DELIMITERS, key=worth)

    def _header(self, delimiter: str) -> Record | None:
        found = self._all(delimiter)
        try:
            return next(found, None)
        finally:
            found.close()

    def _all(self, delimiter: str) -> Generator[Record, None, None]:
        return _records(self.source, delimiter, self._skip)


def _told(source: Source) -> tuple[int, str | None]:
    lines = source.lines()
    try:
        found = _TOLD.fullmatch(next(lines, ""))
    finally:
        lines.close()
    return (1, found[1]) if found else (0, None)


def _records(source: Source, delimiter: str, skip: int) -> Generator[Record, None, None]:
    lines = _Lines(source)
    for _ in range(skip):
        next(lines)
    reader = csv.reader(lines, delimiter=delimiter)
    with closing(lines), _wide_cells():
        while True:
            line = skip + reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error:
                raise BadInput(
                    N_("{file}, line {line}: a cell is longer than {most} characters; is a quotation mark not closed?"),
                    file=source.name,
                    line=line,
                    most=LONGEST_LINE,
                ) from None
            if cells is None:
                return
            record = Record(line, cells, lines.over)
            if not record.blank:
                yield record


class _Lines:
    """A file's lines, and whether they are over: a record that asks for more then is one with an open quotation."""

    def __init__(self, source: Source) -> None:
        self._lines = source.lines()
        self.over = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            return next(self._lines)
        except StopIteration:
            self.over = True
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._lines.close()


@contextmanager
def _wide_cells() -> Iterator[None]:
    """Let the csv module take cells as long as a line may be."""
    usual = csv.field_size_limit(LONGEST_LINE)
    try:
        yield
    finally:
        csv.field_size_limit(usual)
