"""Applying a plan: the one way in which what planners decide becomes rows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final

from sqlalchemy import update

from core.model.deal import Entry
from core.model.delivery import Delivery, DeliveryStatus
from core.model.run import Run
from core.model.timeline import TimelineRow
from core.plan import DealEffect, NewEntry, Plan
from core.ports import Applied
from data import mapping, mapping_work
from data.reader_base import the
from data.reader_board import timeline
from data.reader_entries import entries, runs
from data.reader_lines import attempts
from data.reader_outbox import deliveries
from data.sql import Statement
from data.tx_accepted import AcceptedWriter
from data.tx_deals import DealWriter, Pair
from data.tx_effects import EffectWriter
from data.tx_fence import DELIVERY_STATES, RUN_STATES, FenceWriter, still_true
from data.tx_statements import alteration, insertion
from data.tx_talk import TalkWriter

_FATE: Final = (
    "status due_at attempts worker reason detail provider_id sent_at delivered_at cost cost_currency cancelled_by was "
    "was_reason was_detail round tried_at"
).split()
_COURSE: Final = (
    "revision position status moment due_at waits mover holds reason detail condition cancelled_by was "
    "was_reason created_at ended_at"
).split()
_STAY: Final = ("ended_at", "undone_at", "left_rank", "grace_until", "undone_no")

ADD_ENTRY = insertion(entries)
CLOSE_ENTRY = alteration(entries, ("ended_at",))
CHANGE_ENTRY = alteration(entries, _STAY)
ADD_RUN = insertion(runs, leave=("was_reason",))
CHANGE_RUN = alteration(runs, _COURSE, seen="status")
ADD_DELIVERY = insertion(deliveries)


def _if_ours(names: Sequence[str]) -> Statement:
    return Statement(
        lambda: (
            update(deliveries)
            .values({name: the(name) for name in names})
            .where(
                deliveries.c.id == the("id"),
                deliveries.c.status == the("seen"),
                deliveries.c.worker.is_not_distinct_from(the("seen_worker")),
            )
        )
    )


CHANGE_DELIVERY = _if_ours(_FATE)
REWRITE_DELIVERY = _if_ours([*_FATE, "connection", "recipient", "text", "subject", "data", "why"])
ADD_LINE = insertion(timeline, leave=("delivery",))
ADD_ATTEMPT = insertion(attempts)


class PlanWriter(EffectWriter, DealWriter, AcceptedWriter, FenceWriter, TalkWriter):
    """Writes plans, table by table, in the order in which rows depend on one another."""

    def apply(self, plan: Plan) -> Applied:
        """Write a plan. Raises ``StaleDeal`` when a deal is no longer as the planner saw it; runs and deliveries that
        are no longer so are left alone, and the history does not tell what did not happen to them."""
        self._lock(plan)
        passed: set[str] = set()
        if plan.entries_changed:
            self.db.many(CHANGE_ENTRY, [_entry_change(after) for _, after in plan.entries_changed])
        made = self._enter(plan.entered, passed) if plan.entered else []
        if plan.deals_changed:
            self._write_deals(plan.deals_changed, [None] * len(plan.deals_changed))
        if plan.runs:
            self.db.many(ADD_RUN, [mapping_work.run_params(run) for run in plan.runs])
        if plan.runs_changed:
            passed |= self._change_runs([_run_change(*pair) for pair in plan.runs_changed])
        sent = self.db.new_ids(ADD_DELIVERY, [_new_delivery(delivery) for delivery in plan.deliveries])
        self._say_all(sent, plan.deliveries)
        if plan.deliveries_changed:
            passed |= self._change_deliveries(plan.deliveries_changed)
        held, unended = self._accept(plan.accepted) if plan.accepted else ((), ())
        if plan.attempts:
            self.db.many(ADD_ATTEMPT, [mapping_work.attempt_params(attempt) for attempt in plan.attempts])
        told = still_true(plan.timeline, passed)
        lines = [*self._affect_all(plan.effects), *told] if plan.effects else told
        if lines:
            self.db.tuples(ADD_LINE, mapping_work.timeline_rows(lines))
        self._tell_of(plan, sent)
        return Applied(
            entries=tuple(made),
            deals=tuple(new.deal.id for new in plan.entered if new.before is None),
            deliveries=tuple(sent),
            held=tuple(held),
            unended=tuple(unended),
        )

    def _lock(self, plan: Plan) -> None:
        if self.db.dialect == "sqlite":
            return
        seen = [new.before for new in plan.entered if new.before] + [before for before, _ in plan.deals_changed]
        self._lock_deals(seen, (deal for deal, _, _ in plan.effects))

    def _enter(self, entered: Sequence[NewEntry], passed: set[str]) -> list[int]:
        """Bring deals into stages: end the former stay, begin the new one, link it and start its runs. ``passed`` takes
        what somebody else was quicker with."""
        closing = [{"id": new.closes.id, "ended_at": new.entry.at} for new in entered if new.closes]
        if closing:
            self.db.many(CLOSE_ENTRY, closing)
        made = self.db.new_ids(ADD_ENTRY, [mapping.entry_params(new.entry) for new in entered])
        pairs: list[Pair] = [(new.before, new.deal) for new in entered]
        self._write_deals(pairs, made)
        started: list[mapping.Row] = []
        cancelled: list[mapping.Params] = []
        for entry, new in zip(made, entered, strict=True):
            started += [mapping_work.new_run_row(run, entry) for run in new.runs]
            cancelled += [_run_change(*pair) | {"cancelled_by": entry} for pair in new.cancelled_runs]
            if new.cancelled_deliveries:
                passed |= self._change_deliveries(new.cancelled_deliveries, entry)
        if started:
            self.db.tuples(ADD_RUN, started)
        if cancelled:
            passed |= self._change_runs(cancelled)
        return made

    def _change_runs(self, rows: Sequence[mapping.Params]) -> set[str]:
        return self._change_seen(CHANGE_RUN, RUN_STATES, rows, "R")

    def _change_deliveries(self, pairs: Sequence[tuple[Delivery, Delivery]], by: int | None = None) -> set[str]:
        """Change deliveries that nobody else has changed since, and return those passed over; ``by`` is the entry that
        cancels them."""
        rows: list[mapping.Params] = []
        passed: set[str] = set()
        for before, after in pairs:
            row = _delivery_change(before, after)
            if by is not None:
                row["cancelled_by"] = by
            if before.connection == after.connection and _same_text(before, after):
                rows.append(row)
            else:
                self._say_elsewhere(before, after)
                passed |= self._change_seen(
                    REWRITE_DELIVERY, DELIVERY_STATES, [mapping_work.delivery_params(after) | row], "M"
                )
        return passed | self._change_seen(CHANGE_DELIVERY, DELIVERY_STATES, rows, "M")

    def _affect_all(self, wanted: Sequence[tuple[str, str, DealEffect]]) -> list[TimelineRow]:
        lines: list[TimelineRow] = []
        for deal, effects in groupby(wanted, key=itemgetter(0)):
            before, after, told = self._affect(deal, [(by, effect) for _, by, effect in effects])
            if after != before:
                self._write_deals([(before, after)], [None])
            lines += told
        return lines

    def _tell_of(self, plan: Plan, sent: Sequence[int]) -> None:
        """Feed the screens: deals whose card or history changed, messages, and once that runs did (the held ones)."""
        ran = [run.deal for run in plan.runs] + [after.deal for _, after in plan.runs_changed]
        ran += [new.deal.id for new in plan.entered if new.runs or new.cancelled_runs]
        deals = {new.deal.id for new in plan.entered}.union(
            ran,
            (after.id for _, after in plan.deals_changed),
            (line.deal for line in plan.timeline),
            (deal for deal, _, _ in plan.effects),
        )
        changed = {after.id for _, after in plan.deliveries_changed}.union(
            sent, (after.id for new in plan.entered for _, after in new.cancelled_deliveries)
        )
        told = [("deal", deal) for deal in sorted(deals)] + [("delivery", str(id_)) for id_ in sorted(changed)]
        self._tell([*told, ("run", "")] if ran else told)


def _entry_change(after: Entry) -> mapping.Params:
    return {name: getattr(after, name) for name in ("id", *_STAY)}


def _same_text(before: Delivery, after: Delivery) -> bool:
    return before.message is after.message or before.message == after.message


def _run_change(before: Run, after: Run) -> mapping.Params:
    return mapping_work.run_params(after) | {"seen": before.status.value}


def _new_delivery(delivery: Delivery) -> mapping.Params:
    row = mapping_work.delivery_params(delivery)
    if delivery.due_at is None and delivery.status is DeliveryStatus.QUEUED:
        row["due_at"] = delivery.at
    return row


def _delivery_change(before: Delivery, after: Delivery) -> mapping.Params:
    return mapping_work.fate_params(after) | {"seen": before.status.value, "seen_worker": before.worker}
