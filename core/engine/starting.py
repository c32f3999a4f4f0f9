"""Which runs an entry starts, and when each is due."""

from __future__ import annotations

from collections.abc import Sequence

from core import timing
from core.model.deal import CauseKind, Deal, Entry
from core.model.frozen import replace
from core.model.house import House
from core.model.moment import Moment
from core.model.rule import NOW, Hours, Order, Rule
from core.model.run import Run, RunStatus, Waiting
from core.ports import Facts
from core.rules import catalogue


def facts_of(house: House, deal: Deal, now: Moment) -> Facts:
    """Return what run times are computed from: the deal's own dates and its responsible. Reads nothing."""
    responsible = house.users.get(deal.responsible) if deal.responsible else None
    return Facts(house=house, deal=deal, contacts=(), company=None, responsible=responsible, entry=None, now=now)


def runs_for(house: House, deal: Deal, at: Moment, grace: int) -> list[Run]:
    """Return the runs that the rules of the deal's stage start at ``at``; ``grace`` in milliseconds (0: none)."""
    rules = [r for r in house.rules_by_stage.get((deal.pipeline, deal.stage), ()) if r.enabled]
    return start(rules, facts_of(house, deal, at), at, grace)


def start(rules: Sequence[Rule], facts: Facts, at: Moment, grace: int) -> list[Run]:
    """Return one run per rule, in rule order: scheduled, gated behind the rules above, or without a date yet."""
    runs = []
    not_before = Moment(at + grace)
    gated = [_gated(rule, index) for index, rule in enumerate(rules)]
    for index, rule in enumerate(rules):
        at_once = rule.run is NOW or rule.run == NOW
        plain = at_once and rule.hours is Hours.ANY and not gated[index]
        run = Run(
            id=0,
            entry=0,
            deal=facts.deal.id,
            rule=rule.id,
            revision=rule.revision,
            position=index,
            status=RunStatus.WAITING,
            moment=at if plain else None,
            due_at=not_before if plain else None,
            waits=gated[index],
            mover=_moves(rule),
            holds=any(gated[index + 1 :]),
            reason=Waiting.GRACE if plain and grace else None,
            created_at=at,
        )
        # Most rules run at once and at any hour: nothing is left to compute for them.
        runs.append(run if plain else schedule(run, rule, facts, entered=at, not_before=not_before, now=at))
    return runs


def schedule(
    run: Run, rule: Rule, facts: Facts, *, entered: Moment, not_before: Moment, now: Moment, above: Moment | None = None
) -> Run:
    """Return the run with its moment, due time and reason of waiting.

    ``above`` is when the rules above ended (None: not yet), which opens the gate of a run that ``waits``.
    """
    after_previous = rule.run.of == "previous"
    if after_previous and not run.waits:
        above = entered  # the first rule of a stage has none above it: it counts from the entry
    moment = timing.moment_of(rule.run, facts, entered, above)
    if moment is None and not (run.waits and after_previous):
        return replace(run, status=RunStatus.NO_DATE, moment=None, due_at=None, reason=None)
    if run.waits and above is None:
        return replace(run, status=RunStatus.WAITING, moment=moment, due_at=None, reason=Waiting.RULE)
    assert moment is not None
    due, reason = _due(rule.hours, facts, Moment(max(moment, above or moment)), not_before, now)
    return replace(run, status=RunStatus.WAITING, moment=moment, due_at=due, reason=reason)


def held_until(house: House, entry: Entry, now: Moment) -> Moment:
    """Return the moment before which no run of the entry may happen: the end of a person's grace, or now."""
    grace = house.company.grace if entry.cause.kind is CauseKind.PERSON else 0
    return Moment(max(now, entry.at + grace))


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


def _gated(rule: Rule, index: int) -> bool:
    return index > 0 and (rule.order is Order.WAIT or rule.run.of == "previous")


def _moves(rule: Rule) -> bool:
    kind = catalogue.kinds().get(rule.kind)
    return bool(kind and kind.moves)
