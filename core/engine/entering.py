"""Bringing a deal into a stage, and its reverse. Every change of a stage is planned here, whoever asks for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.engine import outcomes, starting
from core.i18n import N_
from core.model.deal import LOOP_FLAG, Cause, CauseKind, Deal, Entry
from core.model.delivery import Delivery, DeliveryStatus
from core.model.frozen import replace
from core.model.house import House
from core.model.moment import Moment
from core.model.pipeline import Stage
from core.model.run import Run, RunStatus
from core.model.timeline import TimelineKind, TimelineRow
from core.plan import NewEntry, Plan
from core.ports import Tx
from core.words import Words

RANK_GAP = 1 << 20
"""Distance between neighbours of a column: room for twenty drops into the same gap before a renumbering."""


@dataclass(frozen=True, slots=True)
class Stay:
    """The stay that a move ends, with what hangs on it; ``resting`` are the connections whose lines rest now."""

    entry: Entry | None
    runs: Sequence[Run] = ()
    deliveries: Sequence[Delivery] = ()
    resting: Collection[str] = ()


def stay_of(tx: Tx, deal: Deal) -> Stay:
    """Read the deal's open stay; deliveries only where a run is still sending."""
    if deal.entry is None:
        return Stay(None)
    entry = tx.entry(deal.entry)
    runs = [run for run in tx.runs(deal.entry) if not run.status.ended]
    sending = any(run.status is RunStatus.SENDING for run in runs)
    return Stay(entry, runs, tx.deliveries_of_entry(deal.entry), resting(tx)) if sending else Stay(entry, runs)


def resting(tx: Tx) -> Collection[str]:
    """Return the connections whose lines rest now, after too many failures."""
    now = tx.now()
    return {connection for connection, line in tx.lines().items() if line.rests(now)}


def stays_of(tx: Tx, deals: Sequence[Deal]) -> Mapping[str, Stay]:
    """Read the open stays of many deals, by deal, in a few statements."""
    if len(deals) == 1:
        return {deals[0].id: stay_of(tx, deals[0])}
    entries = tx.entries_by_id([d.entry for d in deals if d.entry is not None])
    runs = tx.runs_of_entries(entries)
    anywhere = resting(tx) if any(run.status is RunStatus.SENDING for each in runs.values() for run in each) else ()
    found = {}
    for deal in deals:
        entry = entries.get(deal.entry or 0)
        open_ones = [run for run in runs.get(entry.id, ()) if not run.status.ended] if entry else []
        sending = entry is not None and any(run.status is RunStatus.SENDING for run in open_ones)
        found[deal.id] = Stay(entry, open_ones, tx.deliveries_of_entry(entry.id) if sending and entry else (), anywhere)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Into:
    """Where a deal goes and who brings it there. ``start_rules`` is off for imports and ``--no-rules``."""

    pipeline: str
    stage: str
    rank: int
    by: str
    cause: Cause
    now: Moment
    start_rules: bool = True
    batch: str | None = None


def plan(house: House, deal: Deal, stay: Stay, into: Into, skip_runs: Collection[int] = ()) -> Plan:
    """Plan a deal's move into another stage: one entry with its runs, and what leaving the old one cancels.

    ``skip_runs`` are runs that the caller is ending itself (the rule that moves the deal).
    """
    made = Plan()
    add(made, house, deal, stay, into, skip_runs)
    return made


def add(to: Plan, house: House, deal: Deal, stay: Stay, into: Into, skip_runs: Collection[int] = ()) -> None:
    """Add a deal's move to a plan (see :func:`plan`)."""
    stage = house.stage(into.pipeline, into.stage)
    assert stage is not None, "callers check the target"
    person = into.cause.kind is CauseKind.PERSON
    after = replace(
        deal,
        pipeline=into.pipeline,
        stage=into.stage,
        closed=stage.closed,
        rank=into.rank,
        entered_at=into.now,
        active_at=into.now,
        flags=tuple(f for f in deal.flags if f != LOOP_FLAG) if person else deal.flags,
        version=deal.version + 1,
    )
    cancelled_runs, stopped = leaving(house, stay, into.now, "left_stage", LEFT, skip_runs)
    entered = NewEntry(
        before=deal,
        deal=after,
        entry=_entry(after, into, stay.entry, deal),
        runs=_runs(house, after, into),
        closes=stay.entry,
        cancelled_runs=cancelled_runs,
        cancelled_deliveries=stopped,
    )
    to.entered.append(entered)
    to.timeline.append(_moved_row(house, deal, stage, into))
    to.timeline += [outcomes.row(d, into.now) for _, d in stopped]


def plan_new(house: House, deal: Deal, into: Into) -> Plan:
    """Plan the making of a deal in its first stage."""
    stage = house.stage(into.pipeline, into.stage)
    assert stage is not None, "callers check the target"
    new = replace(deal, closed=stage.closed, entered_at=into.now, created_at=into.now, active_at=into.now)
    entered = NewEntry(before=None, deal=new, entry=_entry(new, into, None, None), runs=_runs(house, new, into))
    text, data = created(into.pipeline, stage, into.cause)
    row = TimelineRow(deal=new.id, at=into.now, kind=TimelineKind.CREATED, by=into.by, text=text, data=data)
    return Plan(entered=[entered], timeline=[row])


