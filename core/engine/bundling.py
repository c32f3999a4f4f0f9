"""Runs with several messages: such a run ends when all of them are final, as the worst of them ended.

A failed message is worse than a cancelled one, that than one of which nobody knows, and best is one that was taken,
whatever its peer reports of it later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from core.engine import chaining
from core.i18n import N_
from core.model.delivery import Delivery, DeliveryStatus
from core.model.frozen import replace
from core.model.moment import Moment
from core.model.run import Run, RunStatus
from core.plan import Plan
from core.ports import Tx
from core.words import NO_WORDS, Words

UNPLANNED: Final = Words(N_("the rule sends this message no more"))
"""Why a late message was cancelled that its rule, judged anew, does not write any more: no fault of its run."""
ON_ITS_WAY: Final = frozenset({DeliveryStatus.QUEUED, DeliveryStatus.SENDING})
_TAKEN: Final = frozenset({DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.UNDELIVERED})
_BADNESS: Final = {DeliveryStatus.UNKNOWN: 1, DeliveryStatus.CANCELLED: 2, DeliveryStatus.FAILED: 3}
_ENDS: Final = {DeliveryStatus.FAILED: RunStatus.FAILED, DeliveryStatus.CANCELLED: RunStatus.CANCELLED}


def settle(tx: Tx, plan: Plan, now: Moment) -> None:
    """Correct the ends of runs that a plan draws from the end of one message each: a run that has others waits for the
    last of them, and ends as the worst did. Reads nothing unless a *sending* run ends."""
    ending = [(run, after) for run, after in plan.runs_changed if _ends(run, after)]
    if not ending:
        return
    known = _messages(tx, {run.entry for run, _ in ending}, plan)
    kept = [pair for pair in plan.runs_changed if not _ends(*pair)]
    for run, after in ending:
        messages = known.get(run.id, ())
        end = after if len(messages) < 2 else ended(run, messages, now, after)
        kept += [(run, end)] if end is not None else []
    plan.runs_changed = kept


def finish(tx: Tx, runs: Iterable[int], now: Moment) -> None:
    """End runs whose last message was taken and that have others which were not, and let go on what waited for them."""
    plan = Plan()
    for run in tx.runs_by_id(runs).values():
        messages = _messages(tx, {run.entry}, plan).get(run.id, ())
        end = ended(run, messages, now) if run.status is RunStatus.SENDING else None
        plan.runs_changed += [(run, end)] if end is not None else []
    if plan.runs_changed:
        tx.apply(plan)
        chaining.after(tx, plan.runs_changed, now)


def ended(run: Run, messages: Sequence[Delivery], now: Moment, drawn: Run | None = None) -> Run | None:
    """Return a run as its messages leave it; None while one of them is on its way. ``drawn`` is the end that one of
    them alone would make of it, which stands where that one is the worst."""
    if any(message.status in ON_ITS_WAY for message in messages):
        return None
    bad = worst(messages)
    if drawn is not None and bad is not None and drawn.status is not RunStatus.DONE and drawn.reason == bad.reason:
        return drawn
    return replace(told(run, bad), ended_at=now)


def told(run: Run, bad: Delivery | None) -> Run:
    """Return a run with the state and the words that its worst message gives it; None: all were taken."""
    if bad is None:
        return replace(run, status=RunStatus.DONE, reason=None, detail=NO_WORDS)
    return replace(run, status=_ENDS.get(bad.status, RunStatus.DONE), reason=bad.reason, detail=bad.detail)


def others(tx: Tx, run: Run, but: Delivery) -> Sequence[Delivery]:
    """Return the run's messages beside one."""
    return [d for d in tx.deliveries_of_entry(run.entry) if d.run == run.id and d.id != but.id]


def worst(messages: Sequence[Delivery]) -> Delivery | None:
    """Return the message that ended worst, of several alike the first; None where all were taken.

    One that its rule does not write any more counts only where it writes none of the others either.
    """
    written = [message for message in messages if message.detail != UNPLANNED] or messages
    bad = [message for message in written if message.status not in _TAKEN]
    return max(bad, key=lambda message: (_BADNESS.get(message.status, 0), -message.id), default=None)


def _ends(run: Run, after: Run) -> bool:
    """Return whether a run ends by its message, and not by what befell its stay, which takes all of it."""
    return run.status is RunStatus.SENDING and after.status.ended and after.reason not in ("left_stage", "undone")


def _messages(tx: Tx, entries: Iterable[int], plan: Plan) -> Mapping[int, Sequence[Delivery]]:
    """Return the messages of some stays by run, as a plan leaves them."""
    changed = {after.id: after for _, after in plan.deliveries_changed}
    changed |= {d.id: replace(d, status=DeliveryStatus.SENT) for d, _ in plan.accepted}
    found: dict[int, list[Delivery]] = {}
    for entry in sorted(entries):
        for delivery in tx.deliveries_of_entry(entry):
            if delivery.run is not None:
                found.setdefault(delivery.run, []).append(changed.get(delivery.id, delivery))
    return found
