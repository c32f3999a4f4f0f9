"""Taking a file's rows in: each one beside the house, where nobody sees it, then all in one short transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Generic, Protocol, TypeAlias, TypeVar

from core.errors import BadInput, Refused
from core.importing.formulas import MARK, plain
from core.importing.header import meanings
from core.importing.report import Problem, Report
from core.importing.rows import RowReader, id_taken
from core.importing.source import Source
from core.importing.table import Record, Table
from core.ports import Job, Staging, Store
from core.staged import Brought

_ROWS: Final = 1_000
_CHARACTERS: Final = 4_000_000
"""Rows, or characters of them, that are set aside at a time."""

Tell: TypeAlias = Callable[[int, float], None]
"""Is told now and then how many rows have been read, and which share of the file."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person asks for. ``mapped`` are columns by name and what they mean (empty: nothing); ``by`` None means
    each deal's responsible; ``problems`` is how many wrong rows are told of (None: all)."""

    mapped: Mapping[str, str] = field(default_factory=dict)
    by: str | None = None
    skip_bad: bool = False
    dry_run: bool = False
    problems: int | None = 20


class Sort(Protocol[T]):
    """One sort of thing that rows can become."""

    already: str
    """The msgid of the sentence that an ``{id}`` is taken."""

    def meaning(self, name: str) -> str | None:
        """Return what a column's name means, None for nothing. Raises ``BadInput`` for what cannot be imported."""

    def suggest(self, name: str) -> str | None:
        """Return the column that a misspelt name may have meant."""

    def reader(self, names: Sequence[str], columns: Sequence[str | None]) -> RowReader[T]:
        """Return who reads the rows below these columns. Raises ``BadInput`` where one is missing."""

    def id(self, thing: T) -> str:
        """Return a thing's id, empty for a fresh one."""

    def taken(self, staging: Staging, ids: Sequence[str]) -> Mapping[str, int]:
        """Return which ids are taken: by a thing (0), or by one set aside (the line it was read on)."""

    def set_aside(self, staging: Staging, things: Sequence[tuple[int, T]]) -> None:
        """Set things aside, each with its line."""

    def finishing(self, staging: Staging, at_last: Callable[[], None]) -> Job[Brought]:
        """Return the job that brings in what was set aside. Raises ``Refused`` where the house has
        changed meanwhile."""

    def ids(self, staging: Staging, brought: Brought) -> Sequence[str]:
        """Return the ids of what was brought in, in the file's order."""


def take_in(
    store: Store,
    source: Source,
    wish: Wish,
    sort: Sort[T],
    tell: Tell = lambda rows, share: None,
    at_last: Callable[[], None] = lambda: None,
) -> Report:
    """Make a thing of each row. Where a row is wrong nothing is written, unless ``skip_bad``. ``at_last`` is called
    just before the one commit.

    Raises ``BadInput``, ``UnknownThing`` and ``Refused`` for what is wrong with the file as a whole.
    """
    table = Table(source, lambda name: bool(name) and _means(name, sort))
    columns = meanings(table.names, wish.mapped, sort.meaning, sort.suggest)
    reader = sort.reader(table.names, columns)
    with store.staging() as staging:
        intake = _Intake(staging, sort, _name_of("id", columns, table), Report(kept=wish.problems))
        for number, record in enumerate(table.records(), 1):
            row = _unmarked(record)
            intake.take(row, reader.read(row))
            if number % _ROWS == 0:
                tell(number, source.share())
        intake.flush()
        report = intake.report
        if report.good and not wish.dry_run and (wish.skip_bad or not report.bad):
            report.ids = sort.ids(staging, staging.write(sort.finishing(staging, at_last)))
    return report


def _unmarked(record: Record) -> Record:
    """Return a row without the marks that keep a spreadsheet from computing its cells."""
    if not any(cell.startswith(MARK) for cell in record.cells):
        return record
    return replace(record, cells=[plain(cell) for cell in record.cells])


def _means(name: str, sort: Sort[T]) -> bool:
    try:
        return sort.meaning(name) is not None
    except BadInput:
        return True


def _name_of(meaning: str, columns: list[str | None], table: Table) -> str:
    return table.names[columns.index(meaning)] if meaning in columns else meaning


class _Intake(Generic[T]):
    """Takes rows one after another, and sets the good ones aside."""

    def __init__(self, staging: Staging, sort: Sort[T], id_column: str, report: Report) -> None:
        self.report = report
        self._staging = staging
        self._sort = sort
        self._id_column = id_column
        self._waiting: list[tuple[int, T | Problem]] = []
        self._characters = 0

    def take(self, record: Record, found: T | Problem) -> None:
        """Take what was read of a row."""
        self._waiting.append((record.line, found))
        self._characters += sum(map(len, record.cells))
        if len(self._waiting) >= _ROWS or self._characters > _CHARACTERS:
            self.flush()

    def flush(self) -> None:
        """Set aside what waits, apart from rows whose id is taken."""
        sort = self._sort
        ids = [own for _, found in self._waiting if not isinstance(found, Problem) and (own := sort.id(found))]
        taken = dict(sort.taken(self._staging, ids)) if ids else {}
        good: list[tuple[int, T]] = []
        for line, found in self._waiting:
            if isinstance(found, Problem):
                self.report.refuse(found)
                continue
            own = sort.id(found)
            if own and own in taken:
                self.report.refuse(id_taken(line, self._id_column, own, taken[own], sort.already))
                continue
            good.append((line, found))
            if own:
                taken[own] = line
        self.report.good += len(good)
        sort.set_aside(self._staging, good)
        self._waiting.clear()
        self._characters = 0


def refuse_taken(brought: Brought, words: str, known: str) -> None:
    """Raise ``Refused`` where somebody else was quicker with an id."""
    if brought.taken:
        raise Refused(words, ids=known)
