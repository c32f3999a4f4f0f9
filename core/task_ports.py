"""What core needs of the Store for tasks, and to share work out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from core.inbox_ports import InboxReader, InboxTx
from core.model.moment import Moment
from core.model.task import Task
from core.turn_ports import TurnReader, TurnTx


class TaskReader(TurnReader, InboxReader, Protocol):
    """The reads, a part of :class:`core.ports.Reader`."""

    def task(self, task_id: int) -> Task | None:
        """Return one task."""

    def tasks(self, deal_id: str) -> Sequence[Task]:
        """Return a deal's tasks, oldest first."""

    def open_tasks(self, assignee: str | None = None, limit: int | None = None) -> Sequence[Task]:
        """Return tasks that are still to be done (somebody's), of deals in use: the soonest due first, those without a
        deadline last."""


class TaskTx(TurnTx, InboxTx, Protocol):
    """The writes, a part of :class:`core.ports.Tx`."""

    def mark_task(self, task_id: int, done_at: Moment | None) -> None:
        """Note that a task is done, or open again (None)."""
