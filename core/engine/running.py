"""Due runs act: each is judged on current data and becomes deliveries and changes, in one transaction a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from core import plan as plans
from core.effects import CreateDeal, Deliver, Effect, MakeDocument, Move, stamped
from core.engine import chaining, changing, copying, disabling, entering, guarding, knowing, rescheduling, typesetting
from core.engine.judging import Judgement, judge
from core.engine.typesetting import Press
from core.errors import BadInput
from core.i18n import N_
from core.model.deal import LOOP_FLAG, Cause, CauseKind, Deal, Entry, Link
from core.model.delivery import Channel, Delivery, DeliveryStatus
from core.model.frozen import replace
from core.model.house import House
from core.model.moment import Moment
from core.model.rule import Rule, Unknown
from core.model.run import Run, RunStatus, Waiting
from core.model.timeline import TimelineKind, TimelineRow
from core.plan import Plan
from core.ports import Facts, Job, Random, Tx
from core.words import Words

BATCH: Final = 25
"""Runs judged in one transaction: some ten milliseconds of work, which a person's move may have to wait for."""
_HOLD: Final = frozenset({Channel.SMS, Channel.TELEPHONY, Channel.OPEN_CHANNEL})


_SAID: Final = {
    RunStatus.DONE: N_("rule “{rule}”: done"),
    RunStatus.FAILED: N_("rule “{rule}”: failed ({reason}) {detail}"),
    RunStatus.SKIPPED: N_("rule “{rule}”: not started ({reason}) {detail}"),
    RunStatus.CANCELLED: N_("rule “{rule}”: cancelled ({reason}) {detail}"),
}


_DONE_TELLING: Final = N_("rule “{rule}”: {detail}")
_OFF: Final = Judgement(status=RunStatus.CANCELLED, reason="disabled", detail=disabling.OFF)


@dataclass(frozen=True, slots=True)
class Context:
    """What one run is judged with."""

    tx: Tx
    run: Run
    rule: Rule
    entry: Entry
    facts: Facts

    @property
    def house(self) -> House:
        """The configuration of this transaction."""
        return self.facts.house


def run_due(rng: Random, limit: int = BATCH, press: Press | None = None) -> Job[int]:
    """Return a job that lets the runs act which are due now; it answers how many it took up. A run whose document is
    still to be typeset by the ``press`` stays due."""

    def job(tx: Tx) -> int:
        batch = _Batch(tx, tx.now(), rng, press or Press())
        runs = tx.due_runs(batch.now, limit)
        # In one order, so that two engines do not wait for each other.
        tx.hold_turns({run.rule for run in runs if knowing.shares_out(tx.revision(run.revision))})
        for run in runs:
            _turn(batch, run)
        tx.apply(batch.plan)
        return len(runs)

    return job


@dataclass(slots=True)
class _Batch:
    """Runs that are taken up in one transaction: which of them were, whose deals have changed by it, and what is
    still to be written."""

    tx: Tx
    now: Moment
    rng: Random
    press: Press
    plan: Plan = field(default_factory=Plan)
    taken: set[int] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    typesetting: set[str] = field(default_factory=set)
    """Deals one of whose runs waits for its PDF: the runs behind it wait too."""


def _turn(batch: _Batch, run: Run) -> None:
    """Take one run up as it stands now; before one that moves the deal, those that its moment has set free.

    What a run has raised is matched before the deal's next run: the others stay for the next batch then.
    """
    if run.deal in batch.typesetting or _awaits(batch, run):
        return
    current = batch.tx.run(run.id) if run.deal in batch.moved else run
    while current is not None and current.mover and (freed := _freed(batch, current)):
        for other in freed:
            _take(batch, other)
            if run.deal in batch.typesetting or _awaits(batch, run):
                return
        current = batch.tx.run(run.id)
    if current is not None and current.id not in batch.taken and _ready(current, batch.now):
        _take(batch, current)


def _awaits(batch: _Batch, run: Run) -> bool:
    return run.deal in batch.moved and batch.tx.awaits_matching(run.deal, batch.now)


def _ready(run: Run, now: Moment) -> bool:
    return run.status is RunStatus.WAITING and run.due_at is not None and run.due_at <= now


def _freed(batch: _Batch, mover: Run) -> Sequence[Run]:
    """Return the runs of the mover's moment whose gate the rules above have opened meanwhile.

    Their due time is when that happened, a little later than the moment which they share.
    """
    assert mover.due_at is not None
    until = mover.due_at
    return [
        run
        for run in batch.tx.runs(mover.entry)
        if run.waits
        and not run.mover
        and run.id not in batch.taken
        and _ready(run, batch.now)
        and run.reason != Waiting.HOURS
        and run.moment is not None
        and run.moment <= until
    ]


