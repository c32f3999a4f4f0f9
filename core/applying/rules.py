"""Rules and triggers of a board file. The list under a pipeline is the whole list, in that order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from core import hooks, silence
from core.applying import checking, files
from core.applying.ledger import Change, Ledger
from core.boardfile import merging
from core.boardfile.places import Path
from core.commands import lookup
from core.engine import disabling
from core.errors import Refused
from core.i18n import N_
from core.model.house import House
from core.model.rule import Rule, Trigger
from core.triggers import catalogue
from core.words import NO_WORDS, Words


def apply(ledger: Ledger) -> None:
    """Put what is listed, and take out of use what a list leaves out."""
    _way_for_webhooks(ledger)
    for work in (_Rules(ledger), _Triggers(ledger)):
        listed = [
            (index, part.id, getattr(part, work.section) or ())
            for index, part in enumerate(ledger.document.board.pipelines or ())
            if part.given(work.section)
        ]
        _remove(work, {pipeline for _, pipeline, _ in listed}, {p.id for _, _, parts in listed for p in parts})
        house = ledger.house
        for index, pipeline, parts in listed:
            for position, part in enumerate(parts):
                path = ("pipelines", index, work.section, position)
                with ledger.at(*path):
                    _check_place(work, house, part, pipeline, path)
                    work.put(house, part, pipeline, position, path)


def _way_for_webhooks(ledger: Ledger) -> None:
    """Make the connection that the first webhook rule goes out by, where the house has none."""
    parts = (part for pipeline in ledger.document.board.pipelines or () for part in pipeline.rules or ())
    made = hooks.missing_way(ledger.house) if any(part.kind == hooks.KIND for part in parts) else None
    if made is None:
        return
    ledger.put("connection", made.id, None, made, lambda: ledger.tx.put_connection(made))
    words = N_("made for the webhook rules, with the adapter “{adapter}”")
    ledger.changes[-1] = replace(ledger.changes[-1], note=Words(words, {"adapter": made.adapter}))


def _remove(work: _Work, pipelines: set[str], kept: set[str]) -> None:
    things: Iterable[Rule | Trigger] = work.present(work.ledger.house).values()
    for thing in things:
        if thing.pipeline in pipelines and thing.id not in kept:
            work.remove(thing.id)


def _check_place(work: _Work, house: House, part: Any, pipeline: str, path: Path) -> None:
    if not work.ledger.lenient:
        with work.ledger.at(*path, "stage"):
            lookup.stage(house, pipeline, part.stage)
    before = work.present(house).get(part.id)
    if before is None or before.pipeline == pipeline:
        return
    # One that this file takes out of the list of its former pipeline moves; else two pipelines would claim it.
    former = (each for each in work.ledger.document.board.pipelines or () if each.id == before.pipeline)
    if not any(each.given(work.section) for each in former):
        words = N_("“{id}” stands in pipeline “{pipeline}” already: ids are the house's, not the pipeline's")
        raise Refused(words, id=part.id, pipeline=before.pipeline)


class _Work(Protocol):
    """What differs between rules and triggers."""

    ledger: Ledger
    section: str

    def present(self, house: House) -> Mapping[str, Rule] | Mapping[str, Trigger]:
        """Return those that there are."""

    def put(self, house: House, part: Any, pipeline: str, position: int, path: Path) -> None:
        """Make or change one."""

    def remove(self, thing_id: str) -> None:
        """Put one out of use."""


@dataclass
class _Rules:
    ledger: Ledger
    section: str = "rules"

    def present(self, house: House) -> Mapping[str, Rule]:
        return house.rules

    def put(self, house: House, part: Any, pipeline: str, position: int, path: Path) -> None:
        ledger, before = self.ledger, house.rules.get(part.id)
        after = files.attached(ledger, merging.rule(part, before, pipeline, position), part.settings, path)
        house = ledger.house if ledger.filed else house
        lost = after == before and files.lost(house, after)
        findings = () if ledger.lenient or lost else checking.rule(after, house, ledger.document, path)
        changed = ledger.put(
            "rule", after.id, before, after, lambda: ledger.tx.put_rule(after, ledger.author, ledger.tx.now())
        )
        if before is not None and before.enabled and not after.enabled:
            _told(ledger, stopped(ledger, after.id))
        if changed:
            _doubts(ledger, "rule", after.id, findings)

    def remove(self, thing_id: str) -> None:
        remove_rule(self.ledger, thing_id)


@dataclass
class _Triggers:
    ledger: Ledger
    section: str = "triggers"

    def present(self, house: House) -> Mapping[str, Trigger]:
        return house.triggers

    def put(self, house: House, part: Any, pipeline: str, position: int, path: Path) -> None:
        ledger, before = self.ledger, house.triggers.get(part.id)
        kind = catalogue.kinds().get(part.kind)
        after = merging.trigger(part, before, pipeline, position, kind.name if kind else part.kind)
        findings = () if ledger.lenient else checking.trigger(after, house, ledger.document, path)
        if ledger.put("trigger", after.id, before, after, lambda: _put_trigger(ledger, after)):
            _doubts(ledger, "trigger", after.id, findings)

    def remove(self, thing_id: str) -> None:
        remove_trigger(self.ledger, thing_id)


def _put_trigger(ledger: Ledger, trigger: Trigger) -> None:
    """Write a trigger; one that waits for silence lets all deals get their timers, some at a time."""
    ledger.tx.put_trigger(trigger)
    if trigger.kind == silence.STALE and trigger.enabled:
        ledger.tx.put_timers([silence.sweep(ledger.tx.now())])


def remove_rule(ledger: Ledger, rule_id: str) -> None:
    """Put a rule out of use and cancel what waits of it."""
    note = stopped(ledger, rule_id)
    ledger.tx.remove_rule(rule_id)
    ledger.changes.append(Change("remove", "rule", rule_id, note))


def remove_trigger(ledger: Ledger, trigger_id: str) -> None:
    """Put a trigger out of use."""
    ledger.tx.remove_trigger(trigger_id)
    ledger.changes.append(Change("remove", "trigger", trigger_id))


def stopped(ledger: Ledger, rule_id: str) -> Words:
    """Cancel what waits of a rule that is switched off or removed, and say how many runs that were."""
    count = disabling.cancel_waiting(ledger.tx, rule_id)
    return Words(N_("waiting runs cancelled: {count}"), {"count": count}) if count else NO_WORDS


def _told(ledger: Ledger, note: Words) -> None:
    ledger.changes[-1] = replace(ledger.changes[-1], note=note)


def _doubts(ledger: Ledger, what: str, thing_id: str, findings: Sequence[Words]) -> None:
    """Note what is stored and would not work as it stands."""
    ledger.changes += [Change("note", what, thing_id, words) for words in findings]
