"""The dry run of a whole stage, or of a rule as it is being edited, on one deal: what each rule would do and when, if
the deal came into the stage now. Calls the engine's own planners; sends and stores nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.commands import lookup
from core.engine import forecasting, judging, knowing, starting
from core.i18n import N_
from core.model.deal import Deal
from core.model.frozen import replace
from core.model.house import House
from core.model.moment import iso
from core.model.rule import Hours, Rule
from core.model.run import Run, RunStatus, Waiting
from core.ports import Facts, Reader
from core.trying import attempt
from core.words import At, Words

Say = Callable[[Words], str]


def try_stage(
    reader: Reader, pipeline: str, stage: str, deal_id: str, say: Say = Words.english, edited: Rule | None = None
) -> Mapping[str, Any]:
    """Return what every rule of a stage would do, in rule order, each in :func:`core.trying.attempt`'s shape with
    ``name``, ``kind``, ``at`` (None: no date), ``waits_for`` and ``then`` (why at that moment, in words).

    Each is judged at the moment when it would act, on what is known now. A rule that is switched off is listed and
    stays out of the reckoning. ``edited`` takes the place of the stored rule of its id, or stands last as a new one.
    Raises ``UnknownThing``.
    """
    house = reader.house()
    found = lookup.stage(house, pipeline, stage)
    deal, now = lookup.deal(reader, deal_id), reader.now()
    as_if = replace(deal, pipeline=pipeline, stage=stage, closed=found.closed, entered_at=now)
    rules = with_edited(house.rules_by_stage.get((pipeline, stage), ()), edited)
    in_force = [rule for rule in rules if rule.enabled]
    stay = forecasting.Stay(began=now, grace=house.company.grace, now=now)
    runs = forecasting.forecast(in_force, _timing(reader, as_if), stay)
    by_rule = dict(zip((rule.id for rule in in_force), runs, strict=True))
    trial = _Trial(reader, as_if, deal, runs, say)
    return {
        "pipeline": pipeline,
        "stage": stage,
        "deal": deal.id,
        "at": iso(now),
        "rules": [trial.of(rule, by_rule.get(rule.id)) for rule in rules],
    }


def try_edited(reader: Reader, rule: Rule, deal_id: str, say: Say = Words.english) -> Mapping[str, Any]:
    """Return what one rule would do among those of its stage, saved or as it is being edited: as if it were switched
    on. Raises ``UnknownThing``."""
    on = replace(rule, enabled=True)
    shown = try_stage(reader, rule.pipeline, rule.stage, deal_id, say, on)
    return next(each for each in shown["rules"] if each["rule"] == rule.id)


def with_edited(rules: Sequence[Rule], edited: Rule | None) -> Sequence[Rule]:
    """Return a stage's rules with one of them as it is being edited; a new one stands last."""
    if edited is None:
        return rules
    if all(rule.id != edited.id for rule in rules):
        return [*rules, edited]
    return [edited if rule.id == edited.id else rule for rule in rules]


def _timing(reader: Reader, deal: Deal) -> Facts:
    return starting.facts_of(reader.house(), deal, reader.now())


class _Trial:
    """One deal that is tried: as if it had come into the stage."""

    def __init__(self, reader: Reader, deal: Deal, real: Deal, runs: Sequence[Run], say: Say) -> None:
        self.reader = reader
        self.deal = deal
        self.runs = runs
        self.say = say
        # What brought it here is known only where it stands here already.
        here = (real.pipeline, real.stage) == (deal.pipeline, deal.stage)
        self.known = deal if here else replace(deal, entry=None)

    def of(self, rule: Rule, run: Run | None) -> Mapping[str, Any]:
        """Return what one rule would do; ``run`` None: it is switched off."""
        now = self.reader.now()
        acts = run.due_at if run is not None and run.due_at is not None else now
        facts = knowing.facts_for(self.reader, rule, self.known, acts)
        before = rule.once and self.reader.ran_once(self.deal.id, rule.id)
        shown = attempt(rule, facts, ran_before=before, say=self.say)
        if run is not None:
            shown = self._in_time(rule, run, shown)
        return {
            **shown,
            "name": rule.name,
            "kind": rule.kind,
            "at": iso(run.due_at) if run is not None else None,
            "waits_for": forecasting.waits_for(self.runs, run) if run is not None else None,
            "then": self.say(_then(self.reader.house(), rule, run, self.runs)) if run is not None else None,
        }

    def _in_time(self, rule: Rule, run: Run, shown: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what a rule does, unless its moment never comes or comes too late."""
        if run.status is RunStatus.NO_DATE:
            words = Words(N_("{field} is empty"), {"field": rule.run.of or ""})
            return {**shown, "would": "no_date", "reason": None, "detail": self.say(words)}
        if run.due_at is not None and (late := judging.too_late(run, rule, run.due_at)):
            return {**shown, "would": "skipped", "reason": "too_late", "detail": self.say(late)}
        return shown


def _then(house: House, rule: Rule, run: Run, runs: Sequence[Run]) -> Words:
    """Say why a rule acts at its moment."""
    if run.status is RunStatus.NO_DATE:
        return Words(N_("it waits until {field} is filled"), {"field": rule.run.of or ""})
    above = forecasting.waits_for(runs, run)
    if run.due_at is None:
        return Words(N_("it waits for “{rule}”, which has no date"), {"rule": _name(house, above)})
    at = At(run.due_at)
    if run.detail:
        return run.detail
    if run.reason == Waiting.HOURS:
        return Words(_OPENS[rule.hours], {"at": at})
    if run.reason == Waiting.GRACE:
        return Words(N_("at once, when a person's grace is over: {at}"), {"at": at})
    if above is not None:
        return Words(N_("after “{rule}”, not before {at}"), {"rule": _name(house, above), "at": at})
    if run.moment is not None and run.moment < run.created_at:
        return Words(N_("at once: its moment, {moment}, has passed"), {"moment": At(run.moment)})
    return Words(N_("at once") if run.reason is None else N_("at {at}"), {"at": at})


_OPENS = {
    Hours.ANY: N_("at {at}"),
    Hours.BUSINESS: N_("when the company is at work again: {at}"),
    Hours.RESPONSIBLE: N_("when the responsible is at work again: {at}"),
    Hours.BOTH: N_("when the company and the responsible are at work: {at}"),
}


def _name(house: House, rule: str | None) -> str:
    known = house.rules.get(rule or "")
    return known.name if known is not None else rule or ""
