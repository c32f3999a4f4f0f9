"""What must hold between two acts and at the end. Each invariant has a planted bug in ``planted`` that breaks it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.engine import guarding
from core.model.deal import CauseKind, Entry
from core.model.delivery import Delivery, DeliveryStatus, OutcomeKind
from core.model.house import House
from core.model.moment import HOUR
from core.model.rule import Hours, Unknown
from core.model.run import Run, RunStatus
from core.model.timeline import TimelineKind
from core.ports import Reader
from core.views import DealFilter, DeliveryFilter, TimelineEntry
from tests.simulator.world import Attempt, World

FINAL = frozenset(DeliveryStatus) - {DeliveryStatus.QUEUED, DeliveryStatus.SENDING}
_TAKEN = frozenset({DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.UNDELIVERED})


def after_commit(world: World, *, everything: bool = False) -> None:
    """Judge what the database says between two acts, of the deals that the change feed names."""

    def judge(reader: Reader) -> list[str]:
        world.cursor, changes = reader.changes_since(world.cursor)
        touched = {c.id for c in changes if c.what == "deal"}
        return list(_state_problems(world, reader, None if everything else touched)) if touched or everything else []

    for problem in world.look(judge):
        world.violated(problem)


def _state_problems(world: World, reader: Reader, touched: set[str] | None) -> Sequence[str]:
    problems: list[str] = []
    house, deals = reader.house(), reader.deals(DealFilter())
    for deal in deals:
        if touched is not None and deal.id not in touched:
            continue
        entries = reader.entries(deal.id)
        open_ones = [e for e in entries if e.ended_at is None]
        if len(open_ones) != 1 or (open_ones[0].pipeline, open_ones[0].stage) != (deal.pipeline, deal.stage):
            problems.append(f"{deal.id} stands in {deal.stage}, its open entries are {[e.stage for e in open_ones]}")
        runs = reader.runs_of_entries([e.id for e in entries])
        for entry in entries:
            problems += _entry_problems(world, reader, house, entry, runs.get(entry.id, ()))
        problems += _moves_problems(deal.id, entries)
    counted = Counter(d.stage for d in deals)
    kept = {stage: total.count for stage, total in reader.totals("sales").items() if total.count}
    return problems if kept == dict(counted) else [*problems, f"totals say {kept}, there are {dict(counted)}"]


def _entry_problems(world: World, reader: Reader, house: House, entry: Entry, runs: Sequence[Run]) -> Sequence[str]:
    wanted = {r.id for r in house.rules_by_stage.get((entry.pipeline, entry.stage), ()) if r.enabled}
    problems = []
    if runs and {r.rule for r in runs} != wanted:
        problems.append(f"entry {entry.id} of {entry.deal} has runs {[r.rule for r in runs]}, not {sorted(wanted)}")
    if not runs and wanted and entry.cause.automatic:
        problems.append(f"entry {entry.id} of {entry.deal} has no runs")
    links = entry.cause.chain
    if len(links) > guarding.CHAIN_LIMIT + 1 or len(set(links)) != len(links):
        problems.append(f"entry {entry.id} of {entry.deal}: its chain circles {[x.stage for x in links]}")
    # A clock that was set back notes moments before the entry: they say nothing about the grace.
    if not world.set_back and entry.cause.kind is CauseKind.PERSON:
        early = entry.at + house.company.grace
        own = [r for r in runs if r.id not in world.asked]
        problems += [f"run {r.public_id} acted within the grace" for r in own if _too_early(reader, r, early)]
    return problems


def _too_early(reader: Reader, run: Run, early: int) -> bool:
    acted = run.status in (RunStatus.DONE, RunStatus.FAILED, RunStatus.SKIPPED)
    # Grace never pushes a run past closing time.
    return acted and (run.ended_at or 0) < early and reader.revision(run.revision).hours is Hours.ANY


def _moves_problems(deal: str, entries: Sequence[Entry]) -> Sequence[str]:
    moments = [e.at for e in entries if e.cause.automatic]
    most = max((sum(1 for m in moments if at - HOUR <= m <= at) for at in moments), default=0)
    return [f"{deal} was moved {most} times in an hour"] if most > guarding.HOUR_LIMIT + 1 else []


def at_end(world: World) -> None:
    """Judge what is left when everything has been well for long."""
    for problem in world.look(lambda r: list(_end_problems(world, r))):
        world.violated(problem)


def _end_problems(world: World, reader: Reader) -> Sequence[str]:
    problems: list[str] = []
    deliveries = reader.deliveries(DeliveryFilter())
    timelines = {deal: reader.timeline(deal) for deal in {d.deal for d in deliveries}}
    for delivery in deliveries:
        if delivery.status not in FINAL:
            problems.append(f"the queue does not drain: {delivery.public_id} is {delivery.status.value}")
        problems += _outcome_problems(delivery, timelines[delivery.deal])
        problems += _truth_problems(delivery, [a for a in world.wire if a.delivery == delivery.id])
    runs = reader.runs_of()
    below = {d.run: d for d in reversed(deliveries)}
    for run in runs:
        problems += _run_problems(reader, run, [r for r in runs if r.entry == run.entry], below.get(run.id))
    return problems


def _run_problems(reader: Reader, run: Run, stay: Iterable[Run], sent: Delivery | None) -> Sequence[str]:
    if run.status is RunStatus.WAITING:
        above = [r for r in stay if r.position < run.position and not r.status.ended]
        # A slow circle of rules goes on for ever: what lies ahead of the clock is no leftover.
        waits = above if run.due_at is None else run.due_at > reader.now()
        return [] if waits else [f"the queue does not drain: {run.public_id} waits for nothing"]
    if run.status is RunStatus.SENDING:
        return [f"the queue does not drain: {run.public_id} is still sending"]
    if sent and run.status is RunStatus.DONE and sent.status not in _TAKEN | {DeliveryStatus.UNKNOWN}:
        return [f"{run.public_id} is done, its message is {sent.status.value}"]
    return []


def _outcome_problems(delivery: Delivery, timeline: Sequence[TimelineEntry]) -> Sequence[str]:
    said = [_status(t.data) for t in timeline if t.kind is TimelineKind.DELIVERY and _of(t.data) == delivery.public_id]
    ends = [s for s in said if s != DeliveryStatus.CANCELLED.value]
    if delivery.status is DeliveryStatus.CANCELLED:
        return [] if not ends and said else [f"{delivery.public_id} is cancelled, the timeline says {said}"]
    if delivery.status in FINAL and ends != [delivery.status.value]:
        return [f"{delivery.public_id} is {delivery.status.value}, the timeline says {said}"]
    return []


def _truth_problems(delivery: Delivery, attempts: Sequence[Attempt]) -> Sequence[str]:
    """Compare the log with the wire: what an engine has seen that lived on, and never slept, must stand there."""
    known = [a for a in attempts if a.over and not a.life.dead and not a.life.overtaken]
    if any(a.accepted for a in known) and delivery.status not in _TAKEN:
        return [f"{delivery.public_id} was accepted, the log says {delivery.status.value}"]
    last = attempts[-1] if attempts and attempts[-1] in known else None
    if last is not None and last.outcome is not None:
        lost = last.outcome.kind is OutcomeKind.UNKNOWN and delivery.unknown is Unknown.HOLD
        if lost and delivery.status is not DeliveryStatus.UNKNOWN:
            return [f"nobody knows what became of {delivery.public_id}, the log says {delivery.status.value}"]
        if last.outcome.kind is OutcomeKind.REJECTED and delivery.status is not DeliveryStatus.FAILED:
            return [f"{delivery.public_id} was rejected, the log says {delivery.status.value}"]
    return []


def _of(data: Mapping[str, Any]) -> str:
    return str(data.get("delivery"))


def _status(data: Mapping[str, Any]) -> str:
    return str(data.get("status"))
