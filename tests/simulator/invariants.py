"""What must hold between two acts and at the end. Each invariant has a planted bug in ``planted`` that breaks it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
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
from tests.simulator import accounts, happenings, hearing, hits, houses, talk, waiting
from tests.simulator.world import Attempt, World

LONGEST_CHAIN = 10
FINAL = frozenset(DeliveryStatus) - {DeliveryStatus.QUEUED, DeliveryStatus.SENDING}
_FOLLOWS: Mapping[str, Set[str]] = {
    "queued": {"sent", "failed", "unknown", "cancelled", "queued"},
    "cancelled": {"sent", "failed", "unknown", "cancelled", "queued"},
    "sent": {"delivered", "undelivered"},
    "undelivered": {"delivered", "queued"},
    "failed": {"queued"},
    "unknown": {"sent", "failed"},
    "delivered": set(),
}
"""Which line of a message's history may follow which: a second outcome only where peer or person settles an unknown
one, or a person has it tried again."""
_PENDING = frozenset({RunStatus.WAITING, RunStatus.NO_DATE})
_TAKEN = frozenset({DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.UNDELIVERED})


def after_commit(world: World, *, everything: bool = False) -> None:
    """Judge what the database says between two acts, of the deals that the change feed names."""

    def judge(reader: Reader) -> list[str]:
        world.cursor, changes = reader.changes_since(world.cursor)
        touched = {c.id for c in changes if c.what == "deal"}
        messages = {c.id for c in changes if c.what == "delivery"}
        if messages:
            _note_delivered(world, messages)
        if world.watched:
            for problem in waiting.at_all_times(world, reader):
                world.violated(problem)
        if not touched and not everything:
            return []
        # Without an id the feed means all of them.
        return list(_state_problems(world, reader, None if everything or "" in touched else touched))

    for problem in world.look(judge):
        world.violated(problem)


def after_receipt(world: World) -> None:
    """Judge what a receipt has done to messages that were delivered before; all else at the next act."""
    _note_delivered(world, {""})


def _note_delivered(world: World, changed: Set[str]) -> None:
    for number, status in world.connection.execute("SELECT id, status FROM deliveries ORDER BY id DESC").fetchall():
        if status == DeliveryStatus.DELIVERED.value:
            world.delivered.add(number)
        elif number in world.delivered and changed & {"", str(number)}:
            world.violated(f"M{number} was delivered, and went back to {status}")


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
    wanted = world.promised.get(entry.id)
    if wanted is None:
        here = house.rules_by_stage.get((entry.pipeline, entry.stage), ())
        # An import and a move without rules start none.
        wanted = frozenset(r.id for r in here if r.enabled) if runs or entry.cause.automatic else frozenset()
        world.promised[entry.id] = wanted
    problems = []
    started = {r.rule for r in runs}
    if not wanted <= started <= wanted | world.applied:
        problems.append(f"entry {entry.id} of {entry.deal} has runs {[r.rule for r in runs]}, not {sorted(wanted)}")
    for run in runs:
        off = run.rule in house.rules and not house.rules[run.rule].enabled
        if off and run.status in _PENDING and run.id not in world.asked:
            problems.append(f"{run.rule} is off, and still {run.public_id} waits")
    links = entry.cause.chain
    if len(links) > LONGEST_CHAIN:
        problems.append(f"entry {entry.id} of {entry.deal} has too many moves behind it: {len(links)}")
    if len(set(links)) != len(links):
        problems.append(f"entry {entry.id} of {entry.deal}: its chain circles {[x.stage for x in links]}")
    # A clock that was set back notes moments before the entry: they say nothing about the grace.
    if not world.set_back and entry.cause.kind is CauseKind.PERSON:
        early = entry.at + house.company.grace
        problems += [
            f"run {r.public_id} acted within the grace"
            for r in runs
            if r.id not in world.asked and _too_early(reader, r, early)
        ]
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
    problems: list[str] = [*_receipt_problems(world, reader), *happenings.problems(world, reader)]
    deliveries = reader.deliveries(DeliveryFilter())
    attempts: defaultdict[int, list[Attempt]] = defaultdict(list)
    for attempt in world.wire:
        attempts[attempt.delivery].append(attempt)
    if houses.talks(world.seed):
        problems += [*accounts.problems(world, reader, deliveries), *talk.problems(world, reader, deliveries)]
    if houses.listens(world.seed) or world.watched:
        problems += hearing.problems(world, reader)
    if world.watched:
        problems += [*waiting.problems(world, reader), *hits.problems(world, reader)]
    timelines = {deal: reader.timeline(deal) for deal in {d.deal for d in deliveries}}
    for delivery in deliveries:
        if world.cut_short and _ahead(reader, delivery):
            continue
        if delivery.status not in FINAL:
            problems.append(f"the queue does not drain: {delivery.public_id} is {delivery.status.value}")
        problems += _outcome_problems(delivery, timelines[delivery.deal])
        problems += _truth_problems(world, delivery, attempts[delivery.id])
    below = {d.run: d for d in reversed(deliveries)}
    stays: defaultdict[int, list[Run]] = defaultdict(list)
    for run in reader.runs_of():
        stays[run.entry].append(run)
    for stay in stays.values():
        for run in stay:
            sent = below.get(run.id)
            if not (world.cut_short and sent is not None and _ahead(reader, sent)):
                problems += _run_problems(reader, run, stay, sent)
    return problems


def _ahead(reader: Reader, delivery: Delivery) -> bool:
    """Return whether a message's time, or that of its connection, is yet to come."""
    if delivery.status is not DeliveryStatus.QUEUED or delivery.worker is not None:
        return False
    line = reader.line(delivery.connection)
    return max(delivery.due_at or 0, line.free_at or 0, line.open_until or 0) > reader.now()


