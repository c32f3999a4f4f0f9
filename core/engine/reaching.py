"""A rule reaches deals that stood in its stage before it, or runs that wait under an older revision of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.engine import chaining, entering, starting
from core.i18n import N_
from core.model.deal import Deal, Entry
from core.model.frozen import replace
from core.model.house import House
from core.model.moment import Moment
from core.model.rule import Rule
from core.model.run import Run, RunStatus, Waiting
from core.model.timeline import TimelineKind, TimelineRow
from core.plan import Plan
from core.ports import Tx
from core.words import Words

CHUNK: Final = 200
"""Deals in one transaction: so that nobody waits for all of them."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A deal's open stay with its runs in rule order."""

    deal: Deal
    entry: Entry
    runs: Sequence[Run]


def present(tx: Tx, rule: Rule, deals: Sequence[str], by: str, now: Moment) -> int:
    """Give each of these deals a run of the rule if it stands in the rule's stage and its stay has none; returns how
    many got one. It is a person's act with a grace; ``after`` counts from the stage entry."""
    tx.hold(deals)
    found = tx.deals_by_id(deals)
    here = [found[i] for i in deals if i in found and _stands(found[i], rule)]
    entries = tx.entries_by_id([deal.entry for deal in here if deal.entry is not None])
    runs = tx.runs_of_entries(entries)
    plan = Plan()
    for deal in here:
        entry = entries.get(deal.entry or 0)
        if entry is not None and all(run.rule != rule.id for run in runs.get(entry.id, ())):
            _join(tx, plan, rule, Stay(deal, entry, runs.get(entry.id, ())), now)
            plan.timeline.append(_row(rule, deal.id, by, now))
    tx.apply(plan)
    return len(plan.runs)


def _stands(deal: Deal, rule: Rule) -> bool:
    return (deal.pipeline, deal.stage) == (rule.pipeline, rule.stage) and not deal.removed


def _join(tx: Tx, plan: Plan, rule: Rule, stay: Stay, now: Moment) -> None:
    """Plan the rule's run at its place among those of a stay: who stands below moves down, who stands above and is
    waited for holds the newcomer back."""
    house, entry, runs = tx.house(), stay.entry, stay.runs
    place = _place(house, rule, runs)
    held = Moment(now + house.company.grace)
    new = starting.run_of(rule, place, holds=any(run.waits for run in runs[place:]))
    new = replace(new, entry=entry.id, deal=entry.deal, created_at=now)
    above = [replace(run, holds=run.holds or new.waits) for run in runs[:place]]
    below = [replace(run, position=place + 1 + index) for index, run in enumerate(runs[place:])]
    new = _scheduled(tx, rule, replace(stay, runs=[*above, new, *below]), place, held, now)
    plan.runs.append(new)
    plan.runs_changed += [(old, run) for old, run in zip(runs, [*above, *below], strict=True) if old != run]
    if new.due_at is None and house.company.grace:
        plan.entries_changed.append((entry, replace(entry, grace_until=held)))


def _place(house: House, rule: Rule, runs: Sequence[Run]) -> int:
    """Return where the rule's run belongs: above the first one whose rule stands below it in the stage."""
    order = {each.id: index for index, each in enumerate(house.rules_by_stage.get((rule.pipeline, rule.stage), ()))}
    mine = order.get(rule.id, len(order))
    return next((index for index, run in enumerate(runs) if order.get(run.rule, -1) > mine), len(runs))


def _scheduled(tx: Tx, rule: Rule, stay: Stay, index: int, held: Moment, now: Moment) -> Run:
    """Return one run of a stay with its moment, or cancelled when the chain above it was stopped."""
    run = stay.runs[index]
    facts = starting.facts_of(tx.house(), stay.deal, now)
    if run.waits and chaining.stops(tx, chaining.above_of(stay.runs, index, rule)):
        return entering.cancelled_run(run, "stopped", chaining.STOPPED, now)
    gate = chaining.gate_of(stay.runs, index, rule, now) if run.waits else starting.SHUT
    return starting.schedule(run, rule, facts, entered=stay.entry.at, not_before=held, now=now, gate=gate)


def waiting(tx: Tx, rule: Rule, runs: Sequence[int], by: str, now: Moment) -> int:
    """Give those of these runs that still wait in the rule's stage the rule's newest revision and a moment by it;
    returns how many."""
    tx.hold(run.deal for run in tx.runs_by_id(runs).values())
    entries = tx.entries_by_id({run.entry for run in tx.runs_by_id(runs).values()})
    wanted, changed = frozenset(runs), 0
    for entry in entries.values():
        deal = tx.deal(entry.deal)
        if deal is None or deal.entry != entry.id or not _stands(deal, rule):
            continue
        plan = _renewed(tx, rule, deal, entry, wanted, now)
        if plan.runs_changed:
            plan.timeline.append(_row(rule, deal.id, by, now))
            tx.apply(plan)
            chaining.reopened(tx, entry.id, now)
            changed += 1
    return changed


def _renewed(tx: Tx, rule: Rule, deal: Deal, entry: Entry, wanted: frozenset[int], now: Moment) -> Plan:
    runs = list(tx.runs(entry.id))
    index = next((i for i, run in enumerate(runs) if run.id in wanted and _outdated(run, rule)), None)
    if index is None:
        return Plan()
    before = runs[index]
    new = replace(before, revision=rule.revision, waits=starting.gated(rule, index), mover=starting.moves(rule))
    if before.reason != Waiting.ASKED:
        runs[index] = new
        held = starting.held_until(tx.house(), entry, now)
        new = _scheduled(tx, rule, Stay(deal, entry, runs), index, held, now)
    above = [(run, replace(run, holds=True)) for run in runs[:index] if new.waits and not run.holds]
    return Plan(runs_changed=[(before, new), *above])


def _outdated(run: Run, rule: Rule) -> bool:
    return run.status in (RunStatus.WAITING, RunStatus.NO_DATE) and run.revision != rule.revision


def _row(rule: Rule, deal: str, by: str, now: Moment) -> TimelineRow:
    text = Words(N_("rule “{rule}”: {user} has applied it to what is there"), {"rule": rule.name, "user": by})
    data = {"rule": rule.id, "kind": rule.kind}
    return TimelineRow(deal=deal, at=now, kind=TimelineKind.RUN, by=by, text=text, data=data)
