"""Writing the change feed: what a screen, of this process or of another, must show anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Delete, Insert, delete, func, insert, literal_column, select

from data.reader_base import Base, the
from data.reader_board import changes
from data.sql import Statement

KEPT: Final = 10_000
"""Lines of the feed that stay for readers who come late; who comes later still reads everything again."""
_TRIM_EVERY: Final = 2_000


def _line(act: str) -> Insert:
    return insert(changes).values(act=literal_column(act), what=the("what"), thing=the("thing"))


def _trim() -> Delete:
    newest = select(func.max(changes.c.id)).scalar_subquery()
    return delete(changes).where(changes.c.id <= newest - KEPT)


FEED = Statement(lambda: _line("0"), lambda: _line("CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)"))
TRIM = Statement(_trim)


class FeedWriter(Base):
    """Tells of changes."""

    def _tell(self, changes: Sequence[tuple[str, str]]) -> None:
        """Add lines to the feed: what (``deal``, ``delivery``, ``run`` for all of them, ``config``) and which one."""
        if not changes:
            return
        self.db.many(FEED, [{"what": what, "thing": thing} for what, thing in changes])
        self.memory.fed += len(changes)
        if self.memory.fed >= _TRIM_EVERY:
            self.memory.fed = 0
            self.db.run(TRIM)
