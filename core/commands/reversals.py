"""Taking a person's move back, and doing it again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core import plan as plans
from core.commands import lookup
from core.engine import chaining, entering, rescheduling, undoing
from core.errors import Refused
from core.model.deal import Deal, Entry
from core.plan import Plan
from core.ports import Job, Tx
from core.words import Words


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: deals put back, messages and runs cancelled, what has gone out and what stays changed."""

    deals: tuple[str, ...]
    cancelled: int
    gone_out: tuple[Words, ...]
    stays: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Redone:
    """What a redo did: deals moved again, runs that wait or send again, runs of the left stage that were cancelled."""

    deals: tuple[str, ...]
    revived: int
    cancelled: int


def undo(*, deal: str | None = None, batch: str | None = None, by: str | None = None) -> Job[Undone]:
    """Return a job that takes a person's move back: the newest one of a deal, one act by its batch, or the newest act.

    A bulk move is one undo: all of it or, when one of its deals has moved since, none. Raises ``Refused``.
    """

    def job(tx: Tx) -> Undone:
        house, now = tx.house(), tx.now()
        if by is not None:
            lookup.user(house, by)
        number = tx.last_undo_number() + 1
        todo = [_undoing(tx, *found, number) for found in _undo_deals(tx, deal, batch)]
        plan = Plan()
        for what in todo:
            plans.merge(plan, undoing.plan(house, what, by or what.undone.by, now))
        tx.apply(plan)
        for what in todo:
            if any(run.waits for run in what.revived_runs):
                chaining.reopened(tx, what.former.id, now)
            rescheduling.after_absence(tx, what.former.id, what.revived_runs, now)
        return Undone(
            tuple(what.deal.id for what in todo),
            _ended(plan),
            tuple(words for what in todo for words in undoing.gone_out(what)),
            tuple(words for what in todo for words in undoing.stays(what, house)),
        )

    return job


def _ended(plan: Plan) -> int:
    return sum(1 for before, after in plan.runs_changed if before.ended_at is None and after.ended_at is not None)


def _undo_deals(tx: Tx, deal: str | None, batch: str | None) -> Sequence[tuple[Deal, Entry]]:
    def newest(found: Deal) -> Entry:
        return undoing.check(found, tx.entry(found.entry) if found.entry is not None else None)

    return _act(tx, deal, batch or (tx.last_batch() if deal is None else None), newest, undoing.NOTHING)


def _undoing(tx: Tx, deal: Deal, entry: Entry, number: int) -> undoing.Undoing:
    undoing.check(deal, entry, tx.entry(deal.entry) if deal.entry is not None else None)
    former = tx.entry(entry.previous or 0)
    if former is None:
        raise Refused(undoing.NONE_OF_DEAL, deal=deal.id)
    runs, deliveries = tx.cancelled_by(entry.id)
    return undoing.Undoing(
        deal=deal,
        undone=entry,
        former=former,
        runs=tx.runs(entry.id),
        deliveries=tx.deliveries_of_entry(entry.id),
        revived_runs=runs,
        revived_deliveries=deliveries,
        number=number,
    )


def redo(*, deal: str | None = None, batch: str | None = None, by: str | None = None) -> Job[Redone]:
    """Return a job that does an undone move again: the newest one of a deal, one act by its batch, or the newest.

    It is the reverse of the undo and no entry: no rule starts; what the undo had cancelled goes on, not before a new
    grace has passed. A bulk move is one redo: all of it or, when one of its deals has moved since, none. Raises
    ``Refused``.
    """

    def job(tx: Tx) -> Redone:
        house, now = tx.house(), tx.now()
        if by is not None:
            lookup.user(house, by)
        todo = [_redoing(tx, *found) for found in _redo_deals(tx, deal, batch)]
        plan = Plan()
        for what in todo:
            plans.merge(plan, undoing.plan_redo(house, what, by or what.redone.by, now))
        tx.apply(plan)
        for what in todo:
            chaining.reopened(tx, what.redone.id, now)
            rescheduling.after_absence(tx, what.redone.id, what.revived_runs, now, anew=True)
        revived = sum(1 for before, after in plan.runs_changed if before.status.ended and not after.status.ended)
        return Redone(tuple(what.deal.id for what in todo), revived, _ended(plan))

    return job


def _redo_deals(tx: Tx, deal: str | None, batch: str | None) -> Sequence[tuple[Deal, Entry]]:
    def newest(found: Deal) -> Entry:
        return undoing.check_redo(found, undoing.redoable(found, tx.entries(found.id)))

    return _act(tx, deal, batch or (tx.last_undone() if deal is None else None), newest, undoing.NOTHING_UNDONE)


def _redoing(tx: Tx, deal: Deal, entry: Entry) -> undoing.Redoing:
    undoing.check_redo(deal, undoing.redoable(deal, tx.entries(deal.id)), entry)
    former = tx.entry(entry.previous or 0)
    if former is None:
        raise Refused(undoing.NONE_OF_DEAL_UNDONE, deal=deal.id)
    return undoing.Redoing(
        deal=deal,
        redone=entry,
        former=former,
        stay=entering.stay_of(tx, deal),
        revived_runs=undoing.cancelled_by_undo(tx.runs(entry.id)),
        revived_deliveries=undoing.cancelled_by_undo(tx.deliveries_of_entry(entry.id)),
    )


def _act(
    tx: Tx, deal: str | None, batch: str | None, newest: Callable[[Deal], Entry], nothing: str
) -> Sequence[tuple[Deal, Entry]]:
    """Return the deals of one act with their entries, held: the act of a deal's newest move, or the one named."""
    if deal is not None:
        tx.hold([deal])
        found = lookup.deal(tx, deal)
        entry = newest(found)
        if entry.batch is None:
            return [(found, entry)]
        batch = entry.batch
    entries = tx.batch(batch) if batch else ()
    if not entries:
        raise Refused(nothing)
    tx.hold(entry.deal for entry in entries)
    return [(lookup.deal(tx, entry.deal), entry) for entry in tx.batch(batch or "")]
