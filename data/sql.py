"""Statements written once with SQLAlchemy Core, compiled once per dialect and run on the driver's own cursor.

SQLAlchemy's execution costs as much again as the database on small statements, so only its compiler is used here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

from sqlalchemy import BigInteger, ColumnElement, Dialect, Executable, Insert, TextClause, bindparam, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import CompilerElement
from sqlalchemy.types import NullType

from core.stored_json import encode

if TYPE_CHECKING:
    import sqlite3

    import psycopg

    Connection: TypeAlias = sqlite3.Connection | psycopg.Connection[Any]

DialectName = Literal["sqlite", "postgresql"]
Row: TypeAlias = tuple[Any, ...]
Args: TypeAlias = Callable[[Mapping[str, Any]], Sequence[Any]]


class _Constants:
    """Writes values that stand in the construct as literals, so that a query matches a partial index's predicate."""

    def visit_bindparam(self, bound: Any, **kw: Any) -> str:
        if not bound.required and bound.callable is None:
            kw["literal_binds"] = True
        return super().visit_bindparam(bound, **kw)  # type: ignore[misc,no-any-return]


def _dialect(name: DialectName) -> Dialect:
    dialect: Any
    if name == "sqlite":
        from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

        dialect = SQLiteDialect_pysqlite()
    else:
        from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

        dialect = PGDialect_psycopg(paramstyle="format")  # type: ignore[no-untyped-call]
    dialect.statement_compiler = type("Compiler", (_Constants, dialect.statement_compiler), {})
    return dialect  # type: ignore[no-any-return]


_dialects: Final[dict[DialectName, Dialect]] = {}


def dialect_of(name: DialectName) -> Dialect:
    """Return the dialect that statements are compiled with; made once."""
    if name not in _dialects:
        _dialects[name] = _dialect(name)
    return _dialects[name]


class Among(ColumnElement[bool]):
    """``column IN (a list given as one parameter)``: one compiled statement whatever the list's length."""

    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        self.name = name


def among(column: Any, name: str) -> Among:
    """Return the condition that a text or integer column is one of the values of the list parameter ``name``."""
    return Among(column, name)


@compiles(Among, "sqlite")
def _among_sqlite(element: Among, compiler: SQLCompiler, **kw: Any) -> str:
    column = compiler.process(element.column, **kw)
    values = compiler.process(bindparam(element.name, type_=_List()), **kw)
    return f"{column} IN (SELECT value FROM json_each({values}))"


@compiles(Among, "postgresql")
def _among_postgresql(element: Among, compiler: SQLCompiler, **kw: Any) -> str:
    column = compiler.process(element.column, **kw)
    values = compiler.process(bindparam(element.name, type_=_List()), **kw)
    kind = "BIGINT[]" if isinstance(element.column.type, BigInteger) or _integral(element.column) else "TEXT[]"
    return f"{column} = ANY(CAST({values} AS {kind}))"


def _integral(column: ColumnElement[Any]) -> bool:
    try:
        return column.type.python_type is int
    except NotImplementedError:
        return False


class _List(NullType):
    """Marks a parameter that is a list: it travels as JSON text on SQLite, as an array on PostgreSQL."""


def with_list(sql: str, name: str) -> TextClause:
    """Return SQL of one dialect with a list parameter: ``json_each(:name)``, ``unnest(CAST(:name AS TEXT[]))``."""
    return text(sql).bindparams(bindparam(name, type_=_List()))


def _json_list(values: Iterable[Any]) -> str:
    listed = list(values)
    # A list of numbers is spelled alike in Python and in JSON, and Python is quicker at it.
    return repr(listed) if listed and type(listed[0]) is int else encode(listed)


_IN_TRANSACTION: Final = 2
_IN_ERROR: Final = 3
_CHANGES: Final = re.compile(r"(?<!FOR )\b(INSERT INTO|UPDATE|DELETE FROM)\b")
_LISTS: Final[Mapping[DialectName, Callable[[Iterable[Any]], Any]]] = {"sqlite": _json_list, "postgresql": list}


def _taker(names: Sequence[str], lists: Mapping[str, Callable[[Iterable[Any]], Any]]) -> Args:
    """Return the function that puts named parameters into the driver's order: the hottest code of the Store."""
    if lists:
        plain = _taker(names, {})
        return lambda given: plain({**given, **{name: turn(given[name]) for name, turn in lists.items()}})
    if not names:
        return lambda given: ()
    if len(names) == 1:
        only = names[0]
        return lambda given: (given[only],)
    return itemgetter(*names)


class Ready(NamedTuple):
    """A statement as its driver takes it. ``writes`` is whether the rows that it answers with are rows it changed."""

    sql: str
    args: Args
    writes: bool


class Statement:
    """One statement for both databases.

    ``build`` returns a Core construct on ``Model.__table__`` (called once per dialect, at first use); ``postgresql``
    is another one where the two differ. ``bindparam("name")`` without a value is a parameter, a value standing in the
    construct becomes a literal. Parameters are passed as they are: int, str, None, and lists for :func:`among`.
    """

    __slots__ = ("_build", "_postgresql", "_ready", "_returning")

    def __init__(self, build: Callable[[], Executable], postgresql: Callable[[], Executable] | None = None) -> None:
        self._build = build
        self._postgresql = postgresql
        self._ready: dict[DialectName, Ready] = {}
        self._returning: Ready | None = None

    def ready(self, dialect: DialectName) -> Ready:
        """Return the compiled form."""
        found = self._ready.get(dialect)
        if found is None:
            found = self._ready[dialect] = _compile(self._construct(dialect), dialect)
        return found

    def returning_id(self) -> Ready:
        """Return PostgreSQL's form of an insert that answers with the new row's primary key."""
        if self._returning is None:
            insert = self._construct("postgresql")
            assert isinstance(insert, Insert)
            self._returning = _compile(insert.returning(*insert.table.primary_key), "postgresql")
        return self._returning

    def _construct(self, dialect: DialectName) -> Executable:
        return (self._postgresql if dialect == "postgresql" and self._postgresql else self._build)()


