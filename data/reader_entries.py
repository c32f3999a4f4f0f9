"""Reading stays, runs and deliveries: the engine's side of a deal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, false, func, select

from core.model.deal import CauseKind, Entry
from core.model.moment import Moment
from core.model.run import Run, Waiting
from data import mapping, mapping_work
from data.columns import table_of
from data.reader_base import Base, the
from data.sql import Statement, among
from data.tables_deals import DealRow
from data.tables_work import EntryRow, RunRow

entries: Final = table_of(EntryRow)
runs: Final = table_of(RunRow)
deals: Final = table_of(DealRow)

ENTRY = Statement(lambda: select(entries).where(entries.c.id == the("id")))
ENTRIES_BY_ID = Statement(lambda: select(entries).where(among(entries.c.id, "ids")))
ENTRIES = Statement(lambda: select(entries).where(entries.c.deal == the("deal")).order_by(entries.c.id))
BATCH = Statement(
    lambda: select(entries).where(entries.c.batch == the("batch"), entries.c.batch.is_not(None)).order_by(entries.c.id)
)
LAST_BATCH = Statement(
    lambda: (
        select(entries.c.batch)
        .where(
            entries.c.undone_at.is_(None),
            entries.c.batch.is_not(None),
            entries.c.previous.is_not(None),
            entries.c.cause == CauseKind.PERSON.value,
        )
        .order_by(entries.c.id.desc())
        .limit(1)
    )
)


LAST_UNDONE = Statement(
    lambda: (
        select(entries.c.batch, entries.c.undone_no)
        .where(entries.c.undone_no.is_not(None))
        .order_by(entries.c.undone_no.desc())
        .limit(1)
    )
)
AUTOMATIC = Statement(
    lambda: (
        select(func.count())
        .select_from(entries)
        .where(
            entries.c.deal == the("deal"),
            entries.c.at >= the("since"),
            entries.c.cause.in_((CauseKind.RULE.value, CauseKind.TRIGGER.value)),
        )
    )
)

RUN = Statement(lambda: select(runs).where(runs.c.id == the("id")))
RUNS = Statement(lambda: select(runs).where(runs.c.entry == the("entry")).order_by(runs.c.position, runs.c.id))
RUNS_OF_ENTRIES = Statement(
    lambda: select(runs).where(among(runs.c.entry, "ids")).order_by(runs.c.entry, runs.c.position, runs.c.id)
)
RUNS_BY_ID = Statement(lambda: select(runs).where(among(runs.c.id, "ids")))
HELD = Statement(
    lambda: (
        select(runs)
        .where(runs.c.status == "waiting", runs.c.reason == "grace")
        .order_by(runs.c.due_at, runs.c.position, runs.c.id)
    )
)
RUNS_CANCELLED_BY = Statement(
    lambda: (
        select(runs)
        .where(runs.c.cancelled_by == the("entry"), runs.c.cancelled_by.is_not(None))
        .order_by(runs.c.position, runs.c.id)
    )
)
RAN_ONCE = Statement(
    lambda: (
        select(runs.c.id)
        .where(
            runs.c.deal == the("deal"),
            runs.c.rule == the("rule"),
            runs.c.status.in_(("done", "sending")),
            runs.c.id != the("but"),
        )
        .limit(1)
    )
)
_not_happened: Final = runs.c.status.in_(("waiting", "no_date"))
WAITING_OF_RULE = Statement(lambda: select(runs).where(runs.c.rule == the("rule"), _not_happened).order_by(runs.c.id))
FIRST_WAITING_OF_RULE = Statement(
    lambda: (
        select(runs)
        .where(runs.c.rule == the("rule"), _not_happened)
        .order_by(runs.c.rule, runs.c.id)
        .limit(the("limit"))
    )
)
LEFT_OF_RULE = Statement(
    lambda: (
        select(runs)
        .where(runs.c.rule == the("rule"), _not_happened, func.coalesce(runs.c.reason, "") != Waiting.ASKED)
        .order_by(runs.c.rule, runs.c.id)
        .limit(the("limit"))
    )
)
WAITING_COUNT_OF_RULE = Statement(
    lambda: select(func.count()).select_from(runs).where(runs.c.rule == the("rule"), _not_happened)
)
# Deals of a stage, top of the column first, whose open stay has no run of a rule.
LACKING = Statement(
    lambda: (
        select(deals.c.id)
        .where(
            deals.c.pipeline == the("pipeline"),
            deals.c.stage == the("stage"),
            deals.c.removed == false(),
            deals.c.entry.is_not(None),
            ~select(runs.c.id)
            .where(runs.c.entry == deals.c.entry, runs.c.rule == the("rule"))
            .correlate(deals)
            .exists(),
        )
        .order_by(deals.c.rank.desc(), deals.c.id)
    )
)
WAITING_COUNT = Statement(lambda: select(func.count()).select_from(runs).where(_not_happened))
ANY_RUN = Statement(lambda: select(func.max(runs.c.id)))


@cache
def runs_where(*, deal: bool, rule: bool) -> Statement:
    """Return the statement that lists runs of a deal, of a rule, or all."""

    def build() -> Select[Any]:
        found = select(runs).order_by(runs.c.id)
        if deal:
            found = found.where(runs.c.deal == the("deal"))
        return found.where(runs.c.rule == the("rule")) if rule else found

    return Statement(build)


class EntryReader(Base):
    """Stays, runs, the outbox, and when something is due."""

    def entry(self, entry_id: int) -> Entry | None:
        """Return one stay of a deal."""
        row = self.db.one(ENTRY, id=entry_id)
        return mapping.entry_of(row) if row else None

    def entries_by_id(self, ids: Iterable[int]) -> Mapping[int, Entry]:
        """Return stays by id in one statement."""
        return {row[0]: mapping.entry_of(row) for row in self.db.rows(ENTRIES_BY_ID, ids=list(ids))}

    def entries(self, deal_id: str) -> Sequence[Entry]:
        """Return all stays of a deal, oldest first."""
        return [mapping.entry_of(row) for row in self.db.rows(ENTRIES, deal=deal_id)]

    def batch(self, batch: str) -> Sequence[Entry]:
        """Return the entries of one act."""
        return [mapping.entry_of(row) for row in self.db.rows(BATCH, batch=batch)]

    def last_batch(self) -> str | None:
        """Return the newest act of a person that has not been undone, even if its deal has moved on since."""
        row = self.db.one(LAST_BATCH)
        return row[0] if row else None

    def last_undone(self) -> str | None:
        """Return the act of a person that was undone last, even if its deal has moved on since."""
        row = self.db.one(LAST_UNDONE)
        return row[0] if row else None

    def last_undo_number(self) -> int:
        """Return the number of the act that was undone last, 0 when none is undone."""
        row = self.db.one(LAST_UNDONE)
        return row[1] if row else 0

    def automatic_moves(self, deal_id: str, since: Moment) -> int:
        """Return how many entries of the deal since then no person asked for (undone ones count)."""
        row = self.db.one(AUTOMATIC, deal=deal_id, since=since)
        return row[0] if row else 0

    def run(self, run_id: int) -> Run | None:
        """Return one run."""
        row = self.db.one(RUN, id=run_id)
        return mapping_work.run_of(row) if row else None

    def runs(self, entry_id: int) -> Sequence[Run]:
        """Return the runs of one stay in rule order."""
        return self._runs(RUNS, entry=entry_id)

    def runs_of_entries(self, ids: Iterable[int]) -> Mapping[int, list[Run]]:
        """Return the runs of many stays in rule order, by stay, in one statement; stays without runs are left out."""
        found: dict[int, list[Run]] = {}
        for run in self._runs(RUNS_OF_ENTRIES, ids=list(ids)):
            found.setdefault(run.entry, []).append(run)
        return found

    def runs_by_id(self, ids: Iterable[int]) -> Mapping[int, Run]:
        """Return runs by id in one statement."""
        wanted = list(ids)
        return {run.id: run for run in self._runs(RUNS_BY_ID, ids=wanted)} if wanted else {}

    def runs_of(self, deal: str | None = None, rule: str | None = None) -> Sequence[Run]:
        """Return runs, oldest first."""
        return self._runs(runs_where(deal=deal is not None, rule=rule is not None), deal=deal, rule=rule)

    def held(self, now: Moment) -> Sequence[Run]:
        """Return waiting runs with reason ``grace``, soonest first; one whose moment has come stands until it acts."""
        return self._runs(HELD)

    def waiting_runs(self, rule_id: str, limit: int | None = None) -> Sequence[Run]:
        """Return the runs of a rule that have not happened (the first ``limit``)."""
        return self._runs(WAITING_OF_RULE if limit is None else FIRST_WAITING_OF_RULE, rule=rule_id, limit=limit)

    def left_runs(self, rule_id: str, limit: int) -> Sequence[Run]:
        """Return the first runs of a rule that have not happened and that no person has asked for."""
        return self._runs(LEFT_OF_RULE, rule=rule_id, limit=limit)

    def lacking(self, pipeline: str, stage: str, rule_id: str) -> Sequence[str]:
        """Return the deals of a stage whose open stay has no run of the rule, top of the column first."""
        return [row[0] for row in self.db.rows(LACKING, pipeline=pipeline, stage=stage, rule=rule_id)]

    def waiting_runs_count(self, rule_id: str | None = None) -> int:
        """Return how many runs have not happened yet, of all rules or of one."""
        row = self.db.one(WAITING_COUNT) if rule_id is None else self.db.one(WAITING_COUNT_OF_RULE, rule=rule_id)
        return row[0] if row else 0

    def has_runs(self) -> bool:
        """Return whether any run exists."""
        row = self.db.one(ANY_RUN)
        return row is not None and row[0] is not None

    def ran_once(self, deal_id: str, rule_id: str, but: int = 0) -> bool:
        """Return whether a run of the rule on the deal, other than ``but``, is done or has its message on the way."""
        return self.db.one(RAN_ONCE, deal=deal_id, rule=rule_id, but=but) is not None

    def _runs(self, statement: Statement, **params: Any) -> list[Run]:
        return [mapping_work.run_of(row) for row in self.db.rows(statement, **params)]
