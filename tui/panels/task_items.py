"""The deal's tasks on its sheet: those still to be done, the soonest due first, then the ones done last."""

from __future__ import annotations

from typing import Final

from core.i18n import gettext as _
from core.model.task import Task
from core.safe_text import safe_text
from core.words import fill
from tui import format as fmt
from tui.outbound_paint import Moments
from tui.panels.deal_sheet import DealView
from tui.panels.flow import Knob, Para, Piece
from tui.panels.sheet import Item, Section
from tui.panels.spots import TaskSpot

DONE_SHOWN: Final = 3
"""Tasks shown that are done: the last ones, so that one completed by mistake can be opened again."""
_FAR: Final = 2**62


def items(view: DealView, moments: Moments) -> list[Item]:
    """Return a line for each task."""
    still = sorted(
        (task for task in view.tasks if task.done_at is None), key=lambda task: (task.due_at or _FAR, task.id)
    )
    done = sorted((task for task in view.tasks if task.done_at is not None), key=lambda task: -(task.done_at or 0))
    return [_item(view, task, moments) for task in (*still, *done[:DONE_SHOWN])]


def _item(view: DealView, task: Task, moments: Moments) -> Item:
    done = task.done_at is not None
    late = not done and task.due_at is not None and task.due_at < moments.now
    user = view.house.users.get(task.assignee or "")
    due = ""
    if task.due_at is not None:
        due = fill(_("due {when}"), {"when": fmt.short_time(task.due_at, moments.zone, moments.today)})
    notes = " · ".join(filter(None, (due, safe_text(user.name) if user else "")))
    pieces: tuple[Piece, ...] = (
        ("☑ " if done else "☐ ", "muted"),
        (safe_text(task.title), "off" if done else "plain"),
        (f"  {notes}" if notes else "", "bad" if late else "muted"),
    )
    knob = Knob(_("reopen") if done else _("done"), "panel.open")
    text = (Para(((safe_text(task.text, lines=True), "muted"),), 2, 2),) if task.text and not done else ()
    return Item(
        key=f"task:{task.id}",
        section=Section.FIELDS,
        paras=(Para(pieces, 0, 2, (knob,)), *text),
        spot=TaskSpot(task.public_id, done),
    )