def _compile(construct: Executable, dialect: DialectName) -> Ready:
    assert isinstance(construct, CompilerElement)
    compiled: Any = construct.compile(dialect=dialect_of(dialect))
    lists = {bound.key: _LISTS[dialect] for bound in compiled.bind_names if isinstance(bound.type, _List)}
    sql = str(compiled)
    return Ready(sql, _taker(compiled.positiontup or (), lists), _CHANGES.search(sql) is not None)


class Db:
    """One connection of a driver and what statements need of it. For one thread at a time.

    Rows come whole and as tuples: nothing stays open behind a call, so no snapshot is held longer than its transaction.
    ``written`` counts the rows changed so far: who finds it unmoved has nothing to tell the others.
    """

    __slots__ = ("_cursor", "connection", "dialect", "written")

    def __init__(self, connection: Connection, dialect: DialectName) -> None:
        self.connection = connection
        self.dialect: Final[DialectName] = dialect
        self.written = 0
        self._cursor: Any = connection.cursor()

    def run(self, statement: Statement, /, **params: Any) -> int:
        """Run a statement that returns no rows; returns how many rows it changed."""
        ready = statement.ready(self.dialect)
        self._cursor.execute(ready.sql, ready.args(params))
        changed: int = self._cursor.rowcount
        if changed < 0:
            changed = self._changes()
        if ready.writes:
            self.written += changed
        return changed

    def new_id(self, statement: Statement, /, **params: Any) -> int:
        """Run an insert of one row and return the integer primary key that the database gave it."""
        return self.new_ids(statement, [params])[0]

    def new_ids(self, statement: Statement, rows: Sequence[Mapping[str, Any]], /) -> list[int]:
        """Insert rows one by one and return the integer primary keys that the database gave them."""
        self.written += len(rows)
        cursor, made = self._cursor, []
        if self.dialect == "sqlite":
            sql, args, _ = statement.ready("sqlite")
            for row in rows:
                cursor.execute(sql, args(row))
                made.append(cursor.lastrowid)
            return made
        sql, args, _ = statement.returning_id()
        for row in rows:
            cursor.execute(sql, args(row))
            made.append(cursor.fetchall()[0][0])
        return made

    def each(self, statement: Statement, rows: Sequence[Mapping[str, Any]], /) -> int | None:
        """Run a change of one row once per row of parameters; returns the place of the first that changed nothing."""
        sql, args, _ = statement.ready(self.dialect)
        cursor = self._cursor
        for place, row in enumerate(rows):
            cursor.execute(sql, args(row))
            if not cursor.rowcount:
                return place
        self.written += len(rows)
        return None

    def many(self, statement: Statement, rows: Iterable[Mapping[str, Any]], /) -> int:
        """Run a statement once per row of parameters; returns how many rows it made or changed altogether."""
        args = statement.ready(self.dialect).args
        return self.tuples(statement, [args(row) for row in rows])

    def tuples(self, statement: Statement, batch: Sequence[Sequence[Any]], /) -> int:
        """Run a statement once per row of values that stand in the order of its parameters; returns the same."""
        ready = statement.ready(self.dialect)
        self.written += len(batch)
        if len(batch) == 1:
            self._cursor.execute(ready.sql, batch[0])
        elif batch:
            self._cursor.executemany(ready.sql, batch)
        return self._cursor.rowcount if batch else 0

    def rows(self, statement: Statement, /, **params: Any) -> list[Row]:
        """Return all rows, of a query or of a change that returns what it changed."""
        ready = statement.ready(self.dialect)
        self._cursor.execute(ready.sql, ready.args(params))
        found: list[Row] = self._cursor.fetchall()
        if ready.writes:
            self.written += len(found)
        return found

    def one(self, statement: Statement, /, **params: Any) -> Row | None:
        """Return the first row, or None. The statement itself should ask for one row only."""
        found = self.rows(statement, **params)
        return found[0] if found else None

    def text(self, sql: str, args: Sequence[Any] = (), /) -> list[Row]:
        """Run SQL as the driver takes it (pragmas, savepoints, locks) and return its rows, if it has any."""
        self._cursor.execute(sql, args)
        return self._cursor.fetchall() if self._cursor.description else []

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open and can still commit."""
        connection: Any = self.connection
        if self.dialect == "sqlite":
            return connection.in_transaction  # type: ignore[no-any-return]
        return connection.info.transaction_status == _IN_TRANSACTION  # type: ignore[no-any-return]

    @property
    def lost_transaction(self) -> bool:
        """Whether no transaction is left to roll back: the database did so by itself, or the connection is gone."""
        connection: Any = self.connection
        if self.dialect == "sqlite":
            return not connection.in_transaction
        return connection.info.transaction_status not in (_IN_TRANSACTION, _IN_ERROR)

    @property
    def usable(self) -> bool:
        """Whether the connection can go on being used."""
        return self.dialect == "sqlite" or not self.connection.closed  # type: ignore[union-attr]

    def close(self) -> None:
        """Close the connection."""
        self._cursor.close()
        self.connection.close()

    def _changes(self) -> int:
        # The driver counts only statements that begin with their verb, not those behind WITH.
        return self.text("SELECT changes()")[0][0] if self.dialect == "sqlite" else 0
