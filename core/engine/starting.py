"""Which runs an entry starts, and when each is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core import calendar, timing
from core.model.deal import CauseKind, Deal, Entry
from core.model.frozen import replace
from core.model.house import House
from core.model.moment import Moment
from core.model.rule import NOW, Hours, Order, Rule
from core.model.run import Run, RunStatus, Waiting
from core.ports import Facts
from core.rules import catalogue
from core.words import NO_WORDS


def facts_of(house: House, deal: Deal, now: Moment) -> Facts:
    """Return what run times are computed from: the deal's own dates and its responsible. Reads nothing."""
    responsible = house.users.get(deal.responsible) if deal.responsible else None
    return Facts(house=house, deal=deal, contacts=(), company=None, responsible=responsible, entry=None, now=now)


def runs_for(house: House, deal: Deal, at: Moment, grace: int) -> list[Run]:
    """Return the runs that the rules of the deal's stage start at ``at``; ``grace`` in milliseconds (0: none)."""
    return start(prepared(house, deal.pipeline, deal.stage), facts_of(house, deal, at), at, grace)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A rule and the run that it starts as, apart from what the deal and the moment bring. ``plain``: it runs at once
    and at any hour, as most rules do, so that nothing is left to compute."""

    rule: Rule
    run: Run
    plain: bool


_prepared: dict[tuple[str, int, str, str], Sequence[Prepared]] = {}
_MOST_PREPARED: Final = 2_000


def prepared(house: House, pipeline: str, stage: str) -> Sequence[Prepared]:
    """Return a stage's enabled rules made ready; kept for one version of the configuration."""
    key = (house.id, house.version, pipeline, stage)
    found = _prepared.get(key)
    if found is None:
        if len(_prepared) >= _MOST_PREPARED:
            _prepared.clear()
        rules = [r for r in house.rules_by_stage.get((pipeline, stage), ()) if r.enabled]
        found = _prepared[key] = prepare(rules)
    return found


def prepare(rules: Sequence[Rule]) -> Sequence[Prepared]:
    """Make rules ready: which wait for those above, which hold back those below, which move the deal."""
    waits = [gated(rule, index) for index, rule in enumerate(rules)]
    ready = []
    for index, rule in enumerate(rules):
        run = run_of(rule, index, holds=any(waits[index + 1 :]))
        ready.append(Prepared(rule, run, rule.run == NOW and rule.hours is Hours.ANY and not waits[index]))
    return tuple(ready)


def run_of(rule: Rule, index: int, *, holds: bool) -> Run:
    """Return the run that a rule starts as, at its place among its stay's runs: of no deal and no moment yet."""
    return Run(
        id=0,
        entry=0,
        deal="",
        rule=rule.id,
        revision=rule.revision,
        position=index,
        status=RunStatus.WAITING,
        moment=None,
        due_at=None,
        waits=gated(rule, index),
        mover=moves(rule),
        holds=holds,
    )


def start(rules: Sequence[Prepared], facts: Facts, at: Moment, grace: int) -> list[Run]:
    """Return one run per rule, in rule order: scheduled, gated behind the rules above, or without a date yet."""
    runs = []
    deal, not_before = facts.deal.id, Moment(at + grace)
    reason = Waiting.GRACE if grace else None
    for each in rules:
        if each.plain:
            run = replace(each.run, deal=deal, moment=at, due_at=not_before, reason=reason, created_at=at)
        else:
            begun = replace(each.run, deal=deal, created_at=at)
            run = schedule(begun, each.rule, facts, entered=at, not_before=not_before, now=at)
        runs.append(run)
    return runs


@dataclass(frozen=True, slots=True)
class Gate:
    """What the runs above leave to one that waits for them: when the last of those that it waits for ended, and when
    the one right above it did. None: not yet."""

    ended: Moment | None = None
    previous: Moment | None = None


SHUT: Final = Gate()


def schedule(
    run: Run, rule: Rule, facts: Facts, *, entered: Moment, not_before: Moment, now: Moment, gate: Gate = SHUT
) -> Run:
    """Return the run with its moment, due time and reason of waiting; ``gate`` counts for a run that ``waits``."""
    after_previous = rule.run.of == timing.PREVIOUS
    # The first rule of a stage has none above it: it counts from the entry.
    previous = gate.previous if run.waits else entered
    moment = timing.moment_of(rule.run, facts, entered, previous)
    if moment is None and not (run.waits and after_previous):
        return replace(run, status=RunStatus.NO_DATE, moment=None, due_at=None, reason=None, detail=NO_WORDS)
    waiting = replace(run, status=RunStatus.WAITING, moment=moment, detail=NO_WORDS)
    if run.waits and gate.ended is None:
        return replace(waiting, due_at=None, reason=Waiting.RULE)
    assert moment is not None
    wanted = Moment(max(moment, gate.ended)) if run.waits and gate.ended is not None else moment
    due, reason = _due(rule.hours, facts, wanted, not_before, now)
    never = timing.never(rule.hours, facts, now) if due - now >= calendar.HORIZON else NO_WORDS
    return replace(waiting, due_at=due, reason=reason, detail=never)


def held_until(house: House, entry: Entry, now: Moment) -> Moment:
    """Return the moment before which no run of the entry may happen: the end of a person's grace, or now."""
    grace = house.company.grace if entry.cause.kind is CauseKind.PERSON else 0
    return Moment(max(now, entry.at + grace, entry.grace_until or now))


def _due(hours: Hours, facts: Facts, wanted: Moment, not_before: Moment, now: Moment) -> tuple[Moment, str | None]:
    start_at = Moment(max(wanted, now))
    due = start_at if hours is Hours.ANY else timing.open_from(hours, facts, start_at)
    if due < not_before:
        held = not_before if hours is Hours.ANY else timing.open_from(hours, facts, not_before)
        # Grace never pushes a run past closing time: then it happens while the hours still hold.
        return (not_before, Waiting.GRACE) if held == not_before else (due, None)
    if due > start_at:
        return due, Waiting.HOURS
    return due, Waiting.TIME if due > now else None


def gated(rule: Rule, index: int) -> bool:
    """Return whether a rule waits for those above it, standing at this place of its stage."""
    return index > 0 and (rule.order is Order.WAIT or rule.run.of == timing.PREVIOUS)


def moves(rule: Rule) -> bool:
    """Return whether a rule moves the deal: then it goes last among those due together."""
    kind = catalogue.kinds().get(rule.kind)
    return bool(kind and kind.moves)
