"""Reading tasks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, false, select

from core.model.task import Task
from data.reader_base import Base, the
from data.reader_board import tasks
from data.reader_listing import deals
from data.sql import Statement

TASK = Statement(lambda: select(tasks).where(tasks.c.id == the("id")))
TASKS = Statement(lambda: select(tasks).where(tasks.c.deal == the("deal")).order_by(tasks.c.id))


@cache
def open_tasks_where(*, assignee: bool, limit: bool) -> Statement:
    """Return the statement that lists what is still to be done."""

    def build() -> Select[Any]:
        found = (
            select(tasks)
            .join(deals, deals.c.id == tasks.c.deal)
            .where(tasks.c.done_at.is_(None), deals.c.removed == false())
            .order_by(tasks.c.due_at.is_(None), tasks.c.due_at, tasks.c.id)
        )
        if assignee:
            found = found.where(tasks.c.assignee == the("assignee"))
        return found.limit(the("limit")) if limit else found

    return Statement(build)


class TaskReader(Base):
    """What is to be done on deals."""

    def task(self, task_id: int) -> Task | None:
        """Return one task."""
        row = self.db.one(TASK, id=task_id)
        return task_of(row) if row else None

    def tasks(self, deal_id: str) -> Sequence[Task]:
        """Return a deal's tasks, oldest first."""
        return [task_of(row) for row in self.db.rows(TASKS, deal=deal_id)]

    def open_tasks(self, assignee: str | None = None, limit: int | None = None) -> Sequence[Task]:
        """Return tasks that are still to be done (somebody's), of deals in use: the soonest due first, those without a
        deadline last."""
        given = {"assignee": assignee, "limit": limit}
        params = {name: value for name, value in given.items() if value is not None}
        statement = open_tasks_where(assignee=assignee is not None, limit=limit is not None)
        return [task_of(row) for row in self.db.rows(statement, **params)]


def task_of(row: Any) -> Task:
    """Return the task of a row."""
    return Task(**dict(zip(tasks.c.keys(), row, strict=True)))
