"""Databases in memory that are copied in no time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from core.ports import Clock
from data import fresh
from data.inline import InlineStore
from data.reader import SqlReader
from data.reader_base import Memory
from data.sql import Db
from data.tx import SqlTx


def nothing() -> None:
    """Let the process live."""


def inline_store(
    connection: sqlite3.Connection | Db,
    clock: Clock,
    before_commit: Callable[[], None] = nothing,
    after_commit: Callable[[], None] = nothing,
    *,
    memory: Memory | None = None,
    make_tx: Callable[[Db, Memory, Clock], SqlTx] = SqlTx,
) -> InlineStore:
    """Return a store over a connection; several share it as processes share a file, and those over the same ``Db`` hear
    of one another.

    ``memory`` spares the seed from reading the same configuration once more for each of its processes; it is valid for
    all of them, since no two states of the configuration have the same version. ``make_tx`` watches what is written.
    """
    shared = memory or Memory()
    return InlineStore(
        connection if isinstance(connection, Db) else Db(connection, "sqlite"),
        lambda db: SqlReader(db, shared, clock),
        lambda db: make_tx(db, shared, clock),
        before_commit=before_commit,
        after_commit=after_commit,
    )


Tables = Mapping[str, Sequence[tuple[Any, ...]]]


def copy_of(data: Tables | None) -> sqlite3.Connection:
    """Return a database of its own with that content (None: only the tables)."""
    connection = fresh.memory_db("cafe00000001").connection
    assert isinstance(connection, sqlite3.Connection)
    if data is not None:
        restore(connection, data)
    return connection


def contents(connection: sqlite3.Connection) -> Tables:
    """Return all rows of all tables."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in names}


def _filled(connection: sqlite3.Connection, names: Iterable[str]) -> set[str]:
    """Return which of the tables have rows."""
    each = [f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names]
    return {name for (name,) in connection.execute(" UNION ALL ".join(each)).fetchall()}


def restore(connection: sqlite3.Connection, tables: Tables, house: str | None = None) -> None:
    """Put the rows back as they were, through statements that stay prepared; ``house`` gives the house another id."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")
    connection.execute("BEGIN")
    filled = _filled(connection, tables)
    for name, rows in tables.items():
        if rows or name in filled:
            connection.execute(f'DELETE FROM "{name}"')
        if rows:
            places = ", ".join("?" * len(rows[0]))
            connection.executemany(f'INSERT INTO "{name}" VALUES ({places})', rows)
    if house is not None:
        connection.execute("UPDATE meta SET house = ?", (house,))
    connection.execute("COMMIT")
