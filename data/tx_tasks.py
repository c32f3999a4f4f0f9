"""Writing tasks; what puts one on a deal is an effect (:mod:`data.tx_effects`)."""

from __future__ import annotations

from core.model.moment import Moment
from data.reader_board import tasks
from data.reader_tasks import TaskReader
from data.tx_statements import alteration

MARK_TASK = alteration(tasks, ("done_at",))


class TaskWriter(TaskReader):
    """What has been done."""

    def mark_task(self, task_id: int, done_at: Moment | None) -> None:
        """Note that a task is done, or open again (None)."""
        self.db.many(MARK_TASK, [{"id": task_id, "done_at": done_at}])
