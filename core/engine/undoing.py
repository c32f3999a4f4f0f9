"""Taking a person's move back, the reverse of :mod:`core.engine.entering`: no entry, no rule starts, nothing fires."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.engine import disabling, entering, outcomes, starting
from core.engine.entering import UNDONE, Stay
from core.errors import Refused
from core.i18n import N_
from core.model.deal import CauseKind, Deal, Entry
from core.model.delivery import Delivery, DeliveryStatus
from core.model.frozen import replace
from core.model.house import House
from core.model.moment import Moment
from core.model.run import Run, RunStatus, Waiting
from core.model.timeline import TimelineKind, TimelineRow
from core.plan import Plan
from core.words import Words

QUEUED = DeliveryStatus.QUEUED
_CAUSES = {CauseKind.RULE: N_("rule"), CauseKind.TRIGGER: N_("trigger")}
_GONE = frozenset({DeliveryStatus.SENDING, DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """What undoing one move needs to know: the undone stay, the one before it, and what the move had cancelled."""

    deal: Deal
    undone: Entry
    former: Entry
    runs: Sequence[Run]
    deliveries: Sequence[Delivery]
    revived_runs: Sequence[Run]
    revived_deliveries: Sequence[Delivery]


def check(deal: Deal, entry: Entry | None, present: Entry | None = None) -> Entry:
    """Return the entry when it can be undone. Raises ``Refused`` in words when the deal has moved since: ``present`` is
    the stay in which it is now."""
    if entry is None or entry.previous is None:
        raise Refused(N_("deal {deal}: there is no move to undo"), deal=deal.id)
    if entry.undone_at is not None:
        raise Refused(N_("deal {deal}: that move is undone already"), deal=deal.id)
    if deal.entry != entry.id:
        raise _moved_on(deal, present)
    if entry.cause.kind is not CauseKind.PERSON:
        raise _moved_on(deal, entry)
    return entry


def _moved_on(deal: Deal, present: Entry | None) -> Refused:
    """Say which deal has moved on, by whom and where to, and that nothing was undone."""
    if present is None:
        return Refused(N_("nothing was undone: deal {deal} has moved since; move it back by hand"), deal=deal.id)
    cause = present.cause
    if cause.kind is CauseKind.PERSON:
        words = N_("nothing was undone: {by} has moved deal {deal} on to stage “{stage}” since; move it back by hand")
        return Refused(words, deal=deal.id, stage=present.stage, by=present.by)
    words = N_("nothing was undone: {cause} “{id}” has moved deal {deal} on to stage “{stage}”; move it back by hand")
    kind = Words(_CAUSES.get(cause.kind, cause.kind.value))
    return Refused(words, deal=deal.id, stage=present.stage, cause=kind, id=cause.id)


def plan(house: House, what: Undoing, by: str, now: Moment) -> Plan:
    """Plan the undoing: cancel what has not begun, reopen the former stay, revive exactly what the move cancelled."""
    stage = house.stage(what.former.pipeline, what.former.stage)
    if stage is None:
        raise Refused(N_("stage {stage} is gone: the move cannot be undone"), stage=what.former.stage)
    deal = what.deal
    after = replace(
        deal,
        pipeline=what.former.pipeline,
        stage=what.former.stage,
        closed=stage.closed,
        rank=what.undone.left_rank,
        entry=what.former.id,
        entered_at=what.former.at,
        active_at=now,
        version=deal.version + 1,
    )
    stay = Stay(what.undone, [r for r in what.runs if not r.status.ended], what.deliveries)
    runs, deliveries = entering.leaving(house, stay, now, "undone", UNDONE)
    left = house.stage(what.undone.pipeline, what.undone.stage)
    row = TimelineRow(
        deal=deal.id,
        at=now,
        kind=TimelineKind.UNDONE,
        by=by,
        text=Words(
            N_("undone: back from {old} to {new}"),
            {"old": left.name if left else what.undone.stage, "new": stage.name},
        ),
        data={"from": what.undone.stage, "to": what.former.stage},
    )
    return Plan(
        deals_changed=[(deal, after)],
        # The undone stay closes before the former one opens: a deal has one open stay at any time.
        entries_changed=[
            (what.undone, replace(what.undone, undone_at=now, ended_at=now)),
            (what.former, replace(what.former, ended_at=None)),
        ],
        runs_changed=runs + [(r, _revived(house, what.former, r)) for r in what.revived_runs],
        deliveries_changed=deliveries + [(d, revive_delivery(d)) for d in what.revived_deliveries],
        timeline=[row] + [outcomes.row(d, now) for _, d in deliveries],
    )


def _revived(house: House, former: Entry, run: Run) -> Run:
    rule = house.rules.get(run.rule)
    if run.was in (RunStatus.WAITING, RunStatus.NO_DATE) and (rule is None or not rule.enabled):
        return replace(run, reason="disabled", detail=disabling.OFF, cancelled_by=None)
    held = starting.held_until(house, former, former.at)
    return revive_run(run, held if held > former.at else None)


def revive_run(run: Run, grace_ends: Moment | None = None) -> Run:
    """Return a cancelled run as it stood before; its old moment stays, a past one runs at once."""
    reason = _waits_because(run, grace_ends)
    status = run.was or RunStatus.WAITING
    return replace(
        run,
        status=status,
        was=None,
        cancelled_by=None,
        reason=reason if status is RunStatus.WAITING else None,
        detail=Words(""),
        ended_at=None,
    )


def _waits_because(run: Run, grace_ends: Moment | None) -> str | None:
    if run.due_at is None:
        return Waiting.RULE if run.waits else None
    if run.due_at == grace_ends:
        return Waiting.GRACE
    hours = not run.waits and run.moment is not None and run.moment < run.due_at
    return Waiting.HOURS if hours else Waiting.TIME


def revive_delivery(delivery: Delivery) -> Delivery:
    """Return a cancelled delivery to the queue as it stood before."""
    return replace(
        delivery,
        status=delivery.was or DeliveryStatus.QUEUED,
        was=None,
        cancelled_by=None,
        reason=None,
        detail=Words(""),
    )


def gone_out(what: Undoing) -> tuple[Words, ...]:
    """Name the messages of the undone stay that nobody can call back."""
    return tuple(
        Words(
            N_("{channel} to {to} has gone out"),
            {"channel": d.message.channel.value, "to": d.message.to},
        )
        for d in what.deliveries
        if d.status in _GONE or d.worker is not None
    )


def stays(what: Undoing, house: House) -> tuple[Words, ...]:
    """Name the in-house rules that acted in the undone stay: what they changed stays changed."""
    sent = {d.run for d in what.deliveries}
    return tuple(
        Words(
            N_("what rule “{rule}” changed stays"),
            {"rule": _rule_name(house, r.rule)},
        )
        for r in what.runs
        if r.status is RunStatus.DONE and r.id not in sent
    )


def _rule_name(house: House, rule_id: str) -> str:
    rule = house.rules.get(rule_id)
    return rule.name if rule else rule_id
