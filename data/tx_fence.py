"""Changes of runs and messages that somebody else was quicker with, and the history, which must not tell of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core.model.timeline import TimelineRow
from data.reader_base import Base
from data.reader_entries import runs
from data.reader_outbox import deliveries
from data.sql import Statement, among

RUN_STATES = Statement(lambda: select(runs.c.id, runs.c.status).where(among(runs.c.id, "ids")))
DELIVERY_STATES = Statement(
    lambda: select(deliveries.c.id, deliveries.c.status, deliveries.c.worker).where(among(deliveries.c.id, "ids"))
)


class FenceWriter(Base):
    """Changes rows that are still as the planner saw them, and knows which were not.

    That none is passed over is seen from the count alone; only else are the rows read again. A passed-over row that
    stands as planned all the same cannot be told from a changed one, and needs not be.
    """

    def _change_seen(
        self, statement: Statement, states: Statement, rows: Sequence[Mapping[str, Any]], sign: str
    ) -> set[str]:
        """Change rows; returns the public ids (``sign`` and number) of those that were passed over."""
        if self.db.many(statement, rows) == len(rows):
            return set()
        wanted = {row["id"]: row for row in rows}
        found = self.db.rows(states, ids=list(wanted))
        return {f"{sign}{id_}" for id_, *state in found if state != _state(wanted[id_], len(state))}


def _state(row: Mapping[str, Any], columns: int) -> list[Any]:
    return [row["status"], row["worker"]] if columns > 1 else [row["status"]]


def still_true(lines: Sequence[TimelineRow], passed_over: Iterable[str]) -> Sequence[TimelineRow]:
    """Return the lines without those that tell of a run or a message that was passed over."""
    gone = frozenset(passed_over)
    if not gone:
        return lines
    return [line for line in lines if gone.isdisjoint((line.data.get("run"), line.data.get("delivery")))]
