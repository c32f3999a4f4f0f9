"""What a due run comes to, judged on current data: effects, or the reason why nothing happens."""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from core import calendar, conditions, timing
from core.boardfile.places import dotted
from core.effects import Effect
from core.engine import checking
from core.i18n import N_
from core.misfits import said
from core.model.moment import Moment
from core.model.rule import Hours, Rule
from core.model.run import Run, RunStatus, Waiting
from core.ports import Facts, Random
from core.rules import catalogue
from core.rules.base import CannotAct
from core.words import NO_WORDS, At, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """``status`` DONE means: the effects shall happen (a message among them makes the run SENDING first).
    ``later`` is set when the run waits for opening hours; ``condition`` is the stored form of what was compared."""

    status: RunStatus
    reason: str | None = None
    detail: Words = NO_WORDS
    condition: str | None = None
    effects: Sequence[Effect] = ()
    later: Moment | None = None


def judge(run: Run, rule: Rule, facts: Facts, rng: Random, *, ran_before: bool) -> Judgement:
    """Judge a due run: late, once per deal, hours, condition, then what its kind plans. Never raises for bad data."""
    if late := too_late(run, rule, facts.now):
        return _skipped("too_late", late)
    if rule.once and ran_before:
        return _skipped("once_only", Words(N_("it has acted on this deal before and acts once per deal")))
    if rule.hours is not Hours.ANY and run.reason != Waiting.ASKED:
        opens = timing.open_from(rule.hours, facts, facts.now)
        if opens > facts.now:
            never = timing.never(rule.hours, facts, facts.now) if opens - facts.now >= calendar.HORIZON else NO_WORDS
            return Judgement(status=RunStatus.WAITING, reason=Waiting.HOURS, detail=never, later=opens)
    verdict = conditions.judge(rule.when, facts)
    condition = verdict.dump() if rule.when is not None else None
    if not verdict.holds:
        return Judgement(
            status=RunStatus.SKIPPED, reason="condition_false", detail=why_not(verdict), condition=condition
        )
    return act(rule, facts, rng, condition)


def too_late(run: Run, rule: Rule, now: Moment) -> Words:
    """Say that a run is found later than its rule allows; nothing when it is not."""
    if rule.late is None or _lateness(run, now) <= rule.late.millis:
        return NO_WORDS
    due = run.moment if _began_late(run) else run.due_at
    return Words(N_("due at {due}, found later than {late}"), {"due": due and At(due), "late": str(rule.late)})


def act(rule: Rule, facts: Facts, rng: Random, condition: str | None = None) -> Judgement:
    """Ask the rule's kind what it does now."""
    kind = catalogue.kinds().get(rule.kind)
    if kind is None:
        return _failed(
            "misconfigured", Words(N_("this Funil has no rule kind “{kind}”"), {"kind": rule.kind}), condition
        )
    try:
        settings = settings_of(rule)
        effects = kind.plan(facts, settings, facts.now, rng)
    except CannotAct as ending:
        return _failed(ending.reason, ending.detail, condition)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        words = Words(
            N_("setting {field}: {problem}"), {"field": dotted(first["loc"]), "problem": said(first, kind.Settings)}
        )
        return _failed("misconfigured", words, condition)
    except Exception as error:  # a kind is a plug-in: its bug ends its run, not the engine
        words = Words(N_("the rule kind broke: {error}"), {"error": f"{type(error).__name__}: {error}"[:300]})
        return _failed("misconfigured", words, condition)
    impossible = checking.problem(effects, facts.deal, facts.house)
    if impossible:
        return _failed("misconfigured", impossible, condition)
    return Judgement(status=RunStatus.DONE, condition=condition, effects=effects)


def settings_of(rule: Rule) -> Any:
    """Return the rule's settings as its kind's model. Raises pydantic's ``ValidationError``."""
    model: Any = catalogue.kinds()[rule.kind].Settings
    return _settings(model, json.dumps(rule.settings, sort_keys=True, default=str))


def sends(rule: Rule) -> bool:
    """Return whether a rule puts something into the outbox."""
    kind = catalogue.kinds().get(rule.kind)
    if kind is None:
        return False
    try:
        return kind.sends(settings_of(rule))
    except ValidationError:
        return bool(kind.uses)


@lru_cache(maxsize=4096)
def _settings(model: Hashable, settings: str) -> Any:
    kind_settings: Any = model
    return kind_settings.model_validate_json(settings)


def why_not(verdict: conditions.Verdict) -> Words:
    """Say which comparison kept a condition from holding, with the values compared."""
    if verdict.trouble:
        return verdict.trouble
    missed = [c for c in verdict.comparisons if not c.holds]
    if not missed or any(c.holds for c in verdict.comparisons):
        # Under “not” a comparison that holds may be the one to blame: all of them are named.
        compared = "; ".join(_compared(c) for c in verdict.comparisons)
        return Words(N_("the condition does not hold: {compared}"), {"compared": compared})
    first = missed[0]
    args: dict[str, str | int | None] = {"field": first.field, "op": first.op, "actual": _shown(first.actual)}
    if first.op in ("filled", "empty"):
        return Words(N_("{field} is “{actual}”, not {op}"), args)
    return Words(N_("{field} is “{actual}”, which is not {op} {value}"), {**args, "value": _shown(first.value)})


def _compared(c: conditions.Comparison) -> str:
    value = "" if c.op in ("filled", "empty") else f" {_shown(c.value)}"
    return f"{c.field} “{_shown(c.actual)}” {c.op}{value} {'✓' if c.holds else '✗'}"


def _shown(value: object) -> str:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _lateness(run: Run, now: Moment) -> int:
    """Return how late a due run is, in milliseconds: what it began with, and what it was found late.

    The time for which the rules above or the hours held it is no lateness.
    """
    began = run.created_at - run.moment if run.moment is not None and _began_late(run) else 0
    return began + (now - run.due_at if run.due_at is not None else 0)


def _began_late(run: Run) -> bool:
    """Return whether the run's moment had passed before the entry, or before its date was set."""
    return run.moment is not None and run.moment < run.created_at


def _skipped(reason: str, detail: Words) -> Judgement:
    return Judgement(status=RunStatus.SKIPPED, reason=reason, detail=detail)


def _failed(reason: str, detail: Words, condition: str | None) -> Judgement:
    return Judgement(status=RunStatus.FAILED, reason=reason, detail=detail, condition=condition)
