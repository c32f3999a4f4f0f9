"""``funil task``: what is to be done on deals."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from adapters.cli import shapes
from adapters.cli.parser import Family, at_least_one
from adapters.cli.printing import as_json, say, table
from adapters.cli.reading import local, opened, read
from core import commands
from core.commands import NewTask, lookup
from core.i18n import gettext as _
from core.model.house import House
from core.model.task import Task
from core.ports import Reader
from core.words import fill

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def options(parser: argparse.ArgumentParser) -> None:
    """Add the verbs."""
    family = Family(parser)
    verb = family.add("list", "task:list_tasks", _("print what is to be done, the soonest due first"))
    verb.add_argument("--deal", metavar=_("DEAL"), help=_("all tasks of a deal, done ones too"))
    verb.add_argument("--assignee", metavar=_("USER"), help=_("one user's"))
    verb.add_argument("--limit", metavar="N", type=at_least_one, help=_("the first N only"))
    verb = family.add("add", "task:add", _("put a task on a deal and print its id"))
    verb.add_argument("deal", metavar=_("DEAL"))
    verb.add_argument("--title", metavar=_("TEXT"), required=True)
    verb.add_argument("--text", metavar=_("TEXT"), default="")
    verb.add_argument("--assignee", metavar=_("USER"), help=_("default: the responsible"))
    verb.add_argument("--due", metavar=_("WHEN"), help=_("like 2d, close_date - 1d or 2026-12-24T10:00"))
    verb.add_argument("--by", metavar=_("USER"), help=_("who gives it; default: the responsible"))
    for name, about in (("done", _("complete a task; triggers hear of it")), ("reopen", _("open a task again"))):
        verb = family.add(name, f"task:{name}", about)
        verb.add_argument("task", metavar=_("TASK"))
        verb.add_argument("--by", metavar=_("USER"), help=_("who did it; default: the responsible"))


def list_tasks(args: argparse.Namespace, roof: Roof) -> int:
    """Print tasks."""
    house, found = read(args, roof, lambda reader: (reader.house(), _found(reader, args)))
    if args.json:
        as_json([shapes.task(task) for task in found])
        return 0
    rows = [_row(house, each) for each in found]
    due = fill(_("DUE ({zone})"), {"zone": house.company.timezone})
    table((_("TASK"), _("DEAL"), _("TITLE"), _("ASSIGNEE"), due, _("STATUS")), rows)
    return 0


def _found(reader: Reader, args: argparse.Namespace) -> Sequence[Task]:
    if args.assignee is not None:
        lookup.user(reader.house(), args.assignee)
    if args.deal is None:
        return reader.open_tasks(args.assignee, args.limit)
    found = reader.tasks(lookup.deal(reader, args.deal).id)
    return [task for task in found if args.assignee in (None, task.assignee)][: args.limit]


def _row(house: House, task: Task) -> tuple[str, ...]:
    due = local(house, task.due_at, seconds=False)
    return (task.public_id, task.deal, task.title, task.assignee or "", due, _state(task))


def _state(task: Task) -> str:
    return _("to do") if task.done_at is None else _("completed")


def add(args: argparse.Namespace, roof: Roof) -> int:
    """Put a task on a deal."""
    new = NewTask(title=args.title, text=args.text, assignee=args.assignee, due=args.due)
    with opened(args, roof) as store:
        made = store.write_now(commands.add_task(args.deal, new, args.by))
    return _told(args, made, "{task}")


def done(args: argparse.Namespace, roof: Roof) -> int:
    """Complete a task."""
    with opened(args, roof) as store:
        task = store.write_now(commands.complete_task(args.task, args.by))
    return _told(args, task, _("{task}: done"))


def reopen(args: argparse.Namespace, roof: Roof) -> int:
    """Open a task again."""
    with opened(args, roof) as store:
        task = store.write_now(commands.reopen_task(args.task, args.by))
    return _told(args, task, _("{task}: open again"))


def _told(args: argparse.Namespace, task: Task, sentence: str) -> int:
    if args.json:
        as_json(shapes.task(task))
    else:
        say(fill(sentence, {"task": task.public_id}))
    return 0
