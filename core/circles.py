"""Circles of rules: stage → rule that moves → stage. The loop guard stops them; lint warns of them beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.i18n import N_
from core.model.house import House
from core.model.rule import Rule
from core.rules import catalogue
from core.words import Words

Place = tuple[str, str]
Edge = tuple[Place, str]
Edges = Mapping[Place, Sequence[Edge]]


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
            rules = tuple(each for _, each in circle)
            if frozenset(rules) not in seen:
                seen.add(frozenset(rules))
                found.append(Circle(rules, _words(circle)))
    return found


def _words(circle: Sequence[Edge]) -> Words:
    path = " → ".join([*(f"{place[1]} ({rule})" for place, rule in circle), circle[0][0][1]])
    msg = N_("rules may move a deal in a circle: {path}; the loop guard would stop it; give one of them a condition")
    return Words(msg, {"path": path})


def _edges(house: House) -> Edges:
    edges: dict[Place, list[Edge]] = {}
    for rule in sorted(house.rules.values(), key=lambda r: (r.pipeline, r.position)):
        there, here = target(rule), (rule.pipeline, rule.stage)
        if rule.enabled and there is not None and there != here:
            edges.setdefault(here, []).append((there, rule.id))
    return edges


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
