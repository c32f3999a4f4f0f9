"""A rule that is switched off or removed: its runs that have not happened do not happen any more.

Where very many wait they are cancelled part by part, so that nobody waits for all. From the first part on the rule is
off, and the engine lets no run of such a rule act: whoever dies in between leaves runs that wait and come to nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from core.engine import chaining
from core.i18n import N_
from core.model.house import House
from core.model.run import Run, RunStatus, Waiting
from core.plan import Plan
from core.ports import Tx
from core.words import Words

OFF = Words(N_("the rule was switched off"))
PART: Final = 200
"""Runs cancelled in one transaction: some forty milliseconds of work."""


def cancel_waiting(tx: Tx, rule_id: str, limit: int | None = None) -> int:
    """Cancel a rule's waiting runs (the first ``limit``; reason ``disabled``), let go on what waited for them; returns
    their number."""
    return _cancel(tx, tx.waiting_runs(rule_id, limit))


def cancel_left(tx: Tx, rule_id: str) -> int:
    """Cancel a part of what still waits of a rule that is off, but not what a person has asked for since; returns how
    many runs that were."""
    return _cancel(tx, tx.left_runs(rule_id, PART))


def sweep(tx: Tx) -> int:
    """Cancel a part of what somebody who has died left waiting of rules that are off; returns how many runs."""
    off = (rule.id for rule in tx.house().rules.values() if not rule.enabled)
    return next((count for rule in off if (count := cancel_left(tx, rule))), 0)


def is_off(house: House, run: Run) -> bool:
    """Return whether a run comes to nothing since its rule is off or gone. What a person asks for happens."""
    rule = house.rules.get(run.rule)
    return (rule is None or not rule.enabled) and run.reason != Waiting.ASKED


def _cancel(tx: Tx, runs: Sequence[Run]) -> int:
    now = tx.now()
    changed = [
        (run, replace(run, status=RunStatus.CANCELLED, was=run.status, reason="disabled", detail=OFF, ended_at=now))
        for run in runs
    ]
    if changed:
        tx.apply(Plan(runs_changed=changed))
        chaining.after(tx, changed, now)
    return len(changed)
