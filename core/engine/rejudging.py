"""Messages that go later than they were meant to are looked at again first: what was right then may be wrong now.

A paused or resting connection, a rate or a closed laptop may hold a message back for days. One that was never tried is
judged on current data like its run was; one that was tried keeps its bytes, and only the hours are looked at, and
whether the client has opted out meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from core import recipients, timing
from core.effects import Deliver, KeepInvite
from core.engine import abandoning, bundling, calling, chaining, entering, knowing, outcomes, starting
from core.engine.judging import Judgement, judge
from core.i18n import N_
from core.model.deal import Deal
from core.model.delivery import Delivery, DeliveryStatus, Message
from core.model.frozen import replace
from core.model.moment import MINUTE, Moment
from core.model.rule import Hours, Rule
from core.model.run import Run, RunStatus
from core.plan import DealEffect, Plan
from core.ports import Random, Tx
from core.words import At, Words

LATE: Final = MINUTE
"""A message younger than this is what its run has just been judged to say."""

_HOURS: Final = N_("outside the hours of its rule: it waits until {until}")
_OPTED_OUT: Final = Judgement(
    status=RunStatus.FAILED,
    reason="opted_out",
    detail=Words(N_("the client has opted out of this address since the last attempt")),
)
_TOO_LATE: Final = Words(N_("the call could not be made when it was placed"))
_OPTED_OUT_SINCE: Final = Words(N_("the client has opted out of this address since the message was written"))


def again(tx: Tx, claimed: Sequence[Delivery], now: Moment, rng: Random) -> Sequence[Delivery]:
    """Return those of the messages just leased that shall go, as they shall go; the others are put off, rewritten for
    another connection, or ended together with their runs. Reads nothing while all are fresh."""
    # A fresh one is not late, was not tried before, and no person wants it sent anew.
    late = [d for d in claimed if now - d.at > LATE or d.tried_at is not None or d.round > 1]
    if not late:
        return claimed
    runs = tx.runs_by_id([d.run for d in late if d.run is not None])
    plan, going = Plan(), []
    for delivery in claimed:
        after = delivery
        if delivery in late:
            run = runs.get(delivery.run or 0)
            after = _looked_at(tx, delivery, run, now, rng, plan) if run else _by_hand(tx, delivery, now, plan)
        if after is not delivery:
            plan.deliveries_changed.append((delivery, after))
        if after.worker is not None:
            going.append(after)
    bundling.settle(tx, plan, now)
    tx.apply(plan)
    chaining.after(tx, plan.runs_changed, now)
    return going


def _looked_at(tx: Tx, delivery: Delivery, run: Run, now: Moment, rng: Random, plan: Plan) -> Delivery:
    """Return the message as it stands now, the lease given back unless it shall go; its run's end is added to the
    plan."""
    deal = tx.deal(delivery.deal)
    if deal is None:
        return delivery
    rule = tx.revision(run.revision)
    if delivery.tried_at is not None:
        # An engine that died during an attempt cannot have noticed that the stage was left meanwhile. Where that may
        # have been the first one, or none, the message was on its way and still is.
        again = not delivery.perhaps_tried
        gone = abandoning.stopped(tx, plan, replace(delivery, worker=None), run, now) if again else None
        if gone is not None:
            return gone
        if _declined(tx, deal, delivery.message, run.entry, now):
            return _ended(delivery, run, _OPTED_OUT, now, plan)
        opens = _opens(tx, rule, deal, now)
        return delivery if opens is None else _put_off(delivery, opens)
    facts = knowing.facts_for(tx, rule, deal, now, tx.entry(run.entry), run.id)
    ran_before = rule.once and tx.ran_once(deal.id, run.rule, but=run.id)
    # What a person wants sent anew is not late by what its run was due at.
    wanted = replace(run, moment=now, due_at=now) if delivery.round > 1 else run
    judgement = judge(wanted, rule, facts, rng, ran_before=ran_before)
    if judgement.later is not None:
        return _put_off(delivery, judgement.later)
    if judgement.status is RunStatus.DONE:
        effect = _effect(tx, delivery, run, judgement)
        if effect is not None:
            plan.effects += _kept(run, judgement)
            return _rewritten(delivery, effect, now)
        judgement = Judgement(status=RunStatus.SKIPPED, reason="stopped", detail=bundling.UNPLANNED)
    return _ended(delivery, run, judgement, now, plan)


def _by_hand(tx: Tx, delivery: Delivery, now: Moment, plan: Plan) -> Delivery:
    """Return what a person wrote as it stands now: it goes as it is, unless the client has opted out since. A call that
    could not be made then is not made later."""
    if calling.placed(delivery) and now - delivery.at > calling.LATE:
        missed = replace(entering.cancelled(delivery, "too_late", _TOO_LATE), worker=None, due_at=None)
        plan.timeline.append(outcomes.row(missed, now))
        return missed
    deal = tx.deal(delivery.deal)
    if deal is None or not _declined(tx, deal, delivery.message, delivery.entry, now):
        return delivery
    failed = replace(delivery, status=DeliveryStatus.FAILED, reason="opted_out", detail=_OPTED_OUT_SINCE)
    after = replace(failed, worker=None, due_at=None)
    plan.timeline.append(outcomes.row(after, now))
    return after


def _declined(tx: Tx, deal: Deal, message: Message, entry: int | None, now: Moment) -> bool:
    """Return whether the client has opted out since the message was written, or tried last."""
    if message.channel not in knowing.ADDRESSED:
        return False
    facts = tx.facts(deal, now, None if entry is None else tx.entry(entry))
    return recipients.opted_out(knowing.with_declined(tx, facts, [message.to]), message.to)


def _opens(tx: Tx, rule: Rule, deal: Deal, now: Moment) -> Moment | None:
    """Return when the rule's hours begin; None while they hold."""
    if rule.hours is Hours.ANY:
        return None
    opens = timing.open_from(rule.hours, starting.facts_of(tx.house(), deal, now), now)
    return opens if opens > now else None


