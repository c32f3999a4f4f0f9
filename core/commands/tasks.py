"""Tasks on deals: putting one there by hand, completing it, opening it again."""

from __future__ import annotations

from dataclasses import dataclass

from core.commands import lookup, recording
from core.commands.recording import Recorded, Report
from core.effects import CreateTask
from core.engine.changing import HOUSE
from core.errors import BadInput, Refused, UnknownThing
from core.i18n import N_
from core.model.deal import Deal
from core.model.event import Event
from core.model.frozen import replace
from core.model.house import House
from core.model.moment import Moment
from core.model.task import Task
from core.model.timeline import TimelineKind, TimelineRow
from core.naming import check_name
from core.plan import Plan
from core.ports import Job, Tx
from core.rules import dating
from core.safe_text import storable
from core.words import Words

DONE = "task_done"
"""The kind of the event that completing raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """What a person says of a new task; ``assignee`` None is the deal's responsible, ``due`` as rules write it
    (``2d``, ``close_date - 1d``, ``2026-12-24T10:00``)."""

    title: str
    text: str = ""
    assignee: str | None = None
    due: str | None = None


def add_task(deal_id: str, new: NewTask, by: str | None = None) -> Job[Task]:
    """Return a job that puts a task on a deal; it counts as activity. Raises ``UnknownThing``, ``Refused``,
    ``BadInput``."""

    def job(tx: Tx) -> Task:
        house, now = tx.house(), tx.now()
        tx.hold([deal_id])
        deal = lookup.deal(tx, deal_id)
        author = lookup.author(house, by, deal.responsible)
        due = dating.moment(new.due, tx.facts(deal, now)) if new.due and new.due.strip() else None
        effect = CreateTask(
            title=_title(new.title), text=_text(new.text), assignee=_assignee(house, new, deal), due_at=due
        )
        _touch(tx, deal, now)
        tx.apply(Plan(effects=[(deal.id, author, effect)]))
        return tx.tasks(deal.id)[-1]

    return job


def _assignee(house: House, new: NewTask, deal: Deal) -> str | None:
    return lookup.user(house, new.assignee).id if new.assignee else deal.responsible


def _title(text: str) -> str:
    title = check_name("title", text.strip())
    if not title:
        raise BadInput(N_("a task needs a title"))
    return title


def _text(text: str) -> str:
    if storable(text) != text:
        raise BadInput(N_("a task cannot hold NUL or what is not valid text"))
    return text


def complete_task(task_id: str, by: str | None = None) -> Job[Task]:
    """Return a job that completes a task (``T12``), in the name of who is responsible for the deal unless ``by`` says
    who did it, and records ``task_done``. Raises ``UnknownThing``, and ``Refused`` for one that is done."""

    def job(tx: Tx) -> Task:
        deal, task = _held(tx, task_id)
        _must_be_open(task)
        version = _complete(tx, deal, task, by)
        tx.record(_event(tx, task, by, Report(id=f"{DONE}:{task.public_id}:{version}", source=HOUSE)))
        return _again(tx, task)

    return job


def task_done(report: Report, task_id: str, deal_id: str | None = None, by: str | None = None) -> Job[Recorded]:
    """Return a job that takes in that a task was completed elsewhere. What is known already changes nothing.

    Raises like :func:`complete_task`, and for a task of another deal than the one named.
    """

    def job(tx: Tx) -> Recorded:
        known = recording.known(tx, report)
        if known is not None:
            return known
        deal, task = _held(tx, task_id)
        if deal_id is not None and lookup.deal(tx, deal_id).id != deal.id:
            raise UnknownThing(N_("deal {deal} has no task “{task}”"), deal=deal_id, task=task_id)
        _must_be_open(task)
        taken = recording.record(tx, _event(tx, task, by, report))
        if taken.new:
            _complete(tx, deal, task, by)
        return taken

    return job


def reopen_task(task_id: str, by: str | None = None) -> Job[Task]:
    """Return a job that opens a completed task again; no trigger hears of it. Raises ``UnknownThing``, and ``Refused``
    for one that is open."""

    def job(tx: Tx) -> Task:
        deal, task = _held(tx, task_id)
        if task.done_at is None:
            raise Refused(N_("task “{task}” is open"), task=task.public_id)
        tx.mark_task(task.id, None)
        _tell(tx, deal, task, by, Words(N_("task opened again: {title}"), {"title": task.title}), done=False)
        return _again(tx, task)

    return job


def _held(tx: Tx, task_id: str) -> tuple[Deal, Task]:
    """Return a task and its deal, kept from other transactions and read as they stand then."""
    tx.hold([lookup.task(tx, task_id).deal])
    task = lookup.task(tx, task_id)
    return lookup.deal(tx, task.deal), task


def _again(tx: Tx, task: Task) -> Task:
    found = tx.task(task.id)
    assert found is not None
    return found


def _must_be_open(task: Task) -> None:
    if task.done_at is not None:
        raise Refused(N_("task “{task}” is done already"), task=task.public_id)


def _complete(tx: Tx, deal: Deal, task: Task, by: str | None) -> int:
    """Mark a task and tell the deal's history; returns the version that the deal has then."""
    tx.mark_task(task.id, tx.now())
    return _tell(tx, deal, task, by, Words(N_("task done: {title}"), {"title": task.title}), done=True)


def _tell(tx: Tx, deal: Deal, task: Task, by: str | None, words: Words, *, done: bool) -> int:
    now, author = tx.now(), lookup.author(tx.house(), by, deal.responsible)
    data = {"task": task.id, "title": task.title, "assignee": task.assignee, "done": done}
    line = TimelineRow(deal=deal.id, at=now, kind=TimelineKind.TASK, by=author, text=words, data=data)
    return _touch(tx, deal, now, line)


def _touch(tx: Tx, deal: Deal, now: Moment, *lines: TimelineRow) -> int:
    after = replace(deal, active_at=now, version=deal.version + 1)
    tx.apply(Plan(deals_changed=[(deal, after)], timeline=list(lines)))
    return after.version


def _event(tx: Tx, task: Task, by: str | None, report: Report) -> Event:
    data = {"task": task.public_id, "title": task.title, "assignee": task.assignee, "by": by}
    at = report.at if report.at is not None else tx.now()
    return Event(kind=DONE, source=report.source, outside_id=report.id, at=at, deal=task.deal, data=data)
