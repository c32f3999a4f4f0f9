"""Shapes of writing that every table shares."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import Insert, Table, Update, insert, update

from data.reader_base import the
from data.sql import Statement


def insertion(table: Table, leave: Collection[str] = (), **given: Callable[[], Any]) -> Statement:
    """Return the statement that adds a row, its parameters in the order of the table's columns.

    A counted ``id`` is the database's; ``given`` are computed; ``leave`` are not set. Leaving out what is always empty
    is worth it: sqlite3 takes three times as long for a None as for a number.
    """

    def build() -> Insert:
        counted = table.autoincrement_column
        names = [column.name for column in table.c if column is not counted and column.name not in {*given, *leave}]
        return insert(table).values(
            {name: the(name) for name in names} | {name: made() for name, made in given.items()}
        )

    return Statement(build)


def alteration(table: Table, names: Sequence[str], *, seen: str | None = None) -> Statement:
    """Return the statement that changes columns of the row ``:id``, if the column ``seen`` still is ``:seen``."""

    def build() -> Update:
        found = update(table).values({name: the(name) for name in names}).where(table.c.id == the("id"))
        return found if seen is None else found.where(table.c[seen] == the("seen"))

    return Statement(build)


def addition(table: Table, *, answers: str | None = "id") -> Statement:
    """Return the statement that adds a row unless one with the same key stands there, and answers with a column of the
    new one (None: with nothing). A counted ``id`` is the database's."""
    counted = table.autoincrement_column
    names = [column.name for column in table.c if column is not counted]

    def added(insert: Any) -> Insert:
        done: Insert = insert(table).values({name: the(name) for name in names}).on_conflict_do_nothing()
        return done if answers is None else done.returning(table.c[answers])

    def on_sqlite() -> Insert:
        from sqlalchemy.dialects.sqlite import insert

        return added(insert)

    def on_postgresql() -> Insert:
        from sqlalchemy.dialects.postgresql import insert

        return added(insert)

    return Statement(on_sqlite, on_postgresql)


def upsertion(table: Table, *, keep: Sequence[str] = (), **given: Callable[[], Any]) -> Statement:
    """Return the statement that makes or changes the row of a key; ``keep`` and ``given`` columns stay as they were."""
    keys = [column.name for column in table.primary_key]
    names = [column.name for column in table.c if column.name not in given]
    kept = {*keys, *keep}

    def changed(old: Any, new: Any) -> dict[str, Any]:
        return {name: new[name] for name in names if name not in kept}

    def values() -> dict[str, Any]:
        return {name: the(name) for name in names} | {name: make() for name, make in given.items()}

    return merging(table, values, changed)


def merging(
    table: Table, values: Callable[[], dict[str, Any]], changed: Callable[[Any, Any], dict[str, Any]]
) -> Statement:
    """Return the statement that adds a row, or changes the one of its key as ``changed(old, new)`` says."""
    keys = [column.name for column in table.primary_key]

    def merge(found: Any) -> Insert:
        merged: Insert = found.on_conflict_do_update(index_elements=keys, set_=changed(table.c, found.excluded))
        return merged

    def on_sqlite() -> Insert:
        from sqlalchemy.dialects.sqlite import insert as insert_

        return merge(insert_(table).values(values()))

    def on_postgresql() -> Insert:
        from sqlalchemy.dialects.postgresql import insert as insert_

        return merge(insert_(table).values(values()))

    return Statement(on_sqlite, on_postgresql)
