"""Waiting runs follow the deal: a changed date field or responsible gives them a new moment."""

from __future__ import annotations

from core import fields
from core.engine import chaining, starting
from core.model.deal import Deal
from core.model.house import House
from core.model.moment import Moment
from core.model.rule import Hours, Rule
from core.model.run import Run, RunStatus
from core.plan import Plan
from core.ports import Tx


def after_change(tx: Tx, before: Deal, after: Deal, now: Moment) -> None:
    """Reschedule what hangs on a field that has changed; reads runs only when a rule of the stage could."""
    if after.entry is None:
        return
    plan, house = Plan(), tx.house()
    runs = tx.runs(after.entry)
    for index, run in enumerate(runs):
        if run.status not in (RunStatus.WAITING, RunStatus.NO_DATE):
            continue
        rule = tx.revision(run.revision)
        if _concerns(rule, before, after, house, now):
            above = chaining.end_of(chaining.above_of(runs, index, rule), now) if run.waits else None
            plan.runs_changed.append((run, _again(tx, run, rule, after, now, above)))
    if plan.runs_changed:
        tx.apply(plan)


def _concerns(rule: Rule, before: Deal, after: Deal, house: House, now: Moment) -> bool:
    if rule.hours in (Hours.RESPONSIBLE, Hours.BOTH) and before.responsible != after.responsible:
        return True
    of = rule.run.of
    if of is None or of == "previous":
        return False
    path = fields.resolve(of)
    old, new = (fields.value_of(path, starting.facts_of(house, deal, now)) for deal in (before, after))
    return bool(old != new)


def _again(tx: Tx, run: Run, rule: Rule, deal: Deal, now: Moment, above: Moment | None) -> Run:
    """Return the run with its new moment; ``above`` is when what it waits for ended (None: nothing, or not yet)."""
    house, entry = tx.house(), tx.entry(run.entry)
    facts = starting.facts_of(house, deal, now)
    return starting.schedule(
        run,
        rule,
        facts,
        entered=entry.at if entry else now,
        not_before=starting.held_until(house, entry, now) if entry else now,
        now=now,
        above=above,
    )
