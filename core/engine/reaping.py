"""Taking over what an engine left that died."""

from __future__ import annotations

from core.engine import chaining, dispatching
from core.i18n import N_
from core.model.delivery import Outcome, OutcomeKind
from core.model.frozen import replace
from core.model.house import Connection
from core.ports import AdapterFactory, Job, Random, Tx
from core.words import Words


def reap(adapters: AdapterFactory) -> Job[int]:
    """Return a job that takes over what a dead engine left: leases are freed, *sending* rows become *unknown*; a peer
    that can tell what became of them is asked at once."""

    def job(tx: Tx) -> int:
        now = tx.now()
        found = tx.reap()
        lost = Words(N_("the engine stopped while this was being sent: nobody knows whether it went out"))
        outcome = Outcome(kind=OutcomeKind.UNKNOWN, reason="timeout", detail=lost)
        rng = Random(0)
        results = [(d, outcome) for d in found]
        runs = tx.runs_by_id([d.run for d in found if d.run is not None])
        plan = dispatching.finished(results, runs, now, rng)
        tells = {d.connection for d in found if _tells(adapters, tx.house().connections.get(d.connection))}
        plan.deliveries_changed = [
            (d, replace(after, due_at=now) if after.connection in tells else after)
            for d, after in plan.deliveries_changed
        ]
        tx.apply(plan)
        chaining.after(tx, plan.runs_changed, now)
        return len(found)

    return job


def _tells(adapters: AdapterFactory, connection: Connection | None) -> bool:
    """Return whether a connection's peer can be asked what became of a message."""
    peer = adapters.capabilities(connection) if connection is not None else None
    return peer is not None and peer.reconciles
