"""Taking a person's move back, the reverse of :mod:`core.engine.entering`, and doing it again, the reverse of that:
no entry, no rule starts, nothing fires."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from core.engine import acting, disabling, entering, outcomes, starting
from core.engine.entering import UNDONE, Stay
from core.errors import Refused
from core.i18n import N_
from core.model.deal import LOOP_FLAG, CauseKind, Deal, Entry
from core.model.delivery import Delivery, DeliveryStatus
from core.model.frozen import replace
from core.model.house import House
from core.model.moment import Moment
from core.model.run import Run, RunStatus, Waiting
from core.model.timeline import TimelineKind, TimelineRow
from core.plan import Plan
from core.words import NO_WORDS, Words

_CAUSES = {CauseKind.RULE: N_("rule"), CauseKind.TRIGGER: N_("trigger")}
T = TypeVar("T", Run, Delivery)
NOTHING = N_("there is no move to undo")
NONE_OF_DEAL = N_("deal {deal}: there is no move to undo")
NOTHING_UNDONE = N_("there is no undone move to do again")
NONE_OF_DEAL_UNDONE = N_("deal {deal}: there is no undone move to do again")
_GONE = frozenset({DeliveryStatus.SENDING, DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.UNKNOWN})
_CHANGED_STAYS = N_("what rule “{rule}” changed stays")
_MADE_STAYS = N_("what rule “{rule}” did stays: {detail}")
_OUT = N_("{channel} to {to} has gone out")
_MAY_BE_OUT = N_("{channel} to {to} may have gone out: nobody knows")


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """What undoing one move needs to know: the undone stay, the one before it, what the move had cancelled, and the
    act's number among the undone ones."""

    deal: Deal
    undone: Entry
    former: Entry
    runs: Sequence[Run]
    deliveries: Sequence[Delivery]
    revived_runs: Sequence[Run]
    revived_deliveries: Sequence[Delivery]
    number: int


