"""A pipeline's automation as its admin looks at it: what became of it lately, what causes what, what would not work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from core import circles, linting
from core.circles import Place
from core.commands.arranging import RULE, TRIGGER, Key
from core.model.house import House
from core.model.moment import DAY, Moment
from core.model.rule import Rule, Trigger
from core.ports import Reader
from core.rule_ports import Counts
from core.words import Words

LATELY: Final = 7 * DAY
"""How far back what rules have done is counted, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why something would not work, or (``error`` False) might not; ``circle``: it is part of a circle."""

    words: Words
    error: bool = False
    circle: bool = False


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known of a house's automation beside itself: lately done, doubts of each thing, and causes: the triggers
    that what a rule does may fire, by rule."""

    counts: Mapping[str, Counts] = field(default_factory=dict)
    doubts: Mapping[Key, tuple[Doubt, ...]] = field(default_factory=dict)
    causes: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def related(self, key: Key) -> frozenset[Key]:
        """Return what a thing can cause, or be caused by."""
        what, thing_id = key
        if what == RULE:
            return frozenset((TRIGGER, each) for each in self.causes.get(thing_id, ()))
        return frozenset((RULE, rule) for rule, found in self.causes.items() if thing_id in found)


def counts(pipeline: str) -> Callable[[Reader], tuple[House, Moment, Mapping[str, Counts]]]:
    """Return a query for the house, the present moment, and what the rules of a pipeline have done lately."""

    def query(reader: Reader) -> tuple[House, Moment, Mapping[str, Counts]]:
        house, now = reader.house(), reader.now()
        ids = [rule.id for rule in house.rules.values() if rule.pipeline == pipeline]
        return house, now, reader.rule_counts(ids, Moment(now - LATELY)) if ids else {}

    return query


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of one version of a house, whatever its rules have done."""

    house: House
    doubts: Mapping[Key, tuple[Doubt, ...]]
    causes: Mapping[str, frozenset[str]]

    def counted(self, lately: Mapping[str, Counts]) -> Survey:
        """Return the survey with what the rules have done."""
        return Survey(lately, self.doubts, self.causes)


def judged(house: House, now: Moment) -> Judged:
    """Look over a house. It reads every text and condition: meant for a thread."""
    causes = {rule.id: frozenset(t.id for t in caused(rule, house)) for rule in house.rules.values()}
    return Judged(house, doubts(house, now), causes)


def doubts(house: House, now: Moment) -> Mapping[Key, tuple[Doubt, ...]]:
    """Return what lint has to say of each rule and trigger; every rule of a circle is told of it."""
    found: dict[Key, list[Doubt]] = {}
    for circle in circles.find(house):
        for rule in dict.fromkeys(circle.rules):
            found.setdefault((RULE, rule), []).append(Doubt(circle.words, circle=True))
    told = {doubt.words.english() for each in found.values() for doubt in each}
    for trouble in linting.lint(house, now=now, where=lambda what, thing_id, _key: f"{what} {thing_id}"):
        what, _, thing_id = trouble.place.partition(" ")
        if what in (RULE, TRIGGER) and trouble.words.english() not in told:
            key: Key = (RULE if what == RULE else TRIGGER, thing_id)
            found.setdefault(key, []).append(Doubt(trouble.words, trouble.error))
    return {key: tuple(each) for key, each in found.items()}


# What causes what -----------------------------------------------------------------------------------------------------

_ANSWERS: Final[Mapping[str, frozenset[str]]] = {
    "email": frozenset({"email_opened", "link_clicked", "email_received"}),
    "chat": frozenset({"chat_message", "chat_started"}),
    "invite": frozenset({"chat_message", "chat_started"}),
}
"""What a client may do with a message that a rule sends, by the rule's kind."""


def caused(rule: Rule, house: House) -> Iterator[Trigger]:
    """Return the triggers that a rule can cause: those that hear of what it does in the house, and those that wait for
    what the client does with its message. Only such as can move a deal from where the rule stands."""
    if not rule.enabled:
        return
    yield from circles.heard(rule, house)
    for trigger in ahead(rule, house):
        if trigger.kind in _ANSWERS.get(rule.kind, ()) and _told(rule, trigger):
            yield trigger


def ahead(rule: Rule, house: House) -> Iterable[Trigger]:
    """Return the enabled triggers of a rule's pipeline that can move a deal away from the rule's stage."""
    pipeline = house.pipelines.get(rule.pipeline)
    places = {stage.id: place for place, stage in enumerate(pipeline.stages)} if pipeline else {}
    here = places.get(rule.stage, -1)
    for trigger in house.triggers.values():
        there = places.get(trigger.stage, -1)
        if trigger.enabled and trigger.pipeline == rule.pipeline and (there > here or (trigger.back and there != here)):
            yield trigger


def _told(rule: Rule, trigger: Trigger) -> bool:
    """Return whether what the client does with a mail would be noticed: opens and clicks only where they are tracked,
    and a click only on a link that the mail holds."""
    if trigger.kind == "email_opened":
        return rule.settings.get("track_opens", True) is not False
    if trigger.kind == "link_clicked":
        tracked = rule.settings.get("track_clicks", True) is not False
        return tracked and str(trigger.settings.get("link", "")) in str(rule.settings.get("body", ""))
    return True


def leads_to(rule: Rule) -> Place | None:
    """Return pipeline and stage that a rule brings the deal to; None for one that moves nothing."""
    return circles.target(rule)