def _receipt_problems(world: World, reader: Reader) -> Sequence[str]:
    """Compare the log with the receipts that came in, whenever that was."""
    told: dict[tuple[str, str], set[str]] = {}
    for report in world.received:
        told.setdefault((report.connection, report.provider_id), set()).add(report.status)
    problems = []
    for (connection, provider_id), said in told.items():
        delivery = reader.delivery_of_provider(connection, provider_id)
        wanted = next((s for s in ("delivered", "undelivered") if s in said), None)
        if delivery is not None and wanted is not None and delivery.status.value != wanted:
            problems.append(f"{delivery.public_id} was reported {wanted}, the log says {delivery.status.value}")
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
    """Walk through what the history says of a message, oldest first: each line must be able to follow the last."""
    said = [_status(t.data) for t in timeline if t.kind is TimelineKind.DELIVERY and _of(t.data) == delivery.public_id]
    said.reverse()
    walk = zip(["queued", *said], said, strict=False)
    ends = said[-1] if said else "queued"
    if any(after not in _FOLLOWS[before] for before, after in walk) or (
        delivery.status in FINAL and ends != delivery.status.value
    ):
        return [f"{delivery.public_id} is {delivery.status.value}, the timeline says {said}"]
    return []


def _truth_problems(world: World, delivery: Delivery, attempts: Sequence[Attempt]) -> Sequence[str]:
    """Compare the log with the wire: what an engine has seen that lived on, and never slept, must stand there."""
    known = [a for a in attempts if a.settled]
    last = attempts[-1] if attempts and attempts[-1] in known else None
    if last is None or last.outcome is None or delivery.id in world.judged or last.round != delivery.round:
        return []
    wanted = {
        OutcomeKind.ACCEPTED: _TAKEN,
        OutcomeKind.REJECTED: {DeliveryStatus.FAILED},
        OutcomeKind.UNKNOWN: {DeliveryStatus.UNKNOWN} if delivery.unknown is Unknown.HOLD else FINAL,
    }.get(last.outcome.kind, FINAL)
    if last.outcome.kind is OutcomeKind.UNKNOWN and world.reconciling:
        # The peer has been asked since: what it said stands there.
        wanted = {*wanted, DeliveryStatus.FAILED, *_TAKEN} - ({DeliveryStatus.FAILED} if last.out else _TAKEN)
    # Who opts out after an attempt of which nobody knows gets no other.
    if delivery.status not in wanted and delivery.reason != "opted_out":
        return [f"{delivery.public_id} was {last.outcome.kind.value}, the log says {delivery.status.value}"]
    return _note_problems(world, delivery, attempts) if len(known) == len(attempts) else []


def _note_problems(world: World, delivery: Delivery, attempts: Sequence[Attempt]) -> Sequence[str]:
    marked = {worker for number, worker in world.marked if number == delivery.id}
    if not marked <= {a.life.worker for a in attempts}:
        return []  # who died between the durable mark and the wire counts as an attempt of which nobody knows
    seen = [a.outcome.kind.value for a in attempts if a.outcome is not None and not a.accepted]
    # A connection that could not even be opened put nothing on the wire.
    noted = [n.outcome.value for n in world.look(lambda r: r.attempts(delivery.id)) if n.reason != "misconfigured"]
    return [] if seen == noted else [f"the attempts of {delivery.public_id} ended {seen}, {noted} are noted"]


def _of(data: Mapping[str, Any]) -> str:
    return str(data.get("delivery"))


def _status(data: Mapping[str, Any]) -> str:
    return str(data.get("status"))
