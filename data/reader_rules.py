"""Reading about rules and triggers, for those who edit them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import func, or_, select

from core.model.moment import Moment
from core.model.run import RunStatus
from core.rule_ports import Counts, Version, What
from data import mapping_house as mapping
from data.columns import table_of
from data.reader_base import Base, the
from data.reader_config import revisions, rules, triggers
from data.sql import Statement, among
from data.tables_work import RunRow

runs: Final = table_of(RunRow)

RULE_IDS = Statement(lambda: select(rules.c.id).where(among(rules.c.id, "ids")))
TRIGGER_IDS = Statement(lambda: select(triggers.c.id).where(among(triggers.c.id, "ids")))
ENDED_RUNS = Statement(
    lambda: (
        select(runs.c.rule, runs.c.status, func.count())
        .where(
            among(runs.c.rule, "ids"),
            or_(runs.c.ended_at >= the("since"), runs.c.status == RunStatus.SENDING.value),
        )
        .group_by(runs.c.rule, runs.c.status)
    )
)
UNENDED_RUNS = Statement(
    lambda: (
        select(runs.c.rule, func.count())
        .where(among(runs.c.rule, "ids"), runs.c.status.in_(("waiting", "no_date")))
        .group_by(runs.c.rule)
    )
)


VERSIONS = Statement(
    lambda: (
        select(revisions.c.id, revisions.c.spec, revisions.c.author, revisions.c.at)
        .where(revisions.c.rule == the("rule"))
        .order_by(revisions.c.id.desc())
    )
)


class RuleReader(Base):
    """Reads about rules and triggers."""

    def taken(self, what: What, ids: Iterable[str]) -> Collection[str]:
        """Return which of these ids a rule (or trigger) has or has had: a new one needs another."""
        statement = RULE_IDS if what == "rule" else TRIGGER_IDS
        return {row[0] for row in self.db.rows(statement, ids=list(ids))}

    def rule_counts(self, rules: Iterable[str], since: Moment) -> Mapping[str, Counts]:
        """Return what has become of the runs of rules that ended since a moment, and what waits; a rule without any is
        left out."""
        ids, found = list(rules), defaultdict[str, Counter[str]](Counter)
        for rule, status, count in self.db.rows(ENDED_RUNS, ids=ids, since=since):
            found[rule][status] += count
        for rule, count in self.db.rows(UNENDED_RUNS, ids=ids):
            found[rule][RunStatus.WAITING.value] += count
        return {
            rule: Counts(
                done=each[RunStatus.DONE.value],
                failed=each[RunStatus.FAILED.value],
                waiting=each[RunStatus.WAITING.value] + each[RunStatus.SENDING.value],
            )
            for rule, each in found.items()
        }

    def versions(self, rule_id: str) -> Sequence[Version]:
        """Return the revisions of a rule, newest first; those of a removed one too."""
        found = self.db.rows(VERSIONS, rule=rule_id)
        return [
            Version(mapping.load_rule(rule_id, number, spec), author, Moment(at)) for number, spec, author, at in found
        ]
