"""Moving deals by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.commands import lookup
from core.engine import entering
from core.model.deal import Cause, CauseKind, Deal
from core.model.frozen import replace
from core.plan import Plan
from core.ports import Job, Tx

PERSON = Cause(CauseKind.PERSON)


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move did. ``batch`` names the act for undo (None when nothing moved)."""

    batch: str | None
    moved: tuple[str, ...]
    unchanged: tuple[str, ...]


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
