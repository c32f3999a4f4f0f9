"""A rule that is switched off or removed: its runs that have not happened do not happen any more."""

from __future__ import annotations

from dataclasses import replace

from core.engine import chaining
from core.i18n import N_
from core.model.run import RunStatus
from core.plan import Plan
from core.ports import Tx
from core.words import Words

OFF = Words(N_("the rule was switched off"))


def cancel_waiting(tx: Tx, rule_id: str) -> int:
    """Cancel a rule's waiting runs (reason ``disabled``), let go on what waited for them; returns their number."""
    now = tx.now()
    changed = [
        (run, replace(run, status=RunStatus.CANCELLED, was=run.status, reason="disabled", detail=OFF, ended_at=now))
        for run in tx.waiting_runs(rule_id)
    ]
    if changed:
        tx.apply(Plan(runs_changed=changed))
        chaining.after(tx, changed, now)
    return len(changed)