def check(deal: Deal, entry: Entry | None, present: Entry | None = None) -> Entry:
    """Return the entry when it can be undone. Raises ``Refused`` in words when the deal has moved since: ``present`` is
    the stay in which it is now."""
    if entry is None or entry.previous is None:
        raise Refused(NONE_OF_DEAL, deal=deal.id)
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
        flags=(*deal.flags, LOOP_FLAG) if what.undone.unflagged and LOOP_FLAG not in deal.flags else deal.flags,
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
        # The undone stay closes before the former one opens: a deal has one open stay at any time. It keeps the
        # place that the deal had in it, for a redo.
        entries_changed=[
            (
                what.undone,
                replace(what.undone, undone_at=now, ended_at=now, left_rank=deal.rank, undone_no=what.number),
            ),
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
    status = run.was or RunStatus.WAITING
    reason = _waits_because(run, grace_ends) if status is RunStatus.WAITING else None
    return replace(
        run,
        status=status,
        was=None,
        was_reason=None,
        cancelled_by=None,
        # What a person has said of it stands.
        reason=run.was_reason if run.was_reason in (Waiting.ASKED, acting.STOPPED) else reason,
        detail=NO_WORDS,
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
        reason=delivery.was_reason,
        detail=delivery.was_detail,
        was_reason=None,
        was_detail=NO_WORDS,
    )


def gone_out(what: Undoing) -> tuple[Words, ...]:
    """Name the messages of the undone stay that nobody can call back."""
    return tuple(
        Words(
            _MAY_BE_OUT if d.status is DeliveryStatus.UNKNOWN else _OUT,
            {"channel": d.message.channel.value, "to": d.message.to},
        )
        for d in what.deliveries
        if d.status in _GONE or d.worker is not None
    )


def stays(what: Undoing, house: House) -> tuple[Words, ...]:
    """Name the in-house rules that acted in the undone stay: what they changed stays changed."""
    sent = {d.run for d in what.deliveries}
    return tuple(
        Words(_MADE_STAYS if r.detail else _CHANGED_STAYS, {"rule": _rule_name(house, r.rule), "detail": r.detail})
        for r in what.runs
        if r.status is RunStatus.DONE and r.id not in sent
    )


def _rule_name(house: House, rule_id: str) -> str:
    rule = house.rules.get(rule_id)
    return rule.name if rule else rule_id


# Redo -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Redoing:
    """What doing one undone move again needs to know: its stay, the open one that ends again, what the undo had
    cancelled."""

    deal: Deal
    redone: Entry
    former: Entry
    stay: Stay
    revived_runs: Sequence[Run]
    revived_deliveries: Sequence[Delivery]


def redoable(deal: Deal, entries: Sequence[Entry]) -> Entry | None:
    """Return the undone move of a deal that can be done again: the newest that led away from where the deal stands.

    Any other move of the deal since ends it: the deal then stands in another stay, or a newer move led away from here.
    """
    undone = [e for e in entries if e.undone_at is not None and e.previous == deal.entry]
    return max(undone, key=lambda e: e.id, default=None)


def check_redo(deal: Deal, possible: Entry | None, wanted: Entry | None = None) -> Entry:
    """Return the undone move that can be done again. Raises ``Refused`` in words when there is none, or the one that
    is ``wanted`` is another: the deal has moved since."""
    if wanted is not None and (possible is None or possible.id != wanted.id):
        raise Refused(N_("nothing was done again: deal {deal} has moved since; move it by hand"), deal=deal.id)
    if possible is None or possible.cause.kind is not CauseKind.PERSON:
        raise Refused(NONE_OF_DEAL_UNDONE, deal=deal.id)
    return possible


def cancelled_by_undo(things: Sequence[T]) -> Sequence[T]:
    """Return those of a stay's runs or messages that its undo has cancelled."""
    return [each for each in things if each.was is not None and each.reason == "undone"]


def plan_redo(house: House, what: Redoing, by: str, now: Moment) -> Plan:
    """Plan the redo: close the former stay with what leaving cancels, reopen the undone one, revive what the undo had
    cancelled, none of it before a new grace has passed."""
    redone, deal = what.redone, what.deal
    stage = house.stage(redone.pipeline, redone.stage)
    if stage is None:
        raise Refused(N_("stage {stage} is gone: the move cannot be done again"), stage=redone.stage)
    after = replace(
        deal,
        pipeline=redone.pipeline,
        stage=redone.stage,
        closed=stage.closed,
        rank=redone.left_rank,
        entry=redone.id,
        entered_at=redone.at,
        active_at=now,
        flags=tuple(f for f in deal.flags if f != LOOP_FLAG) if redone.unflagged else deal.flags,
        version=deal.version + 1,
    )
    held = Moment(now + house.company.grace)
    reopened = replace(redone, undone_at=None, undone_no=None, ended_at=None, left_rank=deal.rank, grace_until=held)
    runs, deliveries = entering.leaving(house, what.stay, now, "left_stage", entering.LEFT)
    # Marked like those that a move cancels, so that another undo revives them.
    left = [(run, replace(gone, cancelled_by=redone.id)) for run, gone in runs]
    unsent = [(d, replace(gone, cancelled_by=redone.id)) for d, gone in deliveries]
    return Plan(
        deals_changed=[(deal, after)],
        entries_changed=[(what.former, replace(what.former, ended_at=now)), (redone, reopened)],
        runs_changed=left + [(r, _revived(house, redone, r)) for r in what.revived_runs],
        deliveries_changed=unsent + [(d, _not_before(revive_delivery(d), held)) for d in what.revived_deliveries],
        timeline=[_redone_row(house, what, by, now), *(outcomes.row(d, now) for _, d in unsent)],
    )


def _not_before(delivery: Delivery, held: Moment) -> Delivery:
    return replace(delivery, due_at=max(delivery.due_at or held, held))


def _redone_row(house: House, what: Redoing, by: str, now: Moment) -> TimelineRow:
    old, new = (house.stage(e.pipeline, e.stage) for e in (what.former, what.redone))
    names = {"old": old.name if old else what.former.stage, "new": new.name if new else what.redone.stage}
    data = {
        "from": what.former.stage,
        "to": what.redone.stage,
        "from_pipeline": what.former.pipeline,
        "to_pipeline": what.redone.pipeline,
        "cause": CauseKind.PERSON.value,
        "cause_id": None,
        "redo": True,
    }
    text = Words(N_("done again: {old} → {new}"), names)
    return TimelineRow(deal=what.deal.id, at=now, kind=TimelineKind.MOVED, by=by, text=text, data=data)
