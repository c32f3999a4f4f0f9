"""Switching rules on and off, and applying them to what is there already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeVar

from core.commands import lookup
from core.engine import disabling, reaching
from core.errors import Refused
from core.i18n import N_
from core.model.frozen import replace
from core.model.rule import Rule
from core.ports import Job, Reader, Tx

To = Literal["present", "waiting"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reach:
    """What an act on a rule would touch: deals in its stage without a run of it, and runs of it that wait.

    ``outdated`` are those of the waiting ones that keep an older revision.
    """

    present: int
    waiting: int
    outdated: int


@dataclass(frozen=True, slots=True)
class Switched:
    """What switching a rule did: whether anything changed, and how many waiting runs were cancelled; ``more`` of them
    may be left for :func:`cancel_left`."""

    enabled: bool
    changed: bool
    cancelled: int
    more: bool = False


def reach(rule_id: str) -> Callable[[Reader], Reach]:
    """Return a query for what switching a rule off would cancel and applying it would touch. ``UnknownThing``."""

    def query(reader: Reader) -> Reach:
        rule = lookup.rule(reader.house(), rule_id)
        lacking = reader.lacking(rule.pipeline, rule.stage, rule_id)
        return Reach(len(lacking), reader.waiting_runs_count(rule_id), len(_outdated(reader, rule)))

    return query


def switch_rule(rule_id: str, enabled: bool, by: str | None = None) -> Job[Switched]:
    """Return a job that switches a rule on or off. Off cancels its waiting runs (``disabled``), here the first of them:
    :func:`cancel_left` the others, :func:`reach` tells their number before. On starts nothing: deals that are there
    already are reached by :func:`apply_rule`, and what somebody left waiting who died while switching off stays off.
    """

    def job(tx: Tx) -> Switched:
        rule = lookup.rule(tx.house(), rule_id)
        author = lookup.author(tx.house(), by, None)
        changed = rule.enabled is not enabled
        if not enabled:
            if changed:
                tx.put_rule(replace(rule, enabled=False), author, tx.now())
            count = disabling.cancel_waiting(tx, rule_id, disabling.PART) if changed else 0
            return Switched(enabled, changed, count, more=not changed or count == disabling.PART)
        while changed and disabling.cancel_left(tx, rule_id):
            pass
        if changed:
            tx.put_rule(replace(rule, enabled=True), author, tx.now())
        return Switched(enabled, changed, 0)

    return job


def cancel_left(rule_id: str) -> Job[int]:
    """Return a job that cancels some more of what waits of a rule that is off or gone, few enough that others need not
    wait; it answers how many, none when nothing is left or the rule is on again."""

    def job(tx: Tx) -> int:
        rule = tx.house().rules.get(rule_id)
        return 0 if rule is not None and rule.enabled else disabling.cancel_left(tx, rule_id)

    return job


def apply_rule(rule_id: str, to: To, by: str | None = None) -> Callable[[Reader], Sequence[Job[int]]]:
    """Return a query that answers jobs, each for at most 200 deals, so that others need not wait for all of them.

    ``present`` gives every deal that stands in the rule's stage without a run of it one, as a person's act; ``waiting``
    gives the runs of it that wait its newest revision. Each job answers how many it reached; doing it again reaches
    none. Raises ``UnknownThing``, and ``Refused`` for a rule that is off.
    """

    def query(reader: Reader) -> Sequence[Job[int]]:
        house = reader.house()
        rule, author = lookup.rule(house, rule_id), lookup.author(house, by, None)
        _check(rule)
        if to == "waiting":
            return [partial(_renew, rule_id, part, author) for part in _parts(_outdated(reader, rule))]
        deals = reader.lacking(rule.pipeline, rule.stage, rule_id)
        return [partial(_join, rule_id, part, author) for part in _parts(deals)]

    return query


def _parts(all_: Sequence[T]) -> list[Sequence[T]]:
    return [all_[i : i + reaching.CHUNK] for i in range(0, len(all_), reaching.CHUNK)]


def _outdated(reader: Reader, rule: Rule) -> list[int]:
    return [run.id for run in reader.waiting_runs(rule.id) if run.revision != rule.revision]


def _join(rule_id: str, deals: Sequence[str], by: str, tx: Tx) -> int:
    return reaching.present(tx, _check(lookup.rule(tx.house(), rule_id)), deals, by, tx.now())


def _renew(rule_id: str, runs: Sequence[int], by: str, tx: Tx) -> int:
    return reaching.waiting(tx, _check(lookup.rule(tx.house(), rule_id)), runs, by, tx.now())


def _check(rule: Rule) -> Rule:
    if not rule.enabled:
        raise Refused(N_("rule “{id}” is off: switch it on first"), id=rule.id)
    return rule
