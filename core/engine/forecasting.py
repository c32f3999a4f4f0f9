"""When the rules of a stage would act for one stay of a deal, computed before anything happens. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.engine import chaining, starting
from core.engine.starting import Gate
from core.model.frozen import replace
from core.model.moment import Moment
from core.model.rule import Rule
from core.model.run import Run, RunStatus, Waiting
from core.ports import Facts


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay of a deal, real or imagined: when it began, how long the grace of whoever began it holds its runs (in
    milliseconds), and when one looks: what a date or the responsible is by then counts."""

    began: Moment
    grace: int
    now: Moment


def forecast(rules: Sequence[Rule], facts: Facts, stay: Stay) -> list[Run]:
    """Return the run that each of a stage's rules would start, in rule order, with the moment at which it would act.

    A rule that waits for those above it is taken to follow at once when the last of them has acted: how long messages
    take nobody knows before. Where one of those has no date it has no moment (reason ``rule``).
    """
    runs: list[Run] = []
    for each in starting.prepare(rules):
        begun = replace(each.run, deal=facts.deal.id, created_at=stay.began)
        gate = _gate(runs, each.rule) if begun.waits else starting.SHUT
        held = Moment(stay.began + stay.grace)
        runs.append(
            starting.schedule(begun, each.rule, facts, entered=stay.began, not_before=held, now=stay.now, gate=gate)
        )
    return runs


def _gate(above: Sequence[Run], rule: Rule) -> Gate:
    return Gate(_last(chaining.above_of(above, len(above), rule)), _last(above[-1:]))


def _last(runs: Sequence[Run]) -> Moment | None:
    """Return when the last of these runs would have acted; None where one of them has no moment."""
    moments = [run.due_at for run in runs if run.due_at is not None]
    return max(moments) if len(moments) == len(runs) and moments else None


def waits_for(runs: Sequence[Run], run: Run) -> str | None:
    """Return the rule above that keeps a run from having a moment, or whose end it would follow."""
    if not run.waits:
        return None
    above = runs[: run.position]
    if run.status is RunStatus.WAITING and run.reason == Waiting.RULE:
        return next((each.rule for each in above if each.due_at is None), None)
    return above[-1].rule if above else None
