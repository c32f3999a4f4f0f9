"""What a planner wants written: rows before and after. The Store applies a plan in one transaction, or none of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.effects import Assign, ChatNote, Comment, CreateTask, KeepInvite, Notify, SetField, StartTimer, StoreFile
from core.model.deal import Deal, Entry
from core.model.delivery import Delivery, Outcome
from core.model.line import Attempt
from core.model.run import Run
from core.model.timeline import TimelineRow

DealEffect = SetField | Assign | Notify | Comment | CreateTask | StoreFile | StartTimer | ChatNote | KeepInvite


@dataclass(slots=True)
class NewEntry:
    """A deal's coming into a stage with the runs that it starts. Ids are given by the Store (0 here).

    ``deal`` is the deal as it shall stand (``before`` None: a new deal). The Store checks ``before.version``, links
    deal, entry and runs, and moves the column totals by the difference. ``closes`` is the stay that ends at
    ``entry.at``; the Store marks what leaving it cancels with the new entry's id (``cancelled_by``).
    """

    before: Deal | None
    deal: Deal
    entry: Entry
    runs: list[Run]
    closes: Entry | None = None
    cancelled_runs: list[tuple[Run, Run]] = field(default_factory=list)
    cancelled_deliveries: list[tuple[Delivery, Delivery]] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """A list of changes by table. ``*_changed`` are (before, after) pairs; a row that is no longer as ``before`` says
    makes the Store raise ``StaleDeal`` (deals) or skip it (runs and deliveries: somebody was quicker).

    ``runs`` are new ones of stays that are there already. ``effects`` are (deal id, who, effect) for the effects that
    touch the deal without bringing it into a stage.

    ``accepted`` are messages of the caller's own (it has looked that it still leases them) that their peers took. Most
    messages end so, and the Store ends them all at once: the message is *sent* now, its run *done* unless another
    message of it was not taken, and a line of history refers to it.
    """

    entered: list[NewEntry] = field(default_factory=list)
    deals_changed: list[tuple[Deal, Deal]] = field(default_factory=list)
    entries_changed: list[tuple[Entry, Entry]] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    runs_changed: list[tuple[Run, Run]] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    deliveries_changed: list[tuple[Delivery, Delivery]] = field(default_factory=list)
    timeline: list[TimelineRow] = field(default_factory=list)
    effects: list[tuple[str, str, DealEffect]] = field(default_factory=list)
    accepted: list[tuple[Delivery, Outcome]] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)


def merge(into: Plan, more: Plan) -> None:
    """Add one plan's rows to another's."""
    for name in Plan.__slots__:
        if rows := getattr(more, name):
            getattr(into, name).extend(rows)


def clear(plan: Plan) -> None:
    """Empty a plan that has been written."""
    for name in Plan.__slots__:
        getattr(plan, name).clear()
