"""Writing the change feed: what a screen, of this process or of another, must show anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Delete, Insert, TextClause, delete, func, insert, literal_column, select

from data.reader_base import Base, the
from data.reader_board import changes
from data.sql import Statement, with_list

KEPT: Final = 10_000
"""Lines of the feed that stay for readers who come late; who comes later still reads everything again."""
_TRIM_EVERY: Final = 2_000
_FEW: Final = 4
"""Lines up to which one insert a line is quicker than one insert of a list."""
_ACT: Final = "CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)"


def _line(act: str) -> Insert:
    return insert(changes).values(act=literal_column(act), what=the("what"), thing=the("thing"))


def _lines(act: str, things: str) -> TextClause:
    line = f"{act}, CAST(:what AS TEXT), CAST(value AS TEXT)"
    return with_list(f"INSERT INTO changes (act, what, thing) SELECT {line} FROM {things}", "things")


def _trim() -> Delete:
    newest = select(func.max(changes.c.id)).scalar_subquery()
    return delete(changes).where(changes.c.id <= newest - KEPT)


FEED = Statement(lambda: _line("0"), lambda: _line(_ACT))
FEED_LIST = Statement(
    lambda: _lines("0", "json_each(:things)"), lambda: _lines(_ACT, "unnest(CAST(:things AS TEXT[])) AS value")
)
TRIM = Statement(_trim)


class FeedWriter(Base):
    """Tells of changes."""

    def _tell(self, changes: Sequence[tuple[str, str]]) -> None:
        """Add lines to the feed: what (``deal``, ``delivery``, ``run`` for all of them, ``chat``, ``config``) and
        which one."""
        if len(changes) > _FEW:
            for what in dict.fromkeys(what for what, _ in changes):
                self._tell_all(what, [thing for kind, thing in changes if kind == what])
        elif changes:
            self.db.many(FEED, [{"what": what, "thing": thing} for what, thing in changes])
            self._fed(len(changes))

    def _tell_all(self, what: str, things: Sequence[str | int]) -> None:
        """Add a line for each of many things of one kind."""
        self.db.run(FEED_LIST, what=what, things=things)
        self._fed(len(things))

    def _fed(self, lines: int) -> None:
        self.memory.fed += lines
        if self.memory.fed >= _TRIM_EVERY:
            self.memory.fed = 0
            self.db.run(TRIM)