def _take(batch: _Batch, run: Run) -> None:
    """Judge one run and add to the plan; what changes its deal is written at once, so that the next run sees it."""
    tx, now = batch.tx, batch.now
    batch.taken.add(run.id)
    entry, deal = tx.entry(run.entry), tx.deal(run.deal)
    if entry is None or deal is None:
        return
    rule = tx.revision(run.revision)
    if knowing.shares_out(rule):
        tx.hold_turns([rule.id])
    facts = knowing.facts_for(tx, rule, deal, now, entry, run.id)
    context = Context(tx, run, rule, entry, facts)
    judgement = _OFF if disabling.is_off(facts.house, run) else _judged(context, batch.rng)
    if any(isinstance(effect, MakeDocument) for effect in judgement.effects):
        typeset = _typeset(context, judgement, batch.press)
        if typeset is None:
            batch.typesetting.add(run.deal)
            return
        judgement = typeset
    own = _planned(context, judgement)
    if any(isinstance(e, Move | CreateDeal) for e in judgement.effects) or own.effects or (run.holds and _ended(own)):
        tx.apply(batch.plan)
        plans.clear(batch.plan)
        batch.moved.add(run.deal)
        _apply_with_moves(context, judgement, own)
    else:
        plans.merge(batch.plan, own)


def _judged(context: Context, rng: Random) -> Judgement:
    ran_before = context.rule.once and context.tx.ran_once(context.run.deal, context.run.rule)
    return judge(context.run, context.rule, context.facts, rng, ran_before=ran_before)


def _typeset(context: Context, judgement: Judgement, press: Press) -> Judgement | None:
    """Return the judgement with its documents as files; None while one is still to be typeset."""
    effects: list[Effect] = []
    try:
        for effect in judgement.effects:
            if not isinstance(effect, MakeDocument):
                effects.append(effect)
                continue
            pdf = press.ready(effect, context.run.id, context.facts.now)
            if pdf is None:
                return None
            effects += typesetting.kept(context.tx, effect, pdf, context.house)
    except BadInput as error:
        reason = "misconfigured" if press.typesetter is None else "template_error"
        return replace(judgement, status=RunStatus.FAILED, reason=reason, detail=error.words, effects=())
    return replace(judgement, effects=effects)


def _ended(plan: Plan) -> bool:
    return any(after.status.ended for _, after in plan.runs_changed)


def _planned(context: Context, judgement: Judgement) -> Plan:
    """Plan all but the moves: the run's new state, its deliveries, effects on the deal, its line of history."""
    run, now = context.run, context.facts.now
    if judgement.later is not None:
        waiting = replace(run, due_at=judgement.later, reason=judgement.reason, detail=judgement.detail)
        return Plan(runs_changed=[(run, waiting)])
    deliveries = [_delivery(context, e) for e in judgement.effects if isinstance(e, Deliver)]
    own = (stamped(effect, run.rule, run.id) for effect in judgement.effects)
    effects = [(run.deal, "system", e) for e in own if not isinstance(e, Deliver | Move | CreateDeal | MakeDocument)]
    status = RunStatus.SENDING if deliveries else judgement.status
    after = replace(
        run,
        status=status,
        reason=judgement.reason,
        detail=judgement.detail,
        condition=judgement.condition,
        ended_at=now if status.ended else None,
    )
    return Plan(
        runs_changed=[(run, after)],
        deliveries=deliveries,
        effects=effects,
        timeline=[run_row(context.rule, after, now)] if status.ended else [],
    )


def _delivery(context: Context, effect: Deliver) -> Delivery:
    run, rule = context.run, context.rule
    default = Unknown.HOLD if effect.message.channel in _HOLD else Unknown.RESEND
    now = context.facts.now
    # The moment of writing goes into the message: every attempt then sends the same bytes.
    message = replace(effect.message, data={**effect.message.data, "date": now})
    return Delivery(
        id=0,
        deal=run.deal,
        rule=rule.id,
        run=run.id,
        entry=run.entry,
        connection=effect.connection,
        message=message,
        status=DeliveryStatus.QUEUED,
        unknown=rule.unknown or default,
        at=now,
        moment=run.moment if run.moment is not None else now,
        position=run.position,
        due_at=now,
        detail=effect.why,
        why=effect.why,
    )


