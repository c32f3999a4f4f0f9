"""What waits for what: when a run ends, the rules below that waited for it get their moment, or are stopped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.engine import starting
from core.engine.starting import Gate
from core.i18n import N_
from core.model.frozen import replace
from core.model.moment import Moment
from core.model.rule import Order, Rule
from core.model.run import Run, RunStatus, Waiting
from core.plan import Plan
from core.ports import Tx
from core.words import Words

STOPPED = Words(N_("a rule above failed and stops the chain"))


def after(tx: Tx, changed: Iterable[tuple[Run, Run]], now: Moment, held: Iterable[int] = ()) -> None:
    """Open the gates behind runs that have just ended; ``held`` are stays of more such runs. Reads nothing unless a run
    below waits for one of them."""
    entries = {run.entry for _, run in changed if run.holds and run.status.ended}.union(held)
    for entry in sorted(entries):
        plan = _opened(tx, entry, now)
        if plan.runs_changed:
            tx.apply(plan)


def reopened(tx: Tx, entry: int, now: Moment) -> None:
    """Open the gates of a stay that an undo has reopened: what its runs wait for may have ended meanwhile."""
    plan = _opened(tx, entry, now)
    if plan.runs_changed:
        tx.apply(plan)


def _opened(tx: Tx, entry_id: int, now: Moment) -> Plan:
    runs = list(tx.runs(entry_id))
    entry = tx.entry(entry_id)
    deal = tx.deal(entry.deal) if entry else None
    plan = Plan()
    if entry is None or deal is None or entry.ended_at is not None:
        return plan
    facts = starting.facts_of(tx.house(), deal, now)
    for index, run in enumerate(runs):
        undated = run.status is RunStatus.NO_DATE
        if not (run.waits and (undated or (run.status is RunStatus.WAITING and run.due_at is None))):
            continue
        rule = tx.revision(run.revision)
        above = above_of(runs, index, rule)
        if stops(tx, above):
            changed = replace(
                run, status=RunStatus.CANCELLED, was=run.status, reason="stopped", detail=STOPPED, ended_at=now
            )
        elif not undated and (gate := gate_of(runs, index, rule, now)).ended is not None:
            held = starting.held_until(facts.house, entry, now)
            changed = starting.schedule(run, rule, facts, entered=entry.at, not_before=held, now=now, gate=gate)
        else:
            continue
        plan.runs_changed.append((run, changed))
        runs[index] = changed
    return plan


def above_of(runs: Sequence[Run], index: int, rule: Rule) -> Sequence[Run]:
    """Return those of an entry's runs that the gated one at ``index`` waits for."""
    return runs[:index] if rule.order is Order.WAIT else runs[index - 1 : index]


def gate_of(runs: Sequence[Run], index: int, rule: Rule, now: Moment) -> Gate:
    """Return what the runs above leave to the gated one at ``index``."""
    return Gate(_end_of(above_of(runs, index, rule), now), _end_of(runs[index - 1 : index], now))


def _end_of(above: Sequence[Run], now: Moment) -> Moment | None:
    """Return when the last of these runs ended; None while one has not."""
    if not all(r.status.ended for r in above):
        return None
    return Moment(max((r.ended_at or now for r in above), default=now))


def stops(tx: Tx, above: Sequence[Run]) -> bool:
    """Return whether one of the runs above has failed under *stop chain on error*, or was stopped by such a one."""
    return any(
        (r.status is RunStatus.FAILED and tx.revision(r.revision).stop_on_error)
        or (r.status is RunStatus.CANCELLED and r.reason == "stopped" and r.detail == STOPPED)
        for r in above
    )


def waits_for(runs: Sequence[Run], run: Run) -> str | None:
    """Return the rule that a gated run waits for: the first above it that has not ended."""
    if run.reason != Waiting.RULE or run.due_at is not None:
        return None
    return next((r.rule for r in runs if r.position < run.position and not r.status.ended), None)
