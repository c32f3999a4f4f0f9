"""Durable timers that are due: each becomes an event of the house in the transaction in which it goes."""

from __future__ import annotations

from typing import Final

from core import silence
from core.model.deal import Deal
from core.model.event import Event, Timer
from core.model.moment import Moment, iso
from core.ports import Job, Tx

HOUSE: Final = "house"
"""The source of events that the house raises itself."""
BATCH: Final = 100
SWEPT: Final = 500
"""Deals that get their timers in one transaction when a trigger that waits for silence comes into force."""


def fire(limit: int = BATCH) -> Job[int]:
    """Return a job that takes up the timers that are due; it answers how many those were."""

    def job(tx: Tx) -> int:
        now = tx.now()
        due = tx.due_timers(now, limit)
        deals = tx.deals_by_id([timer.deal for timer in due if timer.kind == silence.STALE and timer.deal])
        for timer in due:
            if timer.kind == silence.STALE:
                _look(tx, timer, deals.get(timer.deal or ""), now)
            elif timer.kind == silence.SWEEP:
                _sweep(tx, timer, now)
            else:
                _raise(tx, timer)
        return len(due)

    return job


def _raise(tx: Tx, timer: Timer) -> None:
    """Record what a timer stands for: its key is the event's id, so that it happens once."""
    connection = timer.data.get("channel")
    tx.record(
        Event(
            kind=timer.kind,
            source=HOUSE,
            outside_id=timer.key,
            at=timer.at,
            deal=timer.deal,
            connection=str(connection) if connection else None,
            data=timer.data,
        )
    )


def _look(tx: Tx, timer: Timer, deal: Deal | None, now: Moment) -> None:
    """Look how long nothing has happened on a deal: tell each length that is reached, once a silence, and set the timer
    for the next one.

    After the last one it looks once more, for an act that was not committed yet may have found the timer still running.
    """
    house = tx.house()
    if deal is None or deal.closed or deal.removed:
        return
    since = deal.active_at
    moments = [(silence.ends(house, since, each), str(each)) for each in silence.lengths(house, deal.pipeline)]
    for at, after in moments:
        if at <= now:
            key = f"{silence.STALE}:{deal.id}:{since}:{after}"
            data = {"after": after, "since": iso(since)}
            tx.record(Event(kind=silence.STALE, source=HOUSE, outside_id=key, at=at, deal=deal.id, data=data))
    ahead = [at for at, _ in moments if at > now]
    if ahead:
        tx.put_timers([Timer(key=timer.key, kind=timer.kind, deal=deal.id, at=ahead[0])])
    elif moments and timer.data.get("told") != since:
        last = silence.timer(house, deal.id, deal.pipeline, now)
        if last is not None:
            tx.put_timers([Timer(key=last.key, kind=last.kind, deal=deal.id, at=last.at, data={"told": since})])


def _sweep(tx: Tx, timer: Timer, now: Moment) -> None:
    """Give the next open deals their timers, and go on behind them."""
    house = tx.house()
    if not silence.sweeps(house):
        return
    rests = tx.rests(str(timer.data.get("after") or ""), SWEPT)
    found = [silence.timer(house, rest.deal, rest.pipeline, rest.active_at) for rest in rests if rest.open]
    tx.put_timers([each for each in found if each is not None])
    if len(rests) == SWEPT:
        tx.put_timers([silence.sweep(now, rests[-1].deal)])