def _apply_with_moves(context: Context, judgement: Judgement, own: Plan) -> None:
    """Write a run that changes its deal: moves and copies are guarded; a refused one makes the run fail with
    ``loop_guard``."""
    tx, now = context.tx, context.facts.now
    coming = [(e, _cause(context, e)) for e in judgement.effects if isinstance(e, Move | CreateDeal)]
    stopped = _stopped(context, coming)
    if stopped:
        coming = []
        own = _guarded(context, own, stopped)
    made = [copying.create(tx, context.facts.deal, e, why, now) for e, why in coming if isinstance(e, CreateDeal)]
    tx.apply(_telling(context, own, made) if made else own)
    if own.effects:
        _changed(context)
    for effect, why in coming:
        if isinstance(effect, Move):
            _move(context, effect, why)
    chaining.after(tx, own.runs_changed, now)


def _stopped(context: Context, coming: Sequence[tuple[Move | CreateDeal, Cause]]) -> guarding.Stopped | None:
    """Return what the loop guard has against the first of a run's moves and copies that it refuses."""
    tx, deal = context.tx, context.facts.deal
    for effect, why in coming:
        moves = tx.automatic_moves(deal.id, guarding.hour_before(context.facts.now))
        if stopped := guarding.check(deal, why, moves, copies=isinstance(effect, CreateDeal)):
            return stopped
    return None


def _telling(context: Context, own: Plan, made: Sequence[tuple[str, Words]]) -> Plan:
    """Return a run's plan with what it says of the deals that it has made."""
    (before, after), *rest = own.runs_changed
    after = replace(after, detail=made[0][1])
    lines = [run_row(context.rule, after, context.facts.now, [deal for deal, _ in made])] if after.status.ended else []
    return replace(own, runs_changed=[(before, after), *rest], timeline=lines)


def _changed(context: Context) -> None:
    """Let triggers hear what a rule has changed on its deal, with the moves that led to it; and follow a new date."""
    tx, run, now, before, after = context.tx, context.run, context.facts.now, context.facts.deal, _deal_of(context)
    chain = guarding.carried(context.entry.cause, now - context.entry.at)
    changing.record(tx, before, after, now, "system", chain=chain, rule=run.rule)
    rescheduling.after_change(tx, before, after, now)


def _guarded(context: Context, own: Plan, stopped: guarding.Stopped) -> Plan:
    deal, now = context.facts.deal, context.facts.now
    (before, after), *rest = own.runs_changed
    failed = replace(after, status=RunStatus.FAILED, reason="loop_guard", detail=stopped.why, ended_at=now)
    plan = replace(own, runs_changed=[(before, failed), *rest])
    plan.timeline = [run_row(context.rule, failed, now), *guarding.rows(context.house, deal, stopped, now)]
    if stopped.flags:
        flagged = replace(deal, flags=(*deal.flags, LOOP_FLAG), version=deal.version + 1)
        plan.deals_changed = [*own.deals_changed, (deal, flagged)]
    return plan


def _cause(context: Context, effect: Move | CreateDeal) -> Cause:
    deal, run, now = context.facts.deal, context.run, context.facts.now
    if isinstance(effect, CreateDeal):
        return copying.cause(context.tx, deal, context.entry, run.rule, effect, now)
    link = Link(CauseKind.RULE, run.rule, effect.pipeline or deal.pipeline, effect.stage)
    return guarding.extend(context.entry.cause, link, now - context.entry.at)


def _deal_of(context: Context) -> Deal:
    deal = context.tx.deal(context.run.deal)
    assert deal is not None
    return deal


def _move(context: Context, effect: Move, why: Cause) -> None:
    tx, run, now = context.tx, context.run, context.facts.now
    deal = _deal_of(context)
    pipeline = effect.pipeline or deal.pipeline
    if deal.entry != run.entry or (pipeline, effect.stage) == (deal.pipeline, deal.stage):
        return
    into = entering.Into(
        pipeline=pipeline,
        stage=effect.stage,
        rank=tx.top_rank(pipeline, effect.stage) + entering.RANK_GAP,
        by=deal.responsible or "system",
        cause=why,
        now=now,
    )
    tx.apply(entering.plan(tx.house(), deal, entering.stay_of(tx, deal), into, skip_runs=(run.id,)))


def run_row(rule: Rule, run: Run, now: Moment, made: Sequence[str] = ()) -> TimelineRow:
    """Return the timeline's line for a run that has ended; ``made`` are the deals that it has made."""
    pattern = _DONE_TELLING if made else _SAID[run.status]
    text = Words(pattern, {"rule": rule.name, "reason": run.reason, "detail": run.detail or ""})
    status: dict[str, Any] = {"status": run.status.value, "reason": run.reason}
    data = {"run": run.public_id, "rule": run.rule, "kind": rule.kind, **status}
    data |= {"deals": list(made)} if made else {}
    return TimelineRow(deal=run.deal, at=now, kind=TimelineKind.RUN, text=text, data=data)
