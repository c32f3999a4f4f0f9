"""Taking deals out of use, with what still waits of them, and putting them back where they stood."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from core.engine import acting, entering, outcomes, running
from core.engine.abandoning import REMOVED
from core.errors import Refused
from core.i18n import N_
from core.model.deal import Deal
from core.model.delivery import Delivery, DeliveryStatus
from core.model.frozen import replace
from core.model.house import House
from core.model.moment import Moment
from core.model.run import Run
from core.model.timeline import TimelineKind, TimelineRow
from core.plan import Plan
from core.ports import DeliveryFilter, Tx
from core.words import Words

_QUEUED: Final = frozenset({DeliveryStatus.QUEUED})


@dataclass(frozen=True, slots=True)
class Waiting:
    """What has not happened of a deal: runs of any of its stays, and messages that nobody has begun to send."""

    runs: Sequence[Run]
    messages: Sequence[Delivery]


def waiting_of(tx: Tx, deal: Deal) -> Waiting:
    """Read what removing a deal cancels. A message of a stay that was left is on its way out too, so it counts."""
    messages = [d for d in tx.deliveries(DeliveryFilter(deal=deal.id, statuses=_QUEUED)) if d.worker is None]
    sending = tx.runs_by_id([d.run for d in messages if d.run is not None])
    present = tx.runs(deal.entry) if deal.entry is not None else ()
    runs = [run for run in present if run.status in acting.NOT_HAPPENED]
    return Waiting([*runs, *(run for run in sending.values() if not run.status.ended)], messages)


def plan(tx: Tx, deal: Deal, author: str, now: Moment) -> Plan:
    """Plan a deal's removal: it stands nowhere any more, and what waits of it is cancelled (``stopped``) and told."""
    waiting = waiting_of(tx, deal)
    runs = [(run, entering.cancelled_run(run, acting.STOPPED, REMOVED, now)) for run in waiting.runs]
    messages = [(each, entering.cancelled(each, acting.STOPPED, REMOVED)) for each in waiting.messages]
    told = {message.run for message in waiting.messages}
    lines = [running.run_row(tx.revision(run.revision), run, now) for _, run in runs if run.id not in told]
    lines += [outcomes.row(message, now) for _, message in messages]
    lines.append(_line(deal, N_("removed"), author, now, removed=True))
    return Plan(
        deals_changed=[(deal, replace(deal, removed=True, version=deal.version + 1))],
        runs_changed=runs,
        deliveries_changed=messages,
        timeline=[replace(line, by=author) for line in lines],
    )


def plan_back(house: House, deal: Deal, author: str, now: Moment) -> Plan:
    """Plan a removed deal's return to its place; nothing starts, and nothing that was cancelled goes on.

    Raises ``Refused`` where its stage is gone.
    """
    stage = house.stage(deal.pipeline, deal.stage)
    if stage is None:
        words = N_("deal “{id}” cannot come back: its stage “{stage}” of pipeline “{pipeline}” is gone")
        raise Refused(words, id=deal.id, stage=deal.stage, pipeline=deal.pipeline)
    after = replace(deal, removed=False, closed=stage.closed, active_at=now, version=deal.version + 1)
    line = _line(deal, N_("restored"), author, now, removed=False)
    return Plan(deals_changed=[(deal, after)], timeline=[line])


def remove(tx: Tx, ids: Iterable[str], author: str = "system") -> None:
    """Take deals out of use; those that are so already, or that nobody knows, stay as they are."""
    for deal in filter(None, map(tx.deal, ids)):
        if not deal.removed:
            tx.apply(plan(tx, deal, author, tx.now()))


def _line(deal: Deal, msg: str, author: str, now: Moment, *, removed: bool) -> TimelineRow:
    data = {"removed": removed, "pipeline": deal.pipeline, "stage": deal.stage}
    return TimelineRow(deal=deal.id, at=now, kind=TimelineKind.NOTE, by=author, text=Words(msg), data=data)
