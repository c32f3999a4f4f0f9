"""Circles of rules: stage → rule that moves → stage, and stage → rule that raises an event → trigger → stage. The loop
guard stops them; lint warns of them beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from core import fields
from core.i18n import N_
from core.model.house import House
from core.model.rule import Rule, Trigger
from core.rules import catalogue
from core.triggers import catalogue as triggers
from core.words import Words

Place = tuple[str, str]
Edge = tuple[Place, str]
Edges = Mapping[Place, Sequence[Edge]]
_THROUGH: Final = " → "
"""Between a rule and the trigger that hears of what it does; no id has a blank."""


@dataclass(frozen=True, slots=True)
class Circle:
    """Rules that lead a deal back to where it was; the first in board order is named first."""

    rules: tuple[str, ...]
    words: Words


def target(rule: Rule) -> Place | None:
    """Return pipeline and stage that a rule moves the deal to; None for a rule that moves nothing."""
    kind = catalogue.kinds().get(rule.kind)
    stage = rule.settings.get("stage")
    if kind is None or not kind.moves or not isinstance(stage, str):
        return None
    return str(rule.settings.get("pipeline") or rule.pipeline), stage


def copied_to(rule: Rule, house: House) -> Place | None:
    """Return pipeline and stage that a rule puts a copy of the deal into; None for a rule that copies nothing."""
    kind = catalogue.kinds().get(rule.kind)
    if kind is None or not kind.copies:
        return None
    pipeline = house.pipelines.get(str(rule.settings.get("pipeline") or rule.pipeline))
    if pipeline is None or not pipeline.stages:
        return None
    return pipeline.id, str(rule.settings.get("stage") or pipeline.stages[0].id)


def find(house: House) -> Sequence[Circle]:
    """Return the shortest circle through each enabled moving rule, each circle once."""
    edges = _edges(house)
    seen: set[frozenset[str]] = set()
    found: list[Circle] = []
    for start, leaving in edges.items():
        for there, rule in leaving:
            trail = _path(there, start, edges)
            if trail is None:
                continue
            circle = [(start, rule), *trail]
            steps = tuple(each for _, each in circle)
            if frozenset(steps) not in seen:
                seen.add(frozenset(steps))
                rules = tuple(step.partition(_THROUGH)[0] for step in steps)
                copies = any(copied_to(house.rules[rule], house) for rule in rules)
                found.append(Circle(rules, _words(circle, copies=copies)))
    return found


def _words(circle: Sequence[Edge], *, copies: bool) -> Words:
    path = " → ".join([*(f"{place[1]} ({rule})" for place, rule in circle), circle[0][0][1]])
    if copies:
        msg = N_(
            "rules may copy a deal in a circle: {path}; the loop guard would stop it; give one of them a condition"
        )
        return Words(msg, {"path": path})
    msg = N_("rules may move a deal in a circle: {path}; the loop guard would stop it; give one of them a condition")
    return Words(msg, {"path": path})


def _edges(house: House) -> Edges:
    edges: dict[Place, list[Edge]] = {}
    for rule in sorted(house.rules.values(), key=lambda r: (r.pipeline, r.position)):
        there, here = target(rule), (rule.pipeline, rule.stage)
        if rule.enabled and there is not None and there != here:
            edges.setdefault(here, []).append((there, rule.id))
        copied = copied_to(rule, house) if rule.enabled else None
        if copied is not None:
            edges.setdefault(here, []).append((copied, rule.id))
        for trigger in heard(rule, house) if rule.enabled else ():
            step = f"{rule.id}{_THROUGH}{trigger.id}"
            edges.setdefault(here, []).append(((trigger.pipeline, trigger.stage), step))
    return edges


def heard(rule: Rule, house: House) -> Iterable[Trigger]:
    """Return the triggers that what a rule does may fire, of those that move a deal away from where it stands then."""
    kind = catalogue.kinds().get(rule.kind)
    if kind is None or not kind.emits:
        return
    pipeline = house.pipelines.get(rule.pipeline)
    places = {stage.id: place for place, stage in enumerate(pipeline.stages)} if pipeline else {}
    here = places.get(rule.stage, -1)
    for trigger in sorted(house.triggers.values(), key=lambda t: t.position):
        there = places.get(trigger.stage, -1)
        if trigger.pipeline != rule.pipeline or not trigger.enabled or there == here:
            continue
        listening = triggers.kinds().get(trigger.kind)
        if listening is None or kind.emits.isdisjoint(listening.listens) or not (trigger.back or there > here):
            continue
        if _same_field(rule, trigger):
            yield trigger


def _same_field(rule: Rule, trigger: Trigger) -> bool:
    """Return whether a rule that changes a field changes one that the trigger watches."""
    kind = catalogue.kinds()[rule.kind]
    try:
        changed = kind.changes(kind.Settings.model_validate(dict(rule.settings)))
    except ValidationError:
        return True
    if not changed:
        return True
    watched = trigger.settings.get("fields")
    if trigger.kind == "responsible_changed":
        watched = ["responsible"]
    if not watched:
        return True
    names = [watched] if isinstance(watched, str) else list(watched)
    return not changed.isdisjoint(fields.resolve(str(name)) for name in names)


def _path(here: Place, goal: Place, edges: Edges) -> list[Edge] | None:
    """Return the shortest way from one stage to another: the stages left, each with the rule that leaves it."""
    queue: list[tuple[Place, list[Edge]]] = [(here, [])]
    visited = {here}
    for place, trail in queue:
        if place == goal:
            return trail
        for there, rule in edges.get(place, ()):
            if there not in visited:
                visited.add(there)
                queue.append((there, [*trail, (place, rule)]))
    return None
