"""Waiting runs follow the deal: a changed date field or responsible gives them a new moment."""

from __future__ import annotations

from collections.abc import Collection

from core import fields
from core.engine import chaining, starting
from core.engine.starting import SHUT, Gate
from core.model.deal import Deal
from core.model.frozen import replace
from core.model.house import House
from core.model.moment import Moment
from core.model.rule import Hours, Rule
from core.model.run import Run, RunStatus, Waiting
from core.plan import Plan
from core.ports import Tx
from core.timing import PREVIOUS


def after_change(tx: Tx, before: Deal, after: Deal, now: Moment) -> None:
    """Reschedule what hangs on a field that has changed; reads runs only when a rule of the stage could."""
    if after.entry is None:
        return
    plan, house = Plan(), tx.house()
    runs = tx.runs(after.entry)
    for index, run in enumerate(runs):
        if run.status not in (RunStatus.WAITING, RunStatus.NO_DATE) or run.reason == Waiting.ASKED:
            continue
        rule = tx.revision(run.revision)
        dated = _dated(rule, before, after, house, now)
        if dated or _staffed(rule, before, after):
            gate = chaining.gate_of(runs, index, rule, now) if run.waits else SHUT
            # With a new date the run begins anew: how late that date was set counts for *late*.
            begun = replace(run, created_at=now) if dated else run
            plan.runs_changed.append((run, _again(tx, begun, rule, after, now, gate)))
    if plan.runs_changed:
        tx.apply(plan)


def _staffed(rule: Rule, before: Deal, after: Deal) -> bool:
    """Return whether the rule keeps to the hours of somebody else now."""
    return rule.hours in (Hours.RESPONSIBLE, Hours.BOTH) and before.responsible != after.responsible


def _dated(rule: Rule, before: Deal, after: Deal, house: House, now: Moment) -> bool:
    """Return whether the date that the rule counts from has changed."""
    of = rule.run.of
    if of is None or of == PREVIOUS:
        return False
    path = fields.resolve(of)
    old, new = (fields.value_of(path, starting.facts_of(house, deal, now)) for deal in (before, after))
    return bool(old != new)


def _again(tx: Tx, run: Run, rule: Rule, deal: Deal, now: Moment, gate: Gate) -> Run:
    """Return the run with its new moment."""
    house, entry = tx.house(), tx.entry(run.entry)
    facts = starting.facts_of(house, deal, now)
    return starting.schedule(
        run,
        rule,
        facts,
        entered=entry.at if entry else now,
        not_before=starting.held_until(house, entry, now) if entry else now,
        now=now,
        gate=gate,
    )


def after_absence(tx: Tx, entry_id: int, revived: Collection[Run], now: Moment, *, anew: bool = False) -> None:
    """Give runs that an undo or redo has revived the moments that the deal says now: a date or the responsible may have
    changed while they were cancelled. What stands as it stood keeps its moment, past ones too; ``anew`` (a redo) puts
    every one of them behind the new grace.
    """
    entry = tx.entry(entry_id)
    deal = tx.deal(entry.deal) if entry else None
    if entry is None or deal is None or entry.ended_at is not None:
        return
    ids, plan, runs = {run.id for run in revived}, Plan(), tx.runs(entry_id)
    for index, run in enumerate(runs):
        if run.id not in ids or run.status not in (RunStatus.WAITING, RunStatus.NO_DATE):
            continue
        if run.reason == Waiting.ASKED:
            held = starting.held_until(tx.house(), entry, now)
            if anew and (run.due_at or now) < held:
                plan.runs_changed.append((run, replace(run, due_at=held)))
            continue
        rule = tx.revision(run.revision)
        gate = chaining.gate_of(runs, index, rule, now) if run.waits else SHUT
        fresh = _again(tx, run, rule, deal, now, gate)
        if fresh.moment != run.moment:
            fresh = replace(fresh, created_at=now)
        if anew or (_may_shift(rule) and _shifted(run, fresh, now)):
            plan.runs_changed.append((run, fresh))
    if plan.runs_changed:
        tx.apply(plan)


def _may_shift(rule: Rule) -> bool:
    return rule.run.of not in (None, PREVIOUS) or rule.hours in (Hours.RESPONSIBLE, Hours.BOTH)


def _shifted(run: Run, fresh: Run, now: Moment) -> bool:
    moved = (run.status, run.moment) != (fresh.status, fresh.moment)
    return moved or max(run.due_at or now, now) != max(fresh.due_at or now, now)
