"""Rows as rows, whatever they become: their shape, and the form of who reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol, TypeVar

from core.i18n import N_
from core.importing.report import Problem
from core.importing.table import Record
from core.words import Words

LONGEST_CELL: Final = 1_000_000

T_co = TypeVar("T_co", covariant=True)


class RowReader(Protocol[T_co]):
    """Reads rows into things of one sort."""

    def read(self, record: Record) -> T_co | Problem:
        """Return what a row describes, with an empty id where it names none, or what is wrong with it."""


class Shape:
    """The shape that the rows of a table have. ``names`` are its columns."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._unnamed = [index for index, name in enumerate(names) if not name]

    def misfit(self, record: Record) -> Problem | None:
        """Return what is wrong with a row as a row."""
        cells, width = record.cells, len(self._names)
        reason, column = Words(""), None
        if record.open:
            reason = Words(N_("its last quotation mark is never closed"))
        elif len(cells) < width or any(map(str.strip, cells[width:])):
            words = {"cells": len(cells), "columns": width}
            reason = Words(N_("the row has {cells} cells and the header {columns}"), words)
        for index in self._unnamed if not reason else ():
            if cells[index].strip():
                words = {"place": index + 1}
                reason = Words(N_("a value stands in column {place}, which has no name"), words)
        if not reason and sum(map(len, cells)) > LONGEST_CELL:
            column = next(
                (name for name, cell in zip(self._names, cells, strict=False) if len(cell) > LONGEST_CELL), None
            )
            reason = Words(N_("more than {most} characters"), {"most": LONGEST_CELL})
        return Problem(record.line, column, reason) if reason else None


def id_taken(line: int, column: str, own: str, by: int, already: str) -> Problem:
    """Return the problem of a row whose id is taken: by a thing (0, as ``already`` says) or a row."""
    if by:
        return Problem(line, column, Words(N_("the row on line {by} has the id “{id}” already"), {"by": by, "id": own}))
    return Problem(line, column, Words(already, {"id": own}))
