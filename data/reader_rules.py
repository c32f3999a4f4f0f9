"""Reading about rules and triggers, for those who edit them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select

from core.rule_ports import What
from data.reader_base import Base
from data.reader_config import rules, triggers
from data.sql import Statement, among

RULE_IDS = Statement(lambda: select(rules.c.id).where(among(rules.c.id, "ids")))
TRIGGER_IDS = Statement(lambda: select(triggers.c.id).where(among(triggers.c.id, "ids")))


class RuleReader(Base):
    """Reads about rules and triggers."""

    def taken(self, what: What, ids: Iterable[str]) -> Collection[str]:
        """Return which of these ids a rule (or trigger) has or has had: a new one needs another."""
        statement = RULE_IDS if what == "rule" else TRIGGER_IDS
        return {row[0] for row in self.db.rows(statement, ids=list(ids))}
