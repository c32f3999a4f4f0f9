"""Giving turns."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from data.reader_base import the
from data.reader_config import rules
from data.reader_turns import TurnReader, turns
from data.sql import Statement, among
from data.tx_statements import upsertion

HOLD_TURNS = Statement(
    lambda: select(rules.c.id).where(among(rules.c.id, "ids")).order_by(rules.c.id).with_for_update()
)
LAST_TURN = Statement(lambda: select(func.coalesce(func.max(turns.c.turn), 0)).where(turns.c.rule == the("rule")))
PUT_TURN = upsertion(turns)


class TurnWriter(TurnReader):
    """Who has been given a deal by turns."""

    def hold_turns(self, rules: Iterable[str]) -> None:
        """Keep other transactions from sharing out by these rules until the commit; SQLite has one writer anyway."""
        wanted = sorted(set(rules))
        if wanted and self.db.dialect != "sqlite":
            self.db.rows(HOLD_TURNS, ids=wanted)

    def _take_turn(self, rule: str, user: str) -> None:
        row = self.db.one(LAST_TURN, rule=rule)
        assert row is not None
        self.db.run(PUT_TURN, rule=rule, user=user, turn=row[0] + 1)
