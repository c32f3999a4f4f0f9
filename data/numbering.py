"""Ids of rows that were set aside: their own, or fresh ones, counted behind the last number that was given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, String, Table, Update, cast, func, select, union, update
from sqlalchemy import literal_column as literal

from data.reader_base import meta, the
from data.sql import Db, Statement, among

Statements: TypeAlias = Mapping[str, Statement]


@dataclass(frozen=True, slots=True)
class Numbered:
    """Rows set aside for a table: ``own`` is the column of the ids that they bring, ``counter`` the house's."""

    target: Table
    staged: Table
    own: str
    letter: str
    counter: str

    @property
    def id(self) -> ColumnElement[str]:
        """The row's id: its own, or the next fresh one behind the last number given."""
        number = cast(self.staged.c.fresh + the("numbers"), String)
        fresh: ColumnElement[str] = literal(f"'{self.letter}'", String) + number
        return func.coalesce(self.staged.c[self.own], fresh)

    def statements(self) -> Statements:
        """Return what counting, comparing and giving ids takes, by name."""
        staged, target, own = self.staged, self.target, self.staged.c[self.own]
        return {
            "fresh": Statement(lambda: select(func.coalesce(func.max(staged.c.fresh), literal("0")))),
            "take": Statement(lambda: self._count(meta.c[self.counter] + the("n"))),
            "set": Statement(lambda: self._count(the("number"))),
            "colliding": Statement(
                lambda: select(target.c.id).join_from(staged, target, target.c.id == self.id).limit(the("limit"))
            ),
            "same": Statement(lambda: select(own).where(*self._numbered(own)).limit(literal("1"))),
            "numbered": Statement(
                lambda: union(*(select(column).where(*self._numbered(column)) for column in (target.c.id, own)))
            ),
            "unnumbered": Statement(lambda: select(staged.c.seq).where(own.is_(None)).order_by(staged.c.seq)),
            "give": Statement(
                lambda: update(staged).values({own.name: the("id")}).where(staged.c.seq == the("number"))
            ),
            "ids": Statement(lambda: select(self.id).order_by(staged.c.seq)),
            "taken": Statement(lambda: select(target.c.id, literal("0")).where(among(target.c.id, "ids"))),
            "taken_here": Statement(lambda: select(own, staged.c.line).where(among(own, "ids"))),
        }

    def _count(self, change: Any) -> Update:
        counter = meta.c[self.counter]
        return update(meta).values({self.counter: change}).where(meta.c.id == literal("1")).returning(counter)

    def _numbered(self, column: Any) -> tuple[ColumnElement[bool], ...]:
        return column >= literal(f"'{self.letter}'"), column < literal(f"'{chr(ord(self.letter) + 1)}'")


_TOLD: Final = 20


def give(db: Db, statements: Statements, letter: str) -> tuple[int, list[str]]:
    """Reserve numbers for the rows without an id; returns the last number before them, and ids that are taken."""
    fresh: int = db.rows(statements["fresh"])[0][0]
    numbers: int = db.rows(statements["take"], n=fresh)[0][0] - fresh
    if fresh and (db.rows(statements["same"]) or db.rows(statements["colliding"], numbers=numbers, limit=1)):
        _number(db, statements, letter, numbers)
    return numbers, [row[0] for row in db.rows(statements["colliding"], numbers=numbers, limit=_TOLD)]


def _number(db: Db, statements: Statements, letter: str, last: int) -> None:
    """Give each row without an id a fresh one, where some of the next numbers are taken."""
    written = re.compile(rf"{letter}([1-9][0-9]{{0,17}})", re.ASCII)
    found = map(written.fullmatch, (row[0] for row in db.rows(statements["numbered"])))
    taken = {int(match[1]) for match in found if match}
    free: Iterator[int] = (number for number in count(last + 1) if number not in taken)
    given = [{"number": row[0], "id": f"{letter}{next(free)}"} for row in db.rows(statements["unnumbered"])]
    db.many(statements["give"], given)
    db.rows(statements["set"], number=int(given[-1]["id"][len(letter) :]))
