"""Whose turn it is, and who has how much to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import false, func, select

from data.columns import table_of
from data.reader_base import Base, the
from data.reader_listing import deals
from data.sql import Statement, among
from data.tables_house import TurnRow

turns: Final = table_of(TurnRow)

TURNS = Statement(lambda: select(turns.c.user, turns.c.turn).where(turns.c.rule == the("rule")))
LOADS = Statement(
    lambda: (
        select(deals.c.responsible, func.count())
        .where(among(deals.c.responsible, "users"), deals.c.closed == false(), deals.c.removed == false())
        .where(deals.c.id != the("but"))
        .group_by(deals.c.responsible)
    )
)


class TurnReader(Base):
    """How deals have been shared out."""

    def turns(self, rule: str) -> Mapping[str, int]:
        """Return the number of the last turn that each user had with a rule; who had none is not there."""
        return dict(self.db.rows(TURNS, rule=rule))

    def loads(self, users: Iterable[str], but: str) -> Mapping[str, int]:
        """Return how many open deals users are responsible for, the deal ``but`` left out; none is left out too."""
        return dict(self.db.rows(LOADS, users=sorted(users), but=but))
