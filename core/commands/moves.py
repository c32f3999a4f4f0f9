"""Moving deals by hand, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core import plan as plans
from core.commands import lookup
from core.engine import chaining, entering, rescheduling, undoing
from core.errors import Refused
from core.i18n import N_
from core.model.deal import Cause, CauseKind, Deal, Entry
from core.model.frozen import replace
from core.plan import Plan
from core.ports import Job, Tx
from core.words import Words

PERSON = Cause(CauseKind.PERSON)


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move did. ``batch`` names the act for undo (None when nothing moved)."""

    batch: str | None
    moved: tuple[str, ...]
    unchanged: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: deals put back, messages and runs cancelled, what has gone out and what stays changed."""

    deals: tuple[str, ...]
    cancelled: int
    gone_out: tuple[Words, ...]
    stays: tuple[Words, ...]


def move(
    deals: Sequence[str],
    stage: str,
    *,
    by: str | None = None,
    pipeline: str | None = None,
    above: str | None = None,
    reorder: bool = False,
    rules: bool = True,
) -> Job[Moved]:
    """Return a job that brings deals into a stage, as one act of a person (default: each deal's responsible).

    ``above`` is the deal that shall stand directly above them (None: on top). A deal that is in the stage already
    starts nothing; with ``reorder`` it takes the new place in its column. ``rules`` False starts no rules.
    """

    def job(tx: Tx) -> Moved:
        house = tx.house()
        if by is not None:
            lookup.user(house, by)
        now = tx.now()
        tx.hold(deals)
        found = lookup.deals(tx, deals)
        stays = entering.stays_of(tx, found)
        ranks = _ranks(tx, found, pipeline, stage, above)
        batch = f"{now}-{found[0].id}-{found[0].version}" if found else None
        plan, moved, same = Plan(), [], []
        for deal in found:
            target = pipeline or deal.pipeline
            lookup.stage(house, target, stage)
            if (target, stage) == (deal.pipeline, deal.stage):
                same.append(deal.id)
                if reorder or above is not None:
                    _place(plan, deal, ranks[deal.id])
                continue
            into = entering.Into(
                pipeline=target,
                stage=stage,
                rank=ranks[deal.id],
                by=by or deal.responsible or "system",
                cause=PERSON,
                now=now,
                start_rules=rules,
                batch=batch,
            )
            entering.add(plan, house, deal, stays[deal.id], into)
            moved.append(deal.id)
        tx.apply(plan)
        return Moved(batch if moved else None, tuple(moved), tuple(same))

    return job


def _place(plan: Plan, deal: Deal, rank: int) -> None:
    if rank != deal.rank:
        plan.deals_changed.append((deal, replace(deal, rank=rank, version=deal.version + 1)))


def _ranks(tx: Tx, deals: Sequence[Deal], pipeline: str | None, stage: str, above: str | None) -> dict[str, int]:
    """Return the new rank of each deal: under ``above`` in the order given, else on top, the first one topmost."""
    if above is not None and tx.deal(above) is not None:
        return _between(tx, deals, pipeline or deals[0].pipeline, stage, above)
    ranks: dict[str, int] = {}
    tops: dict[str, int] = {}
    for deal in reversed(deals):
        target = pipeline or deal.pipeline
        if target not in tops:
            tops[target] = tx.top_rank(target, stage)
        tops[target] += entering.RANK_GAP
        ranks[deal.id] = tops[target]
    return ranks


def _between(tx: Tx, deals: Sequence[Deal], pipeline: str, stage: str, above: str) -> dict[str, int]:
    high, low = tx.neighbours(pipeline, stage, above)
    if high is None:
        high = tx.top_rank(pipeline, stage) + entering.RANK_GAP * (len(deals) + 1)
    if low is None:
        low = high - entering.RANK_GAP * (len(deals) + 1)
    if high - low <= len(deals):
        tx.renumber(pipeline, stage, entering.RANK_GAP)
        return _between(tx, deals, pipeline, stage, above)
    step = (high - low) // (len(deals) + 1)
    return {deal.id: high - step * (index + 1) for index, deal in enumerate(deals)}


def undo(*, deal: str | None = None, batch: str | None = None, by: str | None = None) -> Job[Undone]:
    """Return a job that takes a person's move back: the newest one of a deal, one act by its batch, or the newest act.

    A bulk move is one undo: all of it or, when one of its deals has moved since, none. Raises ``Refused``.
    """

    def job(tx: Tx) -> Undone:
        house, now = tx.house(), tx.now()
        if by is not None:
            lookup.user(house, by)
        todo = [_undoing(tx, *found) for found in _undo_deals(tx, deal, batch)]
        plan = Plan()
        for what in todo:
            plans.merge(plan, undoing.plan(house, what, by or what.undone.by, now))
        tx.apply(plan)
        for what in todo:
            rescheduling.revived(tx, what.former.id, now)
            if any(run.waits for run in what.revived_runs):
                chaining.reopened(tx, what.former.id, now)
        cancelled = sum(1 for before, after in plan.runs_changed if before.ended_at is None and after.ended_at)
        return Undone(
            tuple(what.deal.id for what in todo),
            cancelled,
            tuple(words for what in todo for words in undoing.gone_out(what)),
            tuple(words for what in todo for words in undoing.stays(what, house)),
        )

    return job


def _undo_deals(tx: Tx, deal: str | None, batch: str | None) -> list[tuple[Deal, Entry]]:
    if deal is not None:
        tx.hold([deal])
        found = lookup.deal(tx, deal)
        entry = undoing.check(found, tx.entry(found.entry) if found.entry is not None else None)
        if entry.batch is None:
            return [(found, entry)]
        batch = entry.batch
    batch = batch or tx.last_batch()
    entries = tx.batch(batch) if batch else ()
    if not entries:
        raise Refused(N_("there is no move to undo"))
    tx.hold(entry.deal for entry in entries)
    return [(lookup.deal(tx, entry.deal), entry) for entry in tx.batch(batch or "")]


def _undoing(tx: Tx, deal: Deal, entry: Entry) -> undoing.Undoing:
    undoing.check(deal, entry, tx.entry(deal.entry) if deal.entry is not None else None)
    former = tx.entry(entry.previous or 0)
    if former is None:
        raise Refused(N_("deal {deal}: there is no move to undo"), deal=deal.id)
    runs, deliveries = tx.cancelled_by(entry.id)
    return undoing.Undoing(
        deal=deal,
        undone=entry,
        former=former,
        runs=tx.runs(entry.id),
        deliveries=tx.deliveries_of_entry(entry.id),
        revived_runs=runs,
        revived_deliveries=deliveries,
    )
