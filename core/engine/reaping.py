"""Taking over what an engine left that died."""

from __future__ import annotations

from collections.abc import Sequence

from core.engine import abandoning, bundling, chaining, finishing
from core.i18n import N_
from core.model.delivery import Delivery, DeliveryStatus, Outcome, OutcomeKind
from core.model.frozen import replace
from core.model.house import Connection
from core.model.moment import Moment
from core.model.rule import Unknown
from core.plan import Plan
from core.ports import AdapterFactory, Job, Random, Tx
from core.words import Words


def reap(adapters: AdapterFactory) -> Job[int]:
    """Return a job that takes over what a dead engine left: messages that it had leased go back, *sending* ones become
    *unknown*; a peer that can tell what became of them is asked at once. It answers how many are unknown."""

    def job(tx: Tx) -> int:
        now = tx.now()
        left = tx.reap()
        _given_back(tx, [d for d in left if d.status is DeliveryStatus.QUEUED], now)
        found = [d for d in left if d.status is DeliveryStatus.SENDING]
        lost = Words(N_("the engine stopped while this was being sent: nobody knows whether it went out"))
        outcome = Outcome(kind=OutcomeKind.UNKNOWN, reason="timeout", detail=lost)
        rng = Random(0)
        results = [(d, outcome) for d in found]
        runs = tx.runs_by_id([d.run for d in found if d.run is not None])
        plan = finishing.finished(results, runs, now, rng)
        tells = {d.connection for d in found if _tells(adapters, tx.house().connections.get(d.connection))}
        plan.deliveries_changed = [
            (d, replace(after, due_at=now) if after.connection in tells else after)
            for d, after in plan.deliveries_changed
        ]
        bundling.settle(tx, plan, now)
        tx.apply(plan)
        chaining.after(tx, plan.runs_changed, now)
        return len(found)

    return job


def _given_back(tx: Tx, leased: Sequence[Delivery], now: Moment) -> None:
    """Look at what was leased and not marked: under ``hold`` it was not tried; under ``resend`` nobody knows, so that
    it keeps its bytes from now on."""
    perhaps = [d for d in leased if d.unknown is Unknown.RESEND and d.tried_at is None]
    frozen = {d.id: replace(d, tried_at=now) for d in perhaps}
    if perhaps:
        tx.apply(Plan(deliveries_changed=[(d, frozen[d.id]) for d in perhaps]))
    abandoning.stop_given_back(tx, [frozen.get(d.id, d) for d in leased], now)


def _tells(adapters: AdapterFactory, connection: Connection | None) -> bool:
    """Return whether a connection's peer can be asked what became of a message."""
    peer = adapters.capabilities(connection) if connection is not None else None
    return peer is not None and peer.reconciles