def created(pipeline: str, stage: Stage, cause: Cause) -> tuple[Words, Mapping[str, Any]]:
    """Return text and data of the line of history that tells of a deal's making."""
    data = {"pipeline": pipeline, "stage": stage.id, "cause": cause.kind.value}
    return Words(N_("created in {stage}"), {"stage": stage.name}), data


LEFT = Words(N_("the deal left the stage"))
UNDONE = Words(N_("the move was undone"))


def leaving(
    house: House, stay: Stay, now: Moment, reason: str, why: Words, skip_runs: Collection[int] = ()
) -> tuple[list[tuple[Run, Run]], list[tuple[Delivery, Delivery]]]:
    """Return what ending a stay cancels: runs that have not happened, messages that wait for a retry or for hours or
    stand behind a paused or resting connection. A message on its way to its first attempt goes out (undo stops that
    one too)."""
    stopped = [
        (d, cancelled(d, reason, why))
        for d in stay.deliveries
        if _stoppable(house, d, undo=reason == "undone") or _waiting(d, stay.resting, now)
    ]
    stopped_runs = {d.run for d, _ in stopped}
    runs = [
        (run, cancelled_run(run, reason, why, now))
        for run in stay.runs
        if run.id not in skip_runs and (run.status in (RunStatus.WAITING, RunStatus.NO_DATE) or run.id in stopped_runs)
    ]
    return runs, stopped


def cancelled(delivery: Delivery, reason: str, why: Words) -> Delivery:
    """Return a delivery that does not go out, with what it was, for an undo."""
    return replace(
        delivery,
        status=DeliveryStatus.CANCELLED,
        was=delivery.status,
        was_reason=delivery.reason,
        was_detail=delivery.detail,
        reason=reason,
        detail=why,
    )


def cancelled_run(run: Run, reason: str, why: Words, now: Moment) -> Run:
    """Return a run that does not happen, with what it was, for an undo."""
    before = {"was": run.status, "was_reason": run.reason}
    return replace(run, status=RunStatus.CANCELLED, reason=reason, detail=why, ended_at=now, **before)


def _stoppable(house: House, delivery: Delivery, *, undo: bool) -> bool:
    if delivery.status is not DeliveryStatus.QUEUED or delivery.worker is not None:
        return False
    connection = house.connections.get(delivery.connection)
    return undo or delivery.attempts > 0 or connection is None or connection.paused is not None


def _waiting(delivery: Delivery, resting: Collection[str], now: Moment) -> bool:
    """Return whether a message cannot go now, though it was never tried: its line rests, or its time is yet to come."""
    if delivery.status is not DeliveryStatus.QUEUED or delivery.worker is not None:
        return False
    return delivery.connection in resting or (delivery.due_at is not None and delivery.due_at > now)


def _entry(deal: Deal, into: Into, previous: Entry | None, before: Deal | None) -> Entry:
    return Entry(
        id=0,
        deal=deal.id,
        pipeline=into.pipeline,
        stage=into.stage,
        at=into.now,
        by=into.by,
        cause=into.cause,
        previous=previous.id if previous else None,
        left_rank=before.rank if before else 0,
        batch=into.batch,
        unflagged=before is not None and len(deal.flags) < len(before.flags),
    )


def _runs(house: House, deal: Deal, into: Into) -> list[Run]:
    if not into.start_rules:
        return []
    grace = house.company.grace if into.cause.kind is CauseKind.PERSON else 0
    return starting.runs_for(house, deal, into.now, grace)


def _moved_row(house: House, deal: Deal, new: Stage, into: Into) -> TimelineRow:
    old = house.stage(deal.pipeline, deal.stage)
    said = _moved(old.name if old else deal.stage, new.name)
    data = _from_to(deal.pipeline, deal.stage, into.pipeline, into.stage, into.cause.kind, into.cause.id)
    return TimelineRow(deal=deal.id, at=into.now, kind=TimelineKind.MOVED, by=into.by, text=said, data=data)


# The deals of a bulk move share what is said of them, so that the Store writes each sentence once.
@lru_cache(maxsize=256)
def _moved(old: str, new: str) -> Words:
    return Words(N_("{old} → {new}"), {"old": old, "new": new})


@lru_cache(maxsize=256)
def _from_to(
    from_pipeline: str, from_stage: str, pipeline: str, stage: str, cause: CauseKind, cause_id: str | None
) -> Mapping[str, str | None]:
    return {
        "from": from_stage,
        "to": stage,
        "from_pipeline": from_pipeline,
        "to_pipeline": pipeline,
        "cause": cause.value,
        "cause_id": cause_id,
    }
