"""What rules and triggers of a pipeline do to one another: those that another one leaves nothing to do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from core import timing
from core.conditions import contradictions
from core.i18n import N_
from core.model.house import House
from core.model.pipeline import Stage
from core.model.rule import Hours, Order, Rule, Trigger, When
from core.rules import catalogue
from core.rules.base import Finding
from core.words import Words


def rule(given: Rule, house: House) -> Iterator[Finding]:
    """Find what keeps a rule from ever acting in its stage: a rule that moves the deal away before, a condition that
    cannot hold there, an event that nothing brings."""
    if not given.enabled:
        return
    mover = next(
        (each for each in house.rules_by_stage.get((given.pipeline, given.stage), ()) if _first(each, given)), None
    )
    if mover is not None:
        words = N_(
            "it never acts: rule “{mover}” always moves the deal to another stage before; give that rule a condition, "
            "or let it run later"
        )
        yield Finding("run", Words(words, {"mover": mover.id}), error=False)
    here = Words(N_("the rule acts only in stage {stage}"), {"stage": given.stage})
    known: dict[str, Collection[str | bool]] = {"deal.stage": {given.stage}, "deal.pipeline": {given.pipeline}}
    stage = house.stage(given.pipeline, given.stage)
    if stage is not None:
        known["deal.closed"] = [stage.closed]
    yield from contradictions.check(given.when, house, known, here)
    where = contradictions.reads_event(given.when)
    if where is not None and not _brought_by_triggers(given, house):
        words = N_(
            "it never holds: event.* is what a trigger brings, and stage “{stage}” has none; set one "
            "or change the condition"
        )
        yield Finding(where, Words(words, {"stage": given.stage}), error=False)


def trigger(given: Trigger, house: House, *, closed_deals: bool) -> Iterator[Finding]:
    """Find what keeps a trigger from ever being applied: the same one before it, a condition that holds in no stage
    from which it moves deals."""
    if not given.enabled:
        return
    same = next((each for each in house.triggers.values() if _covers(each, given)), None)
    if same is not None:
        words = N_("it is never applied: trigger “{other}” is the same and stands before it; remove one of the two")
        yield Finding(None, Words(words, {"other": same.id}), error=False)
    pipeline = house.pipelines.get(given.pipeline)
    if pipeline is None:
        return
    origins = {stage.id for stage in origins_of(given, pipeline.stages, closed_deals=closed_deals)}
    if origins:
        why = Words(N_("it moves deals only from: {stages}"), {"stages": ", ".join(sorted(origins))})
        known = {"deal.stage": origins, "deal.pipeline": {given.pipeline}}
        yield from contradictions.check(given.when, house, known, why)


def origins_of(given: Trigger, stages: Iterable[Stage], *, closed_deals: bool) -> list[Stage]:
    """Return the stages from which a trigger can move a deal."""
    found = list(stages)
    target = next((stage for stage in found if stage.id == given.stage), None)
    if target is None:
        return []
    elsewhere = [stage for stage in found if stage.id != target.id and (closed_deals or not stage.closed)]
    return [stage for stage in elsewhere if given.back or stage.position < target.position]


def _first(mover: Rule, other: Rule) -> bool:
    """Return whether one rule always moves the deal away before the other one's moment comes.

    Of one moment the rules that move go last, so that only another mover below comes too late then. A rule that waits
    for the mover waits in vain.
    """
    if mover.id == other.id or not _always_moves(mover):
        return False
    below = other.position > mover.position
    if below and (other.order is Order.WAIT or other.run.of == timing.PREVIOUS):
        return True
    theirs = _span(other)
    if theirs is None:
        return False
    ours = _span(mover) or 0
    return theirs > ours or (theirs == ours and below and _moves(other))


def _always_moves(rule: Rule) -> bool:
    """Return whether a rule moves every deal, at a time after the entry that is known."""
    plain = rule.enabled and rule.when is None and not rule.once and rule.late is None
    if not plain or rule.hours is not Hours.ANY or rule.order is not Order.PARALLEL or not _moves(rule):
        return False
    elsewhere = (rule.settings.get("pipeline") or rule.pipeline, rule.settings.get("stage")) != (
        rule.pipeline,
        rule.stage,
    )
    return _span(rule) is not None and elsewhere


def _moves(rule: Rule) -> bool:
    kind = catalogue.kinds().get(rule.kind)
    return bool(kind and kind.moves)


def _span(rule: Rule) -> int | None:
    """Return the least time after the entry, in milliseconds; None where a date or the rule above tells it."""
    if rule.run.when is When.NOW:
        return 0
    if rule.run.when is When.AFTER and rule.run.of is None and rule.run.span is not None:
        return rule.run.span.millis
    return None


def _brought_by_triggers(rule: Rule, house: House) -> bool:
    return any(t.enabled and (t.pipeline, t.stage) == (rule.pipeline, rule.stage) for t in house.triggers.values())


def _covers(other: Trigger, given: Trigger) -> bool:
    """Return whether another trigger fires whenever this one would, moves to the same stage, and stands before it."""
    same = (other.pipeline, other.stage, other.kind) == (given.pipeline, given.stage, given.kind)
    alike = dict(other.settings) == dict(given.settings) and other.when in (None, given.when)
    before = other.id != given.id and other.position < given.position
    return same and alike and before and other.enabled and (other.back or not given.back)
