"""What becomes of a batch: whose messages are still ours, what their ends make of runs and history, and of the line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from core.engine import lines, outcomes
from core.model.delivery import Delivery, DeliveryStatus, Outcome, OutcomeKind
from core.model.line import Line
from core.model.moment import Moment
from core.model.run import Run
from core.plan import Plan
from core.ports import Random, Tx

Result = tuple[Delivery, Outcome]
_NEVER: Final[Mapping[int, int]] = {}


def ours(tx: Tx, results: Sequence[Result], worker: str) -> Sequence[Result]:
    """Return those of the results whose messages the worker still has."""
    here = tx.leased([d.id for d, _ in results], worker)
    return results if len(here) == len(results) else [(d, outcome) for d, outcome in results if d.id in here]


def strain(tx: Tx, connection: str, results: Sequence[Result], line: Line | None, now: Moment) -> Line:
    """Write what attempts, ours or not by now, have shown of the line itself."""
    before = tx.line(connection)
    probe = line is not None and bool(line.opens)
    after = lines.after(before, [outcome.line_failed for _, outcome in results], now, probe=probe)
    if after != before:
        tx.put_line(after)
    return after


def finished(
    results: Sequence[Result], runs: Mapping[int, Run], now: Moment, rng: Random, rung: Mapping[int, int] = _NEVER
) -> Plan:
    """Plan the ends of attempts; ``rung`` says how often calls had reached nobody before, by message."""
    troubled = outcomes.troubled(results)
    accepted = [pair for pair in results if pair[1].kind is OutcomeKind.ACCEPTED] if troubled else list(results)
    plan = Plan(accepted=accepted)
    for delivery, outcome in troubled:
        after = outcomes.after(delivery, outcome, now, rng, rung.get(delivery.id, 0))
        plan.deliveries_changed.append((delivery, after))
        plan.attempts.append(outcomes.attempt(delivery, outcome, now))
        if after.status is DeliveryStatus.QUEUED:
            continue
        plan.timeline.append(outcomes.row(after, now))
        run = runs.get(delivery.run) if delivery.run is not None else None
        ended = outcomes.run_after(run, after, now) if run else None
        if run and ended:
            plan.runs_changed.append((run, ended))
    return plan