def in_hours(tx: Tx, delivery: Delivery, runs: Mapping[int, Run], now: Moment) -> Delivery:
    """Put a retry off to the next moment at which its rule's hours hold."""
    run = runs.get(delivery.run) if delivery.run is not None else None
    if run is None or delivery.status is not DeliveryStatus.QUEUED or delivery.due_at is None:
        return delivery
    rule, deal = tx.revision(run.revision), tx.deal(delivery.deal)
    if rule.hours is Hours.ANY or deal is None:
        return delivery
    opens = timing.open_from(rule.hours, starting.facts_of(tx.house(), deal, now), delivery.due_at)
    return replace(delivery, due_at=opens)


def _put_off(delivery: Delivery, opens: Moment) -> Delivery:
    untried = {} if delivery.tried_at is not None else {"reason": None, "detail": Words(_HOURS, {"until": At(opens)})}
    return replace(delivery, worker=None, due_at=opens, **untried)


def _effect(tx: Tx, delivery: Delivery, run: Run, judgement: Judgement) -> Deliver | None:
    """Return what the rule would send in this message's place; of several, order tells which is which."""
    wanted = [e for e in judgement.effects if isinstance(e, Deliver)]
    siblings = sorted(d.id for d in tx.deliveries_of_entry(run.entry) if d.run == run.id)
    place = siblings.index(delivery.id)
    return wanted[place] if place < len(wanted) else None


def _kept(run: Run, judgement: Judgement) -> list[tuple[str, str, DealEffect]]:
    """Return what must be kept for a message that is written anew: the invitation that its link stands for, where it
    leads to another messenger by now."""
    return [(run.deal, "system", replace(e, run=run.id)) for e in judgement.effects if isinstance(e, KeepInvite)]


def _rewritten(delivery: Delivery, effect: Deliver, now: Moment) -> Delivery:
    """Return the message as the rule would write it now: the very same when nothing has changed. Where another
    connection is right now, the lease is given back and that one takes it up."""
    written = delivery.message.data.get("date")
    message = replace(effect.message, data={**effect.message.data, "date": written})
    if message != delivery.message:
        message = replace(message, data={**message.data, "date": now})
    elsewhere = effect.connection != delivery.connection
    if message == delivery.message and not elsewhere:
        clean = delivery.reason is None and delivery.detail == effect.why
        return delivery if clean else replace(delivery, reason=None, detail=effect.why)
    there = {"worker": None, "due_at": now} if elsewhere else {}
    told = {"reason": None, "detail": effect.why, "why": effect.why}
    return replace(delivery, message=message, connection=effect.connection, **told, **there)


def _ended(delivery: Delivery, run: Run, judgement: Judgement, now: Moment, plan: Plan) -> Delivery:
    """End message and run: skipped runs cancel their message, failed ones fail it, with the same reason."""
    if judgement.status is RunStatus.FAILED:
        fate = replace(delivery, status=DeliveryStatus.FAILED, reason=judgement.reason, detail=judgement.detail)
    else:
        fate = entering.cancelled(delivery, judgement.reason or "stopped", judgement.detail)
    after = replace(fate, worker=None, due_at=None)
    ended = replace(
        run,
        status=judgement.status,
        reason=judgement.reason,
        detail=judgement.detail,
        condition=judgement.condition or run.condition,
        ended_at=now,
    )
    plan.timeline.append(outcomes.row(after, now))
    if run.status is RunStatus.SENDING:  # of a run with several messages another may have ended it
        plan.runs_changed.append((run, ended))
    return after
