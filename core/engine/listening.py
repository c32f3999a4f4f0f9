"""Events at work: which deals each reaches, and at each of them the one trigger that moves it, or why none does.

Two jobs, each one transaction a batch. :func:`expand` takes up what has happened: it finds the deals (making one for a
client whom nobody knows yet), tells their history and matches at once; an event that reaches very many deals leaves
rows, which :func:`match` takes up in batches. Deals are held before anything about them is read, so a decision cannot
be stale; engines beside this one skip what it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from core.engine import entering, expanding, guarding, matching, telling
from core.judging_hits import Lists, NoLists
from core.model.deal import LOOP_FLAG, Deal
from core.model.event import Event, Reach
from core.model.frozen import replace
from core.model.moment import Moment, iso
from core.plan import Plan
from core.ports import Job, Tx
from core.triggers.base import Heard

BATCH: Final = 10
"""Events, or events at deals, in one transaction: some ten milliseconds, which a person's move may have to wait for."""
NO_LISTS: Final = NoLists()
MANY: Final = 50
"""Deals that one event is matched at in the transaction that finds them; with more each batch has its own."""


@dataclass(slots=True)
class _Batch:
    """What one transaction knows: the deals as they stand now."""

    tx: Tx
    now: Moment
    deals: dict[str, Deal] = field(default_factory=dict)

    def hold(self, ids: Iterable[str]) -> None:
        wanted = sorted(set(ids))
        if wanted:
            self.tx.hold(wanted)
            self.deals.update(self.tx.deals_by_id(wanted))


def expand(lists: Lists = NO_LISTS, limit: int = BATCH) -> Job[int]:
    """Return a job that takes up the events that are due; it answers how many those were. ``lists``
    tell what is known of programs and networks that look at mail."""

    def job(tx: Tx) -> int:
        batch = _Batch(tx, tx.now())
        events = [expanding.settled(tx, event, lists) for event in tx.due_events(batch.now, limit)]
        if not events:
            return 0
        reached = [expanding.reached(tx, event) for event in events]
        batch.hold(deal for deals in reached if len(deals) <= MANY for deal in deals)
        rows: list[Reach] = []
        for event, deals in zip(events, reached, strict=True):
            rows += _left_open(event, deals) if len(deals) > MANY else _taken_up(batch, event, deals)
        tx.add_reaches(rows)
        tx.heard([event.id for event in events], batch.now)
        return len(events)

    return job


def match(lists: Lists = NO_LISTS, limit: int = BATCH) -> Job[int]:
    """Return a job that matches events at deals which were left open; it answers how many."""

    def job(tx: Tx) -> int:
        batch = _Batch(tx, tx.now())
        opened = tx.open_reaches(limit)
        if not opened:
            return 0
        found = tx.events_by_id({reach.event for reach in opened})
        events = {number: expanding.settled(tx, event, lists) for number, event in found.items()}
        batch.hold(reach.deal for reach in opened if reach.deal is not None)
        for reach in opened:
            deal = batch.deals.get(reach.deal or "")
            event = events[reach.event]
            telling.tell(tx, event, [deal] if deal is not None and not deal.removed else [], batch.now)
            tx.put_reach(replace(_matched(batch, event, deal), id=reach.id, deal=reach.deal))
        return len(opened)

    return job


def _left_open(event: Event, deals: Sequence[str]) -> list[Reach]:
    return [Reach(id=0, event=event.id, deal=deal) for deal in deals]


def _taken_up(batch: _Batch, event: Event, ids: Sequence[str]) -> list[Reach]:
    """Match an event at each deal that it reaches; where it reaches no open one a new deal may be made for it."""
    deals = [batch.deals[one] for one in ids if one in batch.deals and not batch.deals[one].removed]
    fresh: str | None = None
    if expanding.wants_new_deal(batch.tx, event, deals):
        made = expanding.new_deal(batch.tx, event, batch.now)
        batch.hold(made.deals)
        known = {deal.id for deal in deals}
        deals += [batch.deals[one] for one in made.deals if one in batch.deals and one not in known]
        fresh = made.fresh
    telling.tell(batch.tx, event, deals, batch.now, fresh)
    if not deals:
        return [Reach(id=0, event=event.id, deal=None, judged_at=batch.now)]
    rows = [_matched(batch, event, batch.deals[deal.id]) for deal in deals]
    began = batch.deals[fresh].entry if fresh is not None else None
    return [replace(row, entry=began) if row.deal == fresh and row.entry is None else row for row in rows]


def _matched(batch: _Batch, event: Event, deal: Deal | None) -> Reach:
    """Judge every candidate at a deal, and carry out what comes of it."""
    now = batch.now
    if deal is None or deal.removed:
        return Reach(id=0, event=event.id, deal=deal.id if deal else None, judged_at=now)
    tx = batch.tx
    entry: int | None = None
    decision = decide(tx, event, deal, now)
    if decision.applied is not None:
        entry = _move(tx, event, deal, decision.applied, now)
    elif decision.stopped is not None:
        _stop(tx, deal, decision.stopped, now)
    if entry is not None or (decision.stopped is not None and decision.stopped.flags):
        batch.deals.update(tx.deals_by_id([deal.id]))
    applied = decision.applied.trigger.id if decision.applied else None
    return Reach(
        id=0,
        event=event.id,
        deal=deal.id,
        applied=applied,
        entry=entry,
        candidates=decision.candidates,
        judged_at=now,
    )


def decide(tx: Tx, event: Event, deal: Deal, now: Moment) -> matching.Decision:
    """Return what an event comes to at a deal as it stands; reads nothing more where no trigger listens."""
    asked = matching.listeners(tx.house(), deal.pipeline, event.kinds)
    if not asked:
        return matching.Decision()
    facts = replace(tx.facts(deal, now), event={**event.data, "at": iso(event.at)})
    delivery = tx.delivery(event.delivery) if event.delivery is not None else None
    counted: list[int] = []

    def moves() -> int:
        if not counted:
            counted.append(tx.automatic_moves(deal.id, guarding.hour_before(now)))
        return counted[0]

    return matching.decide(Heard(event=event, facts=facts, delivery=delivery), asked, moves)


def _move(tx: Tx, event: Event, deal: Deal, listener: matching.Listener, now: Moment) -> int:
    """Bring the deal into the trigger's stage; returns the new stay."""
    trigger, house = listener.trigger, tx.house()
    into = entering.Into(
        pipeline=trigger.pipeline,
        stage=trigger.stage,
        rank=tx.top_rank(trigger.pipeline, trigger.stage) + entering.RANK_GAP,
        by=matching.author(trigger, deal, house.users),
        cause=guarding.follow(event.chain, listener.link),
        now=now,
    )
    return tx.apply(entering.plan(house, deal, entering.stay_of(tx, deal), into)).entries[0]


def _stop(tx: Tx, deal: Deal, stopped: guarding.Stopped, now: Moment) -> None:
    """Flag a deal whose chain has made a circle, and say so; one that is flagged already stays as it is."""
    if stopped.flags:
        flagged = replace(deal, flags=(*deal.flags, LOOP_FLAG), version=deal.version + 1)
        tx.apply(Plan(deals_changed=[(deal, flagged)], timeline=guarding.rows(tx.house(), deal, stopped, now)))
