"""What must hold at every moment, whatever happens. Each has a planted bug in ``planted`` that breaks it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from core.engine import guarding
from core.model.deal import CauseKind, Entry
from core.model.delivery import Delivery, DeliveryStatus
from core.model.house import House
from core.model.moment import HOUR
from core.model.rule import Unknown
from core.model.run import Run, RunStatus
from core.model.timeline import TimelineKind
from core.ports import Reader
from core.views import DealFilter, DeliveryFilter, TimelineEntry
from tests.simulator.world import Attempt, World, delivery_of

FINAL = frozenset(DeliveryStatus) - {DeliveryStatus.QUEUED, DeliveryStatus.SENDING}
Queue = tuple[int, int, int]


def at_send(world: World, attempt: Attempt, connection: str) -> None:
    """Judge a message at the moment it is put on the wire."""
    for problem in world.look(lambda r: _wire_problem(world, r, attempt)):
        world.violated(f"{attempt.key} through {connection}: {problem}")


def _wire_problem(world: World, reader: Reader, attempt: Attempt) -> Sequence[str]:
    delivery = delivery_of(reader, attempt.key)
    if delivery is None:
        return ("sent without a row in the outbox",)
    problems = []
    if delivery.status is DeliveryStatus.CANCELLED:
        problems.append("sent after it was cancelled")
    if delivery.unknown is Unknown.HOLD and delivery.status is not DeliveryStatus.SENDING:
        problems.append("a message that must not go out twice was sent before “sending” was durable")
    earlier = [a for a in world.wire if a.key == attempt.key]
    if delivery.unknown is Unknown.HOLD and any(a.may_be_out for a in earlier):
        problems.append("“hold” went out twice")
    if any(a.message != attempt.message for a in earlier):
        problems.append("a retry sends other bytes")
    return [*problems, *_order_problem(world, reader, delivery)]


def _order_problem(world: World, reader: Reader, delivery: Delivery) -> Sequence[str]:
    live = world.life.number if world.life else 0
    others = [d for d in reader.deliveries(DeliveryFilter(deal=delivery.deal)) if d.id != delivery.id]
    wired = {a.key.rsplit("-M", 1)[1] for a in world.wire if not a.over and a.life == live}
    problems = []
    if any(str(d.id) in wired for d in others):
        problems.append("two messages of one deal on the wire")
    house, now = reader.house(), reader.now()
    mine = _place(delivery)
    overtaken = any(_can_go(house, d, now) and _place(d) < mine for d in others)
    if overtaken and delivery.id not in world.excused:
        problems.append("overtook an earlier message of its deal that could go")
    return problems


def _place(d: Delivery) -> Queue:
    return d.moment, d.position, d.id


def _can_go(house: House, d: Delivery, now: int) -> bool:
    open_line = house.connections[d.connection].paused is None
    # One that became due only after ours was leased has not been overtaken; attempts tell a retry from a first try.
    first_try = d.attempts == 0 and d.worker is None and d.reason is None
    return d.status is DeliveryStatus.QUEUED and first_try and open_line and d.due_at is not None and d.at < now


def after_commit(world: World) -> None:
    """Judge what the database says between two acts."""
    for problem in world.look(lambda r: list(_state_problems(r))):
        # A clock that was set back notes moments before the entry: they say nothing about the grace.
        if not (world.set_back and "within the grace" in problem):
            world.violated(problem)


def _state_problems(reader: Reader) -> Sequence[str]:
    problems: list[str] = []
    house = reader.house()
    for deal in reader.deals(DealFilter()):
        entries = reader.entries(deal.id)
        open_ones = [e for e in entries if e.ended_at is None]
        if len(open_ones) != 1 or (open_ones[0].pipeline, open_ones[0].stage) != (deal.pipeline, deal.stage):
            problems.append(f"{deal.id} stands in {deal.stage}, its open entries are {[e.stage for e in open_ones]}")
        for entry in entries:
            problems += _entry_problems(reader, house, entry)
        problems += _moves_problems(deal.id, entries)
    return [*problems, *_totals_problems(reader)]


def _entry_problems(reader: Reader, house: House, entry: Entry) -> Sequence[str]:
    runs = reader.runs(entry.id)
    wanted = {r.id for r in house.rules_by_stage.get((entry.pipeline, entry.stage), ()) if r.enabled}
    problems = []
    if runs and {r.rule for r in runs} != wanted:
        problems.append(f"entry {entry.id} of {entry.deal} has runs {[r.rule for r in runs]}, not {sorted(wanted)}")
    if not runs and wanted and entry.cause.automatic:
        problems.append(f"entry {entry.id} of {entry.deal} has no runs")
    links = entry.cause.chain
    if len(links) > guarding.CHAIN_LIMIT + 1 or len(set(links)) != len(links):
        problems.append(f"entry {entry.id} of {entry.deal}: its chain circles {[x.stage for x in links]}")
    problems += [f"run {r.public_id} acted within the grace" for r in runs if _too_early(house, entry, r)]
    return problems


def _too_early(house: House, entry: Entry, run: Run) -> bool:
    acted = run.status in (RunStatus.DONE, RunStatus.FAILED, RunStatus.SKIPPED)
    by_person = entry.cause.kind is CauseKind.PERSON
    return acted and by_person and (run.ended_at or 0) < entry.at + house.company.grace


def _moves_problems(deal: str, entries: Sequence[Entry]) -> Sequence[str]:
    moments = [e.at for e in entries if e.cause.automatic]
    most = max((sum(1 for m in moments if at - HOUR <= m <= at) for at in moments), default=0)
    return [f"{deal} was moved {most} times in an hour"] if most > guarding.HOUR_LIMIT + 1 else []


def _totals_problems(reader: Reader) -> Sequence[str]:
    counted = Counter(d.stage for d in reader.deals(DealFilter()))
    kept = {stage: total.count for stage, total in reader.totals("sales").items() if total.count}
    return [] if kept == dict(counted) else [f"totals say {kept}, there are {dict(counted)}"]


def at_end(world: World) -> None:
    """Judge what is left when everything has been well for long."""
    for problem in world.look(lambda r: list(_end_problems(r))):
        world.violated(problem)


def _end_problems(reader: Reader) -> Sequence[str]:
    problems: list[str] = []
    for delivery in reader.deliveries(DeliveryFilter()):
        if delivery.status not in FINAL:
            problems.append(f"the queue does not drain: {delivery.public_id} is {delivery.status.value}")
        problems += _outcome_problems(delivery, reader.timeline(delivery.deal))
    for run in reader.runs_of():
        problems += _run_problems(reader, run)
    return problems


def _run_problems(reader: Reader, run: Run) -> Sequence[str]:
    if run.status is RunStatus.WAITING:
        above = [r for r in reader.runs(run.entry) if r.position < run.position and not r.status.ended]
        # A slow circle of rules goes on for ever: what lies ahead of the clock is no leftover.
        waits = above if run.due_at is None else run.due_at > reader.now()
        return [] if waits else [f"the queue does not drain: {run.public_id} waits for nothing"]
    sent = [d for d in reader.deliveries_of_entry(run.entry) if d.run == run.id]
    if run.status is RunStatus.SENDING:
        return [f"the queue does not drain: {run.public_id} is still sending"]
    done = {DeliveryStatus.SENT, DeliveryStatus.UNKNOWN}
    if sent and run.status is RunStatus.DONE and sent[0].status not in done:
        return [f"{run.public_id} is done, its message is {sent[0].status.value}"]
    return []


def _outcome_problems(delivery: Delivery, timeline: Sequence[TimelineEntry]) -> Sequence[str]:
    said = [_status(t.data) for t in timeline if t.kind is TimelineKind.DELIVERY and _of(t.data) == delivery.public_id]
    ends = [s for s in said if s != DeliveryStatus.CANCELLED.value]
    if delivery.status is DeliveryStatus.CANCELLED:
        return [] if not ends and said else [f"{delivery.public_id} is cancelled, the timeline says {said}"]
    if delivery.status in FINAL and ends != [delivery.status.value]:
        return [f"{delivery.public_id} is {delivery.status.value}, the timeline says {said}"]
    return []


def _of(data: Mapping[str, Any]) -> str:
    return str(data.get("delivery"))


def _status(data: Mapping[str, Any]) -> str:
    return str(data.get("status"))
